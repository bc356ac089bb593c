#include "composition.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace induction {
namespace {

// ‖L₁ R₁ᵀ L₂ R₂ᵀ‖ / (‖L₁ R₁ᵀ‖ ‖L₂ R₂ᵀ‖) for [d, e] factors: ‖L M Rᵀ‖² = tr(Mᵀ (LᵀL) M (RᵀR)) with M = R₁ᵀ L₂, all e × e.
struct LowRank {
  Matrix left_gram, right_gram;  // LᵀL and RᵀR
  double squared_norm() const { return trace_of_product(left_gram, right_gram); }
};

double ratio(const LowRank& a, const LowRank& b, const Matrix& middle) {
  const Matrix inner = product_at(middle, product(a.left_gram, middle));
  const double squared = trace_of_product(inner, b.right_gram), scale = a.squared_norm() * b.squared_norm();
  return scale > 0 ? std::sqrt(std::max(0.0, squared) / scale) : std::numeric_limits<double>::quiet_NaN();
}

Measured<double> measured(const std::string& reason, double score) {
  if (!reason.empty()) return Measured<double>::not_defined(reason);
  if (std::isnan(score)) return Measured<double>::not_defined("one of the two heads has a matrix of zeros");
  return Measured<double>::of(score);
}

}  // namespace

double composition_baseline(const Config& config) { return 1 / std::sqrt(static_cast<double>(config.d_model)); }

Composition composition_scores(const HeadWeights& from, const HeadWeights& to) {
  // W_OV = W_V W_O, so its right factor is W_Oᵀ and RᵀR = W_O W_Oᵀ.
  const LowRank ov1{product_at(from.W_V, from.W_V), product_bt(from.W_O, from.W_O)};
  const Matrix query_gram = product_at(to.W_Q, to.W_Q), key_gram = product_at(to.W_K, to.W_K);
  const LowRank qk{query_gram, key_gram}, qk_transposed{key_gram, query_gram};
  const LowRank ov2{product_at(to.W_V, to.W_V), product_bt(to.W_O, to.W_O)};
  return {ratio(ov1, qk, product(from.W_O, to.W_Q)), ratio(ov1, qk_transposed, product(from.W_O, to.W_K)),
          ratio(ov1, ov2, product(from.W_O, to.W_V))};
}

CompositionResult composition(const ModelWeights& weights, HeadPlace from, HeadPlace to) {
  const std::string order = from.layer < to.layer ? "" : "the first head is not in an earlier layer than the second";
  const std::string always = first_reason({order, norm_hides(weights.config)});
  const std::string scores = first_reason({always, scores_not_bilinear(weights.config)});
  const Composition found = composition_scores(weights.at(from), weights.at(to));
  return {measured(scores, found.q), measured(scores, found.k), measured(always, found.v)};
}

}  // namespace induction
