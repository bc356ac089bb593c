#pragma once
// Rules about combinations of knobs that problems() asks, by subject.

#include "config.hpp"

namespace induction {

/// The tasks icl_classify, sentiment, image and bandit: tokens and positions must suffice.
void check_in_context(const Config& config, Problems& found);

}  // namespace induction
