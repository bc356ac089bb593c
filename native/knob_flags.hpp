#pragma once
// One flag per knob, made from config.def, and the Config that flags, a file and a preset add up to.

#include "command.hpp"
#include "course_json.hpp"
#include "data/corpus.hpp"

namespace induction {

struct KnobFlags {
  std::string preset, file;
  std::vector<std::string> texts;     // per knob, in the order of knobs()
  std::vector<CLI::Option*> options;  // the same order
  CLI::Option* preset_option = nullptr;
};

void add_preset_flag(CLI::App& app, KnobFlags& flags);
/// --preset, --config and a flag for every knob. `flags` must outlive the parsing.
void add_knob_flags(CLI::App& app, KnobFlags& flags);

/// `base` < preset < file < flags. Refuses values that no knob takes; combinations are checked by check_config. With `parts` the file may
/// have phases and interventions, which go there; without they are no knobs.
Config chosen_config(const KnobFlags& flags, const Config& base = {}, CourseText* parts = nullptr);
/// --phases and --intervene: what makes a run a course of several phases.
struct CourseFlags {
  std::string phases;
  std::vector<std::string> lines;
};
void add_course_flags(CLI::App& app, CourseFlags& flags);
/// The Course over `whole` and the parts of --config's file (chosen_config), unless flags say otherwise.
Course chosen_course(const Config& whole, CourseText parts, const CourseFlags& flags);
/// The interventions of --intervene's lines, among which `none` stands for nothing.
Interventions chosen_interventions(const CourseFlags& flags);
/// Refuses a Course with problems(), one whose tasks lack their data, or a phase that this machine has no memory for.
void check_course(const Course& course, const Corpus* corpus = nullptr);

/// Refuses a Config with problems(), one whose task lacks its data, or one that this machine has no memory for.
void check_config(const Config& config, const Corpus* corpus = nullptr);

}  // namespace induction
