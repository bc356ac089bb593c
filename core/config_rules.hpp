#pragma once
// Rules about combinations of knobs that problems() asks, by subject.

#include "config.hpp"

namespace induction {

/// Adds `<knob> is <value>; <why>`.
void refuse(Problems& found, const char* knob, int64_t value, const std::string& why);

/// The tasks icl_markov, icl_classify, sentiment, image and bandit: tokens and positions must suffice.
void check_in_context(const Config& config, Problems& found);

}  // namespace induction
