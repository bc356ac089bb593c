#pragma once
// How much a later head reads what an earlier one writes, from weights alone: Elhage et al. 2021, 'A mathematical framework'.

#include "weights.hpp"

namespace induction {

/// ‖W_OV¹ X‖_F / (‖W_OV¹‖_F ‖X‖_F) with X = W_QK² (q), W_QK²ᵀ (k), W_OV² (v); in [0, 1]. docs/maths.md (31).
struct Composition {
  double q = 0, k = 0, v = 0;
};

/// What random matrices get, to leading order and whatever d_head: 1/√d_model. Compare every score with it.
double composition_baseline(const Config& config);

/// Not defined under a norm, or where `from` is not in an earlier layer. Under rotary positions or smeared keys only v holds;
/// the others are then not defined and stand as NaN with the reason given.
struct CompositionResult {
  Measured<double> q, k, v;
};
CompositionResult composition(const ModelWeights& weights, HeadPlace from, HeadPlace to);

/// The three scores of two heads as numbers: products of d_head × d_head matrices only. NaN where a matrix is zero.
Composition composition_scores(const HeadWeights& from, const HeadWeights& to);

/// Every head with every head of a later layer.
struct ComposedPair {
  HeadPlace from, to;
  CompositionResult scores;
};
std::vector<ComposedPair> all_compositions(const ModelWeights& weights);

}  // namespace induction
