#include "objective.hpp"

#include "../exact.hpp"

namespace induction {

void apply_objective(const Config& c, Sequence& row) {
  for (uint32_t t = 0; t < row.targets.size(); ++t) {
    const bool asked =
        c.objective == kind::objective::next || (c.objective == kind::objective::inducible ? row.inducible[t] != 0 : t == row.query);
    if (asked) continue;
    row.targets[t] = kNoTarget;
    row.inducible[t] = 0;
  }
}

bool weights_differ(const Config& c) { return c.objective != kind::objective::next || c.inducible_weight != 1 || c.position_power != 0; }

std::vector<double> position_factors(const Config& c) {
  std::vector<double> factors;
  for (int64_t t = 0; t < c.n_ctx; ++t)
    factors.push_back(exact_exp2(c.position_power * (exact_ln(static_cast<double>(t + 1)) / exact_ln(2.0))));
  return factors;
}

void append_weights(const Config& c, const Sequence& row, std::span<const double> factors, std::vector<double>& relative) {
  for (size_t t = 0; t < row.targets.size(); ++t) {
    const double weight = row.inducible[t] ? c.inducible_weight : 1.0;
    relative.push_back(row.targets[t] == kNoTarget ? 0.0 : weight * factors[t]);
  }
}

void normalise_weights(std::span<const double> relative, float* weights) {
  double sum = 0;
  for (const double x : relative) sum += x;
  for (const double x : relative) *weights++ = sum > 0 ? static_cast<float>(x / sum) : 0.0f;
}

}  // namespace induction
