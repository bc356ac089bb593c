#include "knob_flags.hpp"

#include <nlohmann/json.hpp>

#include "files.hpp"
#include "machine.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

constexpr uint64_t kMaxConfigFile = 8 << 20;  // bytes; a Config has about a thousand, a given pattern up to a million

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

namespace {

// A line of --intervene as an element of a JSON list. `clamp L.H given FILE` brings its pattern from a file.
nlohmann::json line_json(const std::string& line) {
  const std::string word = " given ";
  const size_t at = line.find(word);
  if (at == std::string::npos) return line;
  const std::string path = line.substr(at + word.size());
  auto pattern = nlohmann::json::parse(read_text(path, kMaxConfigFile), nullptr, false);
  if (pattern.is_discarded()) refuse(in_quotes(path) + " is not valid JSON; a pattern is a list of n_ctx rows of n_ctx numbers");
  return {{"text", line.substr(0, at) + " given"}, {"pattern", pattern}};
}

}  // namespace

Config chosen_config(const KnobFlags& flags, const Config& base, CourseText* parts) {
  Config config = base;
  if (!flags.preset.empty() || (flags.preset_option && flags.preset_option->count())) {
    const Preset* preset = find_preset(flags.preset);
    if (!preset) refuse("there is no preset " + in_quotes(flags.preset) + "; the presets are " + preset_names(", "));
    config = preset->config;
  }
  if (!flags.file.empty()) {
    std::string text = read_text(flags.file, kMaxConfigFile);
    if (parts) split_course(text, *parts), text = parts->knobs;
    refuse_first(config_from_json(text, config), in_quotes(flags.file) + ": ");
  }
  for (size_t i = 0; i < flags.options.size(); ++i) {
    if (!flags.options[i]->count()) continue;
    const Knob& knob = knobs()[i];
    const bool bare = knob.type == KnobType::boolean && flags.texts[i].empty();
    refuse_first(set_from_text(config, knob.name, bare ? "true" : flags.texts[i]), "");
  }
  return config;
}

void add_course_flags(CLI::App& app, CourseFlags& flags) {
  app.add_option("--phases", flags.phases,
                 "Phases of the run, as JSON or a file of it: [{\"steps\": 500, \"task\": \"bigram\"}, {\"steps\": 1000}]; each has the "
                 "other knobs with its own over them")
      ->type_name("FILE|JSON")
      ->take_last();
  app.add_option(
         "--intervene", flags.lines,
         "Hold this in the model, in every phase that names nothing itself: ablate L.H zero|mean|resample|pattern_preserving, "
         "clamp L.H previous|match|uniform|given FILE, copy L.H FACTOR, path L.H q|k|v M.H FACTOR, or none; may be given several times")
      ->type_name("LINE")
      ->allow_extra_args(false);
}

Interventions chosen_interventions(const CourseFlags& flags) {
  auto list = nlohmann::json::array();
  for (const std::string& line : flags.lines)
    if (line != "none") list.push_back(line_json(line));
  Interventions made;
  refuse_first(interventions_from_json(list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), made), "--intervene: ");
  return made;
}

Course chosen_course(const Config& whole, CourseText parts, const CourseFlags& flags) {
  const size_t first = flags.phases.find_first_not_of(" \n\t");
  if (first != std::string::npos) parts.phases = flags.phases[first] == '[' ? flags.phases : read_text(flags.phases, kMaxConfigFile);
  if (!flags.lines.empty()) parts.interventions = interventions_to_json(chosen_interventions(flags));
  Course course;
  refuse_first(course_from_parts(parts, whole, course), "");
  return course;
}

void check_course(const Course& course, const Corpus* corpus) {
  refuse_first(problems(course), "");
  for (const Phase& phase : course.phases) {
    refuse_first(corpus_problems(phase.config, corpus), "");
    check_memory(phase.config);
  }
}

void check_config(const Config& config, const Corpus* corpus) {
  refuse_first(problems(config), "");
  refuse_first(corpus_problems(config, corpus), "");
  check_memory(config);
}

}  // namespace induction
