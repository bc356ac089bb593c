// closed_forms.hpp: a Markov chain's entropies, and the calibrated prediction of an association.

#include <algorithm>
#include <cmath>
#include <vector>

#include "closed_forms.hpp"

namespace induction {
namespace {

constexpr int kMostRounds = 500;        // of power iteration; random chains need about ten
constexpr double kConverged = 1e-13;    // change of any share
constexpr double kOddsOfZero = 1e-300;  // stands for 0 inside a logarithm whose weight is 0

double minus_x_ln_x(double x) { return x > 0 ? -x * std::log(x) : 0.0; }

}  // namespace

ChainEntropies chain_entropies(std::vector<double> rows) {
  const auto n = static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(rows.size()))));
  std::vector<double> share(n, 1.0 / static_cast<double>(n)), entropy(n, 0.0), next(n);
  for (size_t i = 0; i < n; ++i) {
    double total = 0;
    for (size_t j = 0; j < n; ++j) total += rows[i * n + j];
    for (size_t j = 0; j < n; ++j) entropy[i] += minus_x_ln_x(rows[i * n + j] /= total);
  }
  double change = 1;
  for (int round = 0; round < kMostRounds && change > kConverged; ++round) {
    std::fill(next.begin(), next.end(), 0.0);
    for (size_t i = 0; i < n; ++i)
      for (size_t j = 0; j < n; ++j) next[j] += share[i] * rows[i * n + j];
    change = 0;
    for (size_t j = 0; j < n; ++j) change = std::max(change, std::abs(next[j] - share[j]));
    share.swap(next);
  }
  ChainEntropies sums;
  for (size_t i = 0; i < n; ++i) sums.rate += share[i] * entropy[i], sums.unigram += minus_x_ln_x(share[i]);
  return sums;
}

double follower_share(double skew, uint32_t same, uint32_t other) {
  const auto odds = [&](double a, double b) { return std::pow(a, same) * std::pow(b, other); };
  const double common = odds(skew, 1 - skew), rare = odds(1 - skew, skew);
  return (common * skew + rare * (1 - skew)) / (common + rare);
}

double association_loss(const Association& task) {
  const double start = 1.0 / task.gap, s = task.skew;
  // free[k] at t: t may be a cue, and k came before it. A cue takes its follower's place too.
  std::vector<std::vector<double>> free(task.length + 2, std::vector<double>(task.length + 2, 0.0));
  std::vector<double> cues(task.length + 2, 0.0);
  free[0][0] = 1;
  for (uint32_t t = 0; t < task.length; ++t)
    for (uint32_t k = 0; k <= t; ++k) {
      cues[k] += free[t][k] * start;
      free[t + 2][k + 1] += free[t][k] * start;
      free[t + 1][k] += free[t][k] * (1 - start);
    }
  double loss = 0, all = 0;
  for (uint32_t k = 1; k < task.length && cues[k] > 0; ++k) {
    // j of the k followers so far were the commoner one.
    double binomial = std::pow(1 - s, k), expected = 0;
    const auto cost = [&](uint32_t same) {
      const double p = same > 0 ? follower_share(s, same, k - same) : (1 - follower_share(s, k, 0)) / (task.followers - 1);
      return -std::log(std::max(p, kOddsOfZero));
    };
    for (uint32_t j = 0; j <= k; ++j) {
      const double weight = s < 1 ? binomial : j == k ? 1.0 : 0.0;
      if (weight > 0) expected += weight * (s * cost(j) + (s < 1 ? (1 - s) * cost(k - j) : 0.0));
      if (s < 1) binomial *= s / (1 - s) * (k - j) / (j + 1);
    }
    loss += cues[k] * expected, all += cues[k];
  }
  return all > 0 ? loss / all : 0.0;
}

}  // namespace induction
