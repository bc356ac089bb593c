#pragma once
// Strategy distance: which simple predictor a model behaves like, on contexts whose chain is drawn anew. Pure functions.

#include <cstdint>
#include <span>
#include <vector>

namespace induction {

/// KL(model ‖ strategy) in nats per predicted token, from the model's prediction p to what each strategy predicts from the same
/// context; 0: the model does just that. Source: Edelman et al. 2024; docs/maths.md (88).
struct StrategyDistances {
  double uniform = 0;  // 1/k
  double unigram = 0;  // (count + 1) / (n + k): how often each state has come so far
  double bigram = 0;   // (count + α) / (n + kα): how often each state came after the current one
};

/// Means over all rows and positions. tokens: rows × T, states below `states`; logits: [rows, T, width], one row after the other. Only the
/// first `states` logits are compared; the softmax is over these.
StrategyDistances strategy_distances(std::span<const std::vector<uint32_t>> tokens, const float* logits, uint32_t width, uint32_t states,
                                     double alpha);

}  // namespace induction
