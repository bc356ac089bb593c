#pragma once
// Weights for the probes' tests, without a run behind them.

#include "probes/weights.hpp"
#include "support.hpp"

namespace induction::tests {

/// No norm, learned positions, n_ctx 8.
Config bare_config(uint32_t layers, uint32_t heads, uint32_t d_model, uint32_t d_head, uint32_t d_vocab);

/// Every matrix even over [−1, 1)/√d_model · √3, so with the initial standard deviation; W_pos only where the Config has it.
ModelWeights random_weights(const Config& config, uint32_t seed);

/// [rows, columns] with ones at (r, first + r), where that exists.
Matrix block(uint32_t rows, uint32_t columns, uint32_t first);

}  // namespace induction::tests
