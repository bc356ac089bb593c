#pragma once
// How far a model exaggerates what its context repeats unevenly. Pure functions.

#include <cstdint>
#include <span>

#include "../data/sequence.hpp"
#include "heads.hpp"

namespace induction {

/// Over the inducible positions t whose token has been followed by several tokens so far, one of them, v, most often:
/// share: how often v followed, of all times; predicted: the model's p(v) over the sum of p of all followers so far. Means. A model that
/// repeats the association as it is has predicted = share; one that amplifies it, more.
struct Amplification {
  Mean share, predicted;
  double value() const { return predicted.value() - share.value(); }
};

/// Adds one row. probabilities: [T, width] of the next token.
void add_amplification(const Sequence& row, const float* probabilities, uint32_t width, Amplification& sum);

}  // namespace induction
