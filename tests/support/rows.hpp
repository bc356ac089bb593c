#pragma once
// What the suites of tasks share: rows of a Config, counting, chi-square.

#include "data/dataset.hpp"
#include "support.hpp"

namespace induction::tests {

inline std::vector<Sequence> training_rows(const Config& config, uint32_t n) {
  const Dataset data(config);
  std::vector<Sequence> rows;
  for (uint32_t i = 0; i < n; ++i) rows.push_back(data.row(Stream::train, i / 32, i % 32));
  return rows;
}

/// All n_ctx + 1 tokens of a next-token row.
inline std::vector<uint32_t> all_tokens(const Sequence& s) {
  std::vector<uint32_t> all = s.tokens;
  all.push_back(static_cast<uint32_t>(s.targets.back()));
  return all;
}

/// Σ (count − n p)² / (n p), n = Σ count; p need not be normalised.
inline double chi_square(const std::vector<double>& count, const std::vector<double>& p) {
  double n = 0, total = 0, chi = 0;
  for (size_t i = 0; i < p.size(); ++i) n += count[i], total += p[i];
  for (size_t i = 0; i < p.size(); ++i) chi += std::pow(count[i] - n * p[i] / total, 2) / (n * p[i] / total);
  return chi;
}

/// The 99.9 % quantile of chi-square, within 1 % (Wilson & Hilferty). Draws are fixed, so a test against it cannot flicker.
inline double chi_limit(double degrees) { return degrees * std::pow(1 - 2 / (9 * degrees) + 3.0902 * std::sqrt(2 / (9 * degrees)), 3); }

inline std::vector<double> zipf_weights(size_t n, double a) {
  std::vector<double> w;
  for (size_t v = 0; v < n; ++v) w.push_back(std::pow(static_cast<double>(v + 1), -a));
  return w;
}

}  // namespace induction::tests
