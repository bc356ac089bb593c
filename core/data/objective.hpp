#pragma once
// What the model is trained to predict: how much each position of a row counts in the loss. docs/maths.md (60)–(63).

#include <span>

#include "../config.hpp"
#include "sequence.hpp"

namespace induction {

/// Makes a row of a task what the Config's objective asks: targets only where they are to be learned. Source: docs/maths.md (60).
void apply_objective(const Config& config, Sequence& row);

/// Does the Config itself give positions different weights in the training loss?
bool weights_differ(const Config& config);

/// Factor of each position t < n_ctx: (t + 1)^position_power. Error ≤ 1e-13 relative.
std::vector<double> position_factors(const Config& config);

/// Appends how much each position of a row counts, relative to the others of the batch; 0 without a target. Source: docs/maths.md (60).
void append_weights(const Config& config, const Sequence& row, std::span<const double> factors, std::vector<double>& relative);

/// weights[i] = relative[i] / Σ relative, so that they add up to 1; all 0 when nothing counts.
void normalise_weights(std::span<const double> relative, float* weights);

}  // namespace induction
