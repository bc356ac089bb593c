#include "closed_forms.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace induction {
namespace {

using Distribution = std::vector<double>;  // [i]: probability of i

// The sum of independent counts, each `weight` with probability p.
void add_weighted(Distribution& d, uint32_t weight, double p) {
  d.resize(d.size() + weight, 0.0);
  for (size_t k = d.size(); k-- > 0;) d[k] = d[k] * (1 - p) + (k >= weight ? d[k - weight] * p : 0.0);
}

// Pooled mean of loss(P, t) over the inducible positions with a target.
template <class Loss>
double pooled(const RepeatTask& task, Loss loss) {
  double sum = 0, count = 0;
  for (uint32_t p = task.period_min; p <= task.period_max; ++p)
    for (uint32_t t = p; t + 1 < task.length; ++t) sum += loss(p, t), ++count;
  return count > 0 ? sum / count : 0.0;
}

// −E ln(count / of), `sure` votes plus random ones.
double expected_loss(const Distribution& random, uint32_t sure, double of) {
  double loss = 0;
  for (size_t k = 0; k < random.size(); ++k) loss -= random[k] * std::log((sure + static_cast<double>(k)) / of);
  return loss;
}

// Sum over a row's inducible positions of the Bayes predictor's loss.
double bayes_row_loss(const RepeatTask& task, uint32_t period, const std::vector<uint32_t>& x) {
  const double ln_v = std::log(static_cast<double>(task.d_vocab));
  std::vector<bool> alive(task.period_max + 1, true);
  double loss = 0;
  for (uint32_t t = 0; t + 1 < task.length; ++t) {
    double all = 0, right = 0;
    for (uint32_t h = task.period_min; h <= task.period_max; ++h) {
      if (h <= t && x[t] != x[t - h]) alive[h] = false;
      if (!alive[h]) continue;
      // Likelihood V^−(number of tokens that h calls new), over that of the true period.
      const double weight = std::exp((static_cast<double>(period) - std::min(h, t + 1)) * ln_v);
      const bool knows = h <= t + 1;
      all += weight;
      right += weight * (!knows ? 1.0 / task.d_vocab : x[t + 1] == x[t + 1 - h] ? 1.0 : 0.0);
    }
    if (t >= period) loss -= std::log(right / all);
  }
  return loss;
}

}  // namespace

double uniform_loss(uint32_t d_vocab) { return std::log(static_cast<double>(d_vocab)); }

double without_replacement_loss(uint32_t d_vocab, uint32_t period) {
  double sum = 0;
  for (uint32_t i = 0; i < period; ++i) sum += std::log(static_cast<double>(d_vocab - i));
  return sum / period;
}

double offset_mixture_loss(const RepeatTask& task) {
  const double p = 1.0 / task.d_vocab;
  return pooled(task, [&](uint32_t period, uint32_t t) {
    // Offsets that name the same place of the block stand or fall together; those of the target's own place always hit.
    std::vector<uint32_t> votes(period, 0);
    uint32_t all = 0;
    for (uint32_t offset = task.period_min; offset <= std::min(task.period_max, t + 1); ++offset) ++votes[offset % period], ++all;
    Distribution random = {1.0};
    for (uint32_t place = 1; place < period; ++place)
      if (votes[place] > 0) add_weighted(random, votes[place], p);
    return expected_loss(random, votes[0], all);
  });
}

double context_unigram_loss(const RepeatTask& task) {
  const double p = 1.0 / task.d_vocab;
  return pooled(task, [&](uint32_t period, uint32_t t) {
    // Of x_0..x_t the target's own place of the block came `copies` times, places before it once more.
    const uint32_t copies = (t + 1) / period, before = (t + 1) % period;
    Distribution random = {1.0};
    for (uint32_t place = 0; place + 1 < period; ++place) add_weighted(random, place < before ? copies + 1 : copies, p);
    return expected_loss(random, copies, t + 1);
  });
}

Estimate unknown_period_loss(const RepeatTask& task, uint32_t rows_per_period, uint32_t seed) {
  std::mt19937_64 random(seed);
  double sum = 0, variance = 0, positions = 0;
  std::vector<uint32_t> x(task.length);
  for (uint32_t period = task.period_min; period <= task.period_max; ++period) {
    double mean = 0, squares = 0;
    for (uint32_t row = 0; row < rows_per_period; ++row) {
      for (uint32_t i = 0; i < task.length; ++i) x[i] = i < period ? static_cast<uint32_t>(random() % task.d_vocab) : x[i - period];
      const double loss = bayes_row_loss(task, period, x);
      mean += loss / rows_per_period, squares += loss * loss / rows_per_period;
    }
    sum += mean, variance += std::max(0.0, squares - mean * mean) / rows_per_period;
    positions += task.length - 1 > period ? task.length - 1 - period : 0;
  }
  return {sum / positions, std::sqrt(variance) / positions};
}

}  // namespace induction
