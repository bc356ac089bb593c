#include "head_circuit.hpp"

#include <cmath>

namespace induction {
namespace {

std::string too_many_tokens(const ModelWeights& weights) {
  if (weights.W_E.rows <= kLargestTokenMap) return {};
  return "maps of token pairs are made for vocabularies of up to " + std::to_string(kLargestTokenMap) + " tokens; this one has " +
         std::to_string(weights.W_E.rows);
}

// left rightᵀ · factor; a tied W_U or a start token do not matter: rows and columns are tokens on both sides.
Measured<TokenMap> token_map(const std::string& reason, const Matrix& left, const Matrix& right, double factor) {
  if (!reason.empty()) return Measured<TokenMap>::not_defined(reason);
  TokenMap map{product_bt(left, right), diagonal_scores(left, right)};
  for (double& x : map.values.values) x *= factor;
  map.diagonal.margin *= factor;
  return Measured<TokenMap>::of(std::move(map));
}

std::string no_head_to_read_through(HeadPlace head, const std::optional<HeadPlace>& through) {
  if (const std::string reason = no_earlier_layer(head.layer); !reason.empty()) return reason;
  return through && through->layer < head.layer ? std::string() : "no earlier head was named to read the keys through";
}

}  // namespace

HeadCircuit head_circuit(const ModelWeights& weights, HeadPlace place, std::optional<HeadPlace> through) {
  const HeadWeights& head = weights.at(place);
  const double scale = 1 / std::sqrt(static_cast<double>(head.W_K.columns));
  const std::string norm = norm_hides(weights.config), large = too_many_tokens(weights);
  const std::string scores = first_reason({norm, scores_not_bilinear(weights.config), large});
  const std::string composed = first_reason({no_head_to_read_through(place, through), scores});
  const Matrix queries = product(weights.W_E, head.W_Q);
  HeadCircuit found;
  found.qk = token_map(scores, queries, product(weights.W_E, head.W_K), scale);
  if (composed.empty()) {
    const HeadWeights& from = weights.at(*through);
    found.qk_through = token_map({}, queries, product(product(weights.W_E, from.W_V), product(from.W_O, head.W_K)), scale);
  } else {
    found.qk_through = Measured<TokenMap>::not_defined(composed);
  }
  found.ov = token_map(first_reason({norm, large}), product(weights.W_E, head.W_V), transposed(product(head.W_O, weights.W_U)), 1);
  found.eigenvalues = copying_spectrum(weights, place);
  found.copying = copying_score(found.eigenvalues);
  return found;
}

}  // namespace induction
