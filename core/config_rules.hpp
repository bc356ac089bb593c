#pragma once
// Combinations of knobs that make no sense, as a table: problems() asks every rule, and a test wants a case for each.

#include <span>

#include "config.hpp"

namespace induction {

/// One rule. Its sentence is "<knob> is <value>; <why>". It sees a Config as its task does (for_task), every knob inside its range.
struct ConfigRule {
  const char* knob;  // beside whose control the sentence stands
  bool (*broken)(const Config& c);
  std::string (*why)(const Config& c);
};

/// Rules about the model and its objective.
std::span<const ConfigRule> model_rules();
/// Rules of the tasks repeat, segment, trigger, distance and skewed.
std::span<const ConfigRule> copying_rules();
/// Rules of the tasks icl_markov, icl_classify, sentiment, image and bandit: tokens and positions must suffice.
std::span<const ConfigRule> in_context_rules();

/// "a whole number from 1 to 4", "one of none, rms, layer".
std::string allowed_text(const Knob& knob);

// Words of config.def's `shown`, and of rules.
inline bool repeats(const Config& c) { return c.task == kind::task::repeat || c.task == kind::task::repeat_fixed; }
inline bool copies(const Config& c) {
  return repeats(c) || c.task == kind::task::segment || c.task == kind::task::trigger || c.task == kind::task::distance;
}
/// Does each row ask for a label or an arm, in examples that it answers itself?
inline bool asks(const Config& c) {
  return c.task == kind::task::icl_classify || c.task == kind::task::sentiment || c.task == kind::task::bandit;
}

}  // namespace induction
