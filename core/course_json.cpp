#include "course_json.hpp"

#include <nlohmann/json.hpp>

#include "json_depth.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kCourseDepth = 64;
constexpr size_t kMostPhases = 10000;  // a phase takes about as long to set up as a training step

std::string dumped(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

Problems not_a(const std::string& what) { return {{"phases", what}}; }

// Parses into `value`; false when that is not JSON or nested too deeply.
bool parse(std::string_view text, Json& value) {
  if (nested_deeper(text, kCourseDepth)) return false;
  value = Json::parse(text.begin(), text.end(), nullptr, false);
  return !value.is_discarded();
}

Json intervention_json(const Intervention& one) {
  const std::string text = text_of(one);
  if (one.kind != Intervention::Kind::clamp_given) return text;
  size_t length = 0;
  while (length * length < one.values.size()) ++length;
  Json rows = Json::array();
  for (size_t q = 0; q < length; ++q)
    rows.push_back(
        std::vector<double>(one.values.begin() + static_cast<long>(q * length), one.values.begin() + static_cast<long>((q + 1) * length)));
  return {{"text", text}, {"pattern", rows}};
}

Json interventions_json(const Interventions& list) {
  Json array = Json::array();
  for (const Intervention& one : list) array.push_back(intervention_json(one));
  return array;
}

// Rows of equal length, as many as they are long; empty when they are not.
std::vector<float> square_of(const Json& rows) {
  std::vector<float> values;
  if (!rows.is_array() || rows.size() > 4096) return {};
  for (const Json& row : rows) {
    if (!row.is_array() || row.size() != rows.size()) return {};
    for (const Json& x : row) {
      if (!x.is_number()) return {};
      values.push_back(x.get<float>());
    }
  }
  return values;
}

Problems read_one(const Json& value, Intervention& made) {
  const bool object = value.is_object() && value.contains("text") && value["text"].is_string();
  if (!value.is_string() && !object)
    return {{"interventions", "intervention " + dumped(value).substr(0, 60) + " must be a line such as \"ablate 1.2 zero\""}};
  if (std::string wrong = read_intervention((object ? value["text"] : value).get<std::string>(), made); !wrong.empty())
    return {{"interventions", wrong}};
  if (!object) return {};
  for (const auto& [name, part] : value.items())
    if (name != "text" && name != "pattern")
      return {{"interventions", "an intervention has text and pattern, not '" + name.substr(0, 40) + "'"}};
  if (!value.contains("pattern")) return {};
  made.values = square_of(value["pattern"]);
  if (made.kind != Intervention::Kind::clamp_given || made.values.empty())
    return {{"interventions", "intervention '" + text_of(made) + "': a pattern is a square of numbers and goes with clamp L.H given"}};
  return {};
}

Problems read_list(const Json& array, Interventions& list) {
  if (!array.is_array() || array.size() > kMostInterventions)
    return {{"interventions", "interventions must be a list of at most 64 lines such as [\"ablate 1.2 zero\"]"}};
  Interventions made;
  for (const Json& value : array) {
    made.emplace_back();
    if (Problems found = read_one(value, made.back()); !found.empty()) return found;
  }
  list = made;
  return {};
}

bool read_step(const Json& object, const char* name, uint64_t& step) {
  if (!object.contains(name)) return true;
  if (!object[name].is_number_unsigned() || object[name].get<uint64_t>() > 1'000'000'000) return false;
  step = object[name].get<uint64_t>();
  return true;
}

// `phase` begins as what it is when its object says nothing.
Problems read_phase(Json object, Phase& phase) {
  if (!object.is_object() || !object.contains("steps")) return not_a("it must be an object that says its steps, such as {\"steps\": 500}");
  const bool clocked = object.contains("schedule_from");
  if (!read_step(object, "at", phase.at)) return not_a("at must be a step, a whole number from 0");
  phase.clock = phase.at;
  if (clocked && !read_step(object, "schedule_from", phase.clock)) return not_a("schedule_from must be a step, a whole number from 0");
  if (object.contains("interventions"))
    if (Problems found = read_list(object["interventions"], phase.held); !found.empty()) return found;
  for (const char* name : {"at", "schedule_from", "interventions"}) object.erase(name);
  return config_from_json(dumped(object), phase.config);
}

Json phase_json(const Phase& phase, const Config& whole) {
  Json object = {{"at", phase.at}};
  if (!phase.planned()) object["schedule_from"] = phase.clock;
  const Json mine = Json::parse(config_to_json(phase.config)), base = Json::parse(config_to_json(whole));
  for (const auto& [name, value] : mine.items())
    if (name == "steps" || value != base[name]) object[name] = value;
  object["interventions"] = interventions_json(phase.held);
  return object;
}

}  // namespace

std::string interventions_to_json(const Interventions& list) { return dumped(interventions_json(list)); }

Problems interventions_from_json(std::string_view text, Interventions& list) {
  Json array;
  if (!parse(text, array)) return {{"interventions", "the interventions are not valid JSON"}};
  return read_list(array, list);
}

std::string course_to_json(const Course& course) {
  const Phase& first = course.phases[0];
  if (course.plain()) return config_to_json(first.config);
  Json root = Json::parse(config_to_json(first.config));
  if (course.phases.size() == 1) {
    root["interventions"] = interventions_json(first.held);
  } else {
    root["phases"] = Json::array();
    for (const Phase& phase : course.phases) root["phases"].push_back(phase_json(phase, first.config));
  }
  return root.dump(2);
}

void split_course(std::string_view text, CourseText& parts) {
  Json root;
  const auto names = [&](const char* member) { return text.find(member) != std::string_view::npos; };
  if ((!names("\"phases\"") && !names("\"interventions\"")) || !parse(text, root) || !root.is_object()) {
    parts = {std::string(text), "", ""};  // config_from_json has the sentences for what this is instead
    return;
  }
  CourseText made;
  for (auto [name, part] : {std::pair{"phases", &made.phases}, std::pair{"interventions", &made.interventions}})
    if (root.contains(name)) *part = dumped(root[name]), root.erase(name);
  made.knobs = dumped(root);
  parts = made;
}

Problems course_from_parts(const CourseText& parts, const Config& whole, Course& course) {
  Course made(whole);
  if (!parts.interventions.empty())
    if (Problems found = interventions_from_json(parts.interventions, made.phases[0].held); !found.empty()) return found;
  if (!parts.phases.empty()) {
    Json list;
    if (!parse(parts.phases, list) || !list.is_array() || list.empty() || list.size() > kMostPhases)
      return not_a("phases must be a list of objects such as [{\"steps\": 500, \"task\": \"bigram\"}, {\"steps\": 1000}]");
    const Interventions everywhere = made.phases[0].held;
    made.phases.clear();
    for (const Json& object : list) {
      const uint64_t at = made.phases.empty() ? 0 : made.phases.back().end();
      made.phases.push_back({at, at, whole, everywhere});
      if (Problems found = read_phase(object, made.phases.back()); !found.empty())
        return {{found[0].knob, "phase " + std::to_string(made.phases.size()) + ": " + found[0].message}};
    }
  }
  course = made;
  return {};
}

Problems course_from_json(std::string_view text, Course& course) {
  CourseText parts;
  split_course(text, parts);
  Config whole;
  Problems found = config_from_json(parts.knobs, whole);
  if (found.empty()) found = course_from_parts(parts, whole, course);
  return found;
}

}  // namespace induction
