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

// W_QᵀW_Q, W_KᵀW_K, W_VᵀW_V and W_O W_Oᵀ of one head.
struct Grams {
  Matrix q, k, v, o;
};
Grams grams_of(const HeadWeights& h) {
  return {product_at(h.W_Q, h.W_Q), product_at(h.W_K, h.W_K), product_at(h.W_V, h.W_V), product_bt(h.W_O, h.W_O)};
}

// W_OV = W_V W_O, so its right factor is W_Oᵀ and RᵀR = W_O W_Oᵀ.
Composition scores(const HeadWeights& from, const Grams& first, const HeadWeights& to, const Grams& second) {
  const LowRank ov1{first.v, first.o}, qk{second.q, second.k}, qk_transposed{second.k, second.q}, ov2{second.v, second.o};
  return {ratio(ov1, qk, product(from.W_O, to.W_Q)), ratio(ov1, qk_transposed, product(from.W_O, to.W_K)),
          ratio(ov1, ov2, product(from.W_O, to.W_V))};
}

CompositionResult result(const Config& config, bool in_order, const Composition& found) {
  const std::string order = in_order ? "" : "the first head is not in an earlier layer than the second";
  const std::string always = first_reason({order, norm_hides(config)});
  const std::string bilinear = first_reason({always, scores_not_bilinear(config)});
  return {measured(bilinear, found.q), measured(bilinear, found.k), measured(always, found.v)};
}

}  // namespace

double composition_baseline(const Config& config) { return 1 / std::sqrt(static_cast<double>(config.d_model)); }

Composition composition_scores(const HeadWeights& from, const HeadWeights& to) { return scores(from, grams_of(from), to, grams_of(to)); }

CompositionResult composition(const ModelWeights& weights, HeadPlace from, HeadPlace to) {
  return result(weights.config, from.layer < to.layer, composition_scores(weights.at(from), weights.at(to)));
}

std::vector<ComposedPair> all_compositions(const ModelWeights& weights) {
  std::vector<ComposedPair> list;
  std::vector<std::vector<Grams>> grams;
  for (const auto& layer : weights.heads) {
    grams.emplace_back();
    for (const HeadWeights& head : layer) grams.back().push_back(grams_of(head));
  }
  for (uint32_t m = 1; m < grams.size(); ++m)
    for (uint32_t l = 0; l < m; ++l)
      for (uint32_t h = 0; h < grams[l].size(); ++h)
        for (uint32_t g = 0; g < grams[m].size(); ++g) {
          const Composition found = scores(weights.heads[l][h], grams[l][h], weights.heads[m][g], grams[m][g]);
          list.push_back({{l, h}, {m, g}, result(weights.config, true, found)});
        }
  return list;
}

}  // namespace induction
