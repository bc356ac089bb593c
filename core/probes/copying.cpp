#include "copying.hpp"

#include <algorithm>
#include <cmath>

namespace induction {
namespace {

struct Rises {
  double attended = 0, all = 0;
};

// One position: logits of this head alone, their mean removed, positive parts.
void take_position(Rises& rises, std::span<const double> logits, uint32_t attended) {
  double mean = 0;
  for (const double x : logits) mean += x / static_cast<double>(logits.size());
  for (const double x : logits) rises.all += std::max(0.0, x - mean);
  if (attended < logits.size()) rises.attended += std::max(0.0, logits[attended] - mean);  // not a start token
}

}  // namespace

Measured<std::vector<std::complex<double>>> copying_spectrum(const ModelWeights& weights, HeadPlace place) {
  using Result = Measured<std::vector<std::complex<double>>>;
  if (const std::string reason = norm_hides(weights.config); !reason.empty()) return Result::not_defined(reason);
  const HeadWeights& head = weights.at(place);
  return Result::of(eigenvalues(product(product(head.W_O, weights.token_columns()), product(weights.token_rows(), head.W_V))));
}

Measured<double> copying_score(const Measured<std::vector<std::complex<double>>>& spectrum) {
  using Result = Measured<double>;
  if (!spectrum.value) return Result::not_defined(spectrum.reason);
  double sum = 0, size = 0;
  for (const std::complex<double>& value : *spectrum.value) sum += value.real(), size += std::abs(value);
  if (!(size > 0)) return Result::not_defined("every eigenvalue of this head's copying matrix is 0");
  return Result::of(sum / size);
}

Measured<double> copying_eigenvalue(const ModelWeights& weights, HeadPlace place) {
  return copying_score(copying_spectrum(weights, place));
}

Measured<DiagonalScores> copying_diagonal(const ModelWeights& weights, HeadPlace place) {
  using Result = Measured<DiagonalScores>;
  if (const std::string reason = norm_hides(weights.config); !reason.empty()) return Result::not_defined(reason);
  const HeadWeights& head = weights.at(place);
  return Result::of(diagonal_scores(product(weights.token_rows(), head.W_V), transposed(product(head.W_O, weights.token_columns()))));
}

Measured<double> copying_behaviour(const ModelWeights& weights, HeadPlace place, std::span<const HeadSample> rows) {
  using Result = Measured<double>;
  if (const std::string reason = norm_hides(weights.config); !reason.empty()) return Result::not_defined(reason);
  const Matrix to_logits = product(weights.at(place).W_O, weights.token_columns());
  Rises rises;
  for (const HeadSample& row : rows) {
    const Matrix logits = product(row.z, to_logits);
    for (uint32_t t = 0; t < logits.rows; ++t) {
      const auto keys = row.pattern.row(t).first(weights.config.bidirectional ? row.pattern.columns : t + 1);
      const auto attended = static_cast<size_t>(std::max_element(keys.begin(), keys.end()) - keys.begin());
      take_position(rises, logits.row(t), row.tokens[attended]);
    }
  }
  if (!(rises.all > 0)) return Result::not_defined("this head raises no logit on the sample");
  return Result::of(4 * rises.attended / rises.all - 1);
}

}  // namespace induction
