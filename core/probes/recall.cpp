#include "recall.hpp"

namespace induction {
namespace {

std::string no_positions(const Config& c, const ModelWeights& weights) {
  if (!weights.W_pos.empty()) return {};
  return "positions are not vectors here (positions = " + value_text(*find_knob("positions"), c) + ")";
}

std::string positions_moved(const ModelWeights& weights, uint32_t layer) {
  if (layer == 0 || !weights.positions_in_stream()) return {};
  return "earlier heads have moved the positions that a head of layer " + std::to_string(layer) + " reads";
}

}  // namespace

Measured<double> recall_previous(const ModelWeights& weights, HeadPlace place) {
  using Result = Measured<double>;
  const Config& c = weights.config;
  const std::string reason =
      first_reason({scores_not_bilinear(c), no_positions(c, weights), norm_hides(c), positions_moved(weights, place.layer)});
  if (!reason.empty()) return Result::not_defined(reason);
  const HeadWeights& head = weights.at(place);
  const Matrix scores = product_bt(product(weights.W_pos, head.W_Q), product(weights.W_pos, head.W_K));
  uint32_t right = 0;
  for (uint32_t t = 1; t < scores.rows; ++t) {
    bool highest = true;
    for (uint32_t s = 0; s < (c.bidirectional ? scores.rows : t + 1) && highest; ++s)
      highest = s + 1 == t || scores(t, s) < scores(t, t - 1);
    right += highest ? 1 : 0;
  }
  return Result::of(right / static_cast<double>(scores.rows - 1));
}

Measured<double> recall_match(const ModelWeights& weights, HeadPlace from, HeadPlace to) {
  const WeightedHead one{from, 1.0};
  if (from.layer >= to.layer) return Measured<double>::not_defined("the first head is not in an earlier layer than the second");
  const Measured<TokenComposition> found = token_composition(weights, to, {&one, 1});
  return found.value ? Measured<double>::of(found.value->diagonal_share) : Measured<double>::not_defined(found.reason);
}

Measured<double> recall_copy(const ModelWeights& weights, HeadPlace head) {
  const Measured<DiagonalScores> found = copying_diagonal(weights, head);
  return found.value ? Measured<double>::of(found.value->share) : Measured<double>::not_defined(found.reason);
}

}  // namespace induction
