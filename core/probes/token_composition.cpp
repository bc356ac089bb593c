#include "token_composition.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace induction {
namespace {

double dot(std::span<const double> a, std::span<const double> b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

std::vector<double> column_sums(const Matrix& m) {
  std::vector<double> sums(m.columns, 0.0);
  for (uint32_t r = 0; r < m.rows; ++r)
    for (uint32_t c = 0; c < m.columns; ++c) sums[c] += m(r, c);
  return sums;
}

// Is row r's largest entry at column r, and nowhere else? A block of rows at a time, so that the product is never held whole.
uint32_t diagonal_maxima(const Matrix& left, const Matrix& right) {
  constexpr uint32_t kBlock = 64;
  uint32_t hits = 0;
  for (uint32_t first = 0; first < left.rows; first += kBlock) {
    Matrix block(std::min(kBlock, left.rows - first), left.columns);
    std::copy_n(left.values.begin() + static_cast<size_t>(first) * left.columns, block.values.size(), block.values.begin());
    const Matrix rows = product_bt(block, right);
    for (uint32_t r = 0; r < rows.rows; ++r) {
      bool highest = true;
      for (uint32_t c = 0; c < rows.columns && highest; ++c) highest = c == first + r || rows(r, c) < rows(r, first + r);
      hits += highest ? 1 : 0;
    }
  }
  return hits;
}

}  // namespace

DiagonalScores diagonal_scores(const Matrix& left, const Matrix& right) {
  const double n = left.rows;
  double diagonal = 0;
  for (uint32_t r = 0; r < left.rows; ++r) diagonal += dot(left.row(r), right.row(r));
  const double all = dot(column_sums(left), column_sums(right));  // Σ_rc = (Σ_r left_r) · (Σ_c right_c)
  const double off = n > 1 ? (all - diagonal) / (n * (n - 1)) : 0.0;
  return {diagonal_maxima(left, right) / n, diagonal / n - off};
}

Measured<TokenComposition> token_composition(const ModelWeights& weights, HeadPlace to, std::span<const WeightedHead> earlier) {
  using Result = Measured<TokenComposition>;
  const std::string reason = first_reason({no_earlier_layer(to.layer), norm_hides(weights.config), scores_not_bilinear(weights.config)});
  if (!reason.empty()) return Result::not_defined(reason);
  const HeadWeights& head = weights.at(to);
  const Matrix W_E = weights.token_rows();
  Matrix key_side(W_E.rows, head.W_K.columns);  // Σ_e w_e W_E W_V^e W_O^e W_K^h
  for (const WeightedHead& e : earlier) {
    if (e.place.layer >= to.layer || !std::isfinite(e.weight)) continue;
    const HeadWeights& from = weights.at(e.place);
    add_scaled(key_side, product(product(W_E, from.W_V), product(from.W_O, head.W_K)), e.weight);
  }
  const DiagonalScores scores = diagonal_scores(product(W_E, head.W_Q), key_side);
  return Result::of({scores.share, scores.margin / std::sqrt(static_cast<double>(head.W_K.columns))});
}

}  // namespace induction
