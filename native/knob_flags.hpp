#pragma once
// One flag per knob, made from config.def, and the Config that flags, a file and a preset add up to.

#include "command.hpp"
#include "config.hpp"
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

/// `base` < preset < file < flags. Refuses values that no knob takes; combinations are checked by check_config.
Config chosen_config(const KnobFlags& flags, const Config& base = {});
/// Refuses a Config with problems(), one whose task lacks its data, or one that this machine has no memory for.
void check_config(const Config& config, const Corpus* corpus = nullptr);

}  // namespace induction
