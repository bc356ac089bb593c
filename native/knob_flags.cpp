#include "knob_flags.hpp"

#include "config_json.hpp"
#include "files.hpp"
#include "machine.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

constexpr uint64_t kMaxConfigFile = 1 << 20;  // bytes; a Config has about a thousand

std::string number_text(double x) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, x == static_cast<double>(static_cast<int64_t>(x)) ? "%.0f" : "%g", x);
  return buffer;
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

std::string type_text(const Knob& knob) {
  if (knob.type == KnobType::boolean) return "[true|false]";
  if (knob.type == KnobType::choice) return joined(knob.options, "|");
  return knob.type == KnobType::integer ? "N" : "X";
}

// "Learning rate. (default 0.01; 0 to 1000; live)"
std::string help_text(const Knob& knob) {
  static const Config defaults;
  std::string text = std::string(knob.doc) + " (default " + value_text(knob, defaults);
  if (knob.type == KnobType::integer || knob.type == KnobType::real)
    text += "; " + number_text(knob.min) + " to " + number_text(knob.max) + (*knob.unit ? std::string(" ") + knob.unit : "");
  return text + (knob.live ? "; live)" : ")");
}

std::string preset_names(const char* separator) {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.push_back(preset.name);
  return joined(names, separator);
}

void refuse_first(const Problems& found, const std::string& before) {
  if (!found.empty()) refuse(before + found[0].message);
}

}  // namespace

void add_preset_flag(CLI::App& app, KnobFlags& flags) {
  flags.preset_option = app.add_option("--preset", flags.preset, "Start from a preset")->type_name(preset_names("|"))->take_last();
}

void add_knob_flags(CLI::App& app, KnobFlags& flags) {
  add_preset_flag(app, flags);
  app.add_option("--config", flags.file, "Read knobs from a JSON file such as {\"preset\": \"main\", \"lr\": 0.003}; flags override it")
      ->type_name("FILE")
      ->take_last();
  flags.texts.resize(knobs().size());
  for (size_t i = 0; i < knobs().size(); ++i) {
    const Knob& knob = knobs()[i];
    CLI::Option* option = app.add_option(std::string("--") + knob.name, flags.texts[i], help_text(knob));
    option->type_name(type_text(knob))->group(std::string("Knobs: ") + knob.group);
    // A bare --tied_embedding means true.
    if (knob.type == KnobType::boolean) option->expected(0, 1);
    option->take_last();
    flags.options.push_back(option);
  }
}

Config chosen_config(const KnobFlags& flags, const Config& base) {
  Config config = base;
  if (!flags.preset.empty() || (flags.preset_option && flags.preset_option->count())) {
    const Preset* preset = find_preset(flags.preset);
    if (!preset) refuse("there is no preset " + quoted(flags.preset) + "; the presets are " + preset_names(", "));
    config = preset->config;
  }
  if (!flags.file.empty()) refuse_first(config_from_json(read_text(flags.file, kMaxConfigFile), config), quoted(flags.file) + ": ");
  for (size_t i = 0; i < flags.options.size(); ++i) {
    if (!flags.options[i]->count()) continue;
    const Knob& knob = knobs()[i];
    const bool bare = knob.type == KnobType::boolean && flags.texts[i].empty();
    refuse_first(set_from_text(config, knob.name, bare ? "true" : flags.texts[i]), "");
  }
  return config;
}

void check_config(const Config& config, const Corpus* corpus) {
  refuse_first(problems(config), "");
  refuse_first(corpus_problems(config, corpus), "");
  check_memory(config);
}

}  // namespace induction
