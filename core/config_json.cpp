#include "config_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "json_depth.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kConfigDepth = 64;  // a Config is one level deep

Json knob_value(const Knob& knob, double x) {
  switch (knob.type) {
    case KnobType::boolean: return x != 0;
    case KnobType::integer: return static_cast<int64_t>(x);
    case KnobType::choice: return knob.options[static_cast<size_t>(x)];
    case KnobType::real: break;
  }
  return x;
}

Json config_object(const Config& config) {
  Json object = Json::object();
  for (const Knob& knob : knobs()) object[knob.name] = knob_value(knob, knob.get(config));
  return object;
}

std::string dumped(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

// A JSON value as the words that set_from_text reads. A value of another type keeps its JSON form, which no knob accepts:
// the string "3" is not a number, and 1 is not true.
std::string as_text(const Knob& knob, const Json& value) {
  if (knob.type == KnobType::choice && value.is_string()) return value.get<std::string>();
  if (knob.type == KnobType::boolean && value.is_number()) return dumped(Json(dumped(value)));
  return dumped(value);
}

Json knob_object(const Knob& knob, const Config& defaults) {
  const char* const types[] = {"integer", "real", "boolean", "choice"};
  Json object = {{"name", knob.name},
                 {"group", knob.group},
                 {"type", types[static_cast<int>(knob.type)]},
                 {"default", knob_value(knob, knob.get(defaults))}};
  if (knob.type == KnobType::integer || knob.type == KnobType::real) {
    object["min"] = knob_value(knob, knob.min), object["max"] = knob_value(knob, knob.max);
    object["slider_min"] = knob_value(knob, knob.slider_min), object["slider_max"] = knob_value(knob, knob.slider_max);
    object["slider_log"] = knob.slider_log;
  }
  if (knob.type == KnobType::choice) object["options"] = knob.options;
  object["when"] = knob.live ? "live" : "rebuild";
  object["unit"] = knob.unit;
  object["doc"] = knob.doc;
  return object;
}

}  // namespace

std::string config_to_json(const Config& config) { return config_object(config).dump(2); }

Problems config_from_json(std::string_view text, Config& config) {
  if (nested_deeper(text, kConfigDepth)) return {{"", "the configuration is nested too deeply; it must be a JSON object of knobs"}};
  const Json root = Json::parse(text.begin(), text.end(), nullptr, false);
  if (root.is_discarded()) return {{"", "the configuration is not valid JSON"}};
  if (!root.is_object()) return {{"", "the configuration must be a JSON object of knobs, such as {\"n_layers\": 1}"}};
  Config made = config;
  Problems found;
  if (root.contains("preset")) {
    const Preset* preset = root["preset"].is_string() ? find_preset(root["preset"].get<std::string>()) : nullptr;
    if (preset)
      made = preset->config;
    else
      found.push_back(
          {"preset", "there is no preset " + dumped(root["preset"]).substr(0, 40) + "; the presets are demo, main, fast and smeared"});
  }
  for (const auto& [name, value] : root.items()) {
    if (name == "preset") continue;
    const Knob* knob = find_knob(name);
    const Problems some = set_from_text(made, name, knob ? as_text(*knob, value) : "");
    found.insert(found.end(), some.begin(), some.end());
  }
  if (found.empty()) config = made;
  return found;
}

std::string schema_json() {
  const Config defaults;
  Json root = {{"knobs", Json::array()}, {"presets", Json::array()}};
  for (const Knob& knob : knobs()) root["knobs"].push_back(knob_object(knob, defaults));
  for (const Preset& preset : presets())
    root["presets"].push_back({{"name", preset.name}, {"doc", preset.doc}, {"config", config_object(preset.config)}});
  return root.dump(2);
}

std::string problems_json(const Problems& found) {
  Json root = {{"problems", Json::array()}};
  for (const Problem& problem : found) root["problems"].push_back({{"knob", problem.knob}, {"message", problem.message}});
  return dumped(root);
}

}  // namespace induction
