#include "strategy.hpp"

#include <algorithm>
#include <cmath>

namespace induction {
namespace {

// ln softmax of one row of logits.
void log_softmax(const float* logits, std::vector<double>& log_p) {
  const double highest = *std::max_element(logits, logits + log_p.size());
  double sum = 0;
  for (size_t j = 0; j < log_p.size(); ++j) sum += std::exp(logits[j] - highest);
  for (size_t j = 0; j < log_p.size(); ++j) log_p[j] = logits[j] - highest - std::log(sum);
}

// What has come so far in one context: how often each state, and how often after each state.
struct Counts {
  explicit Counts(uint32_t states) : all(states, 0.0), after(states, std::vector<double>(states, 0.0)), from(states, 0.0) {}
  void see(const std::vector<uint32_t>& row, size_t t) {
    ++all[row[t]], ++seen;
    if (seen > 1) ++after[row[t - 1]][row[t]], ++from[row[t - 1]];
  }
  double seen = 0;
  std::vector<double> all;
  std::vector<std::vector<double>> after;
  std::vector<double> from;
};

}  // namespace

StrategyDistances strategy_distances(std::span<const std::vector<uint32_t>> tokens, const float* logits, uint32_t width, uint32_t states,
                                     double alpha) {
  StrategyDistances sum;
  uint64_t predictions = 0;
  std::vector<double> log_p(states);
  for (const auto& row : tokens) {
    Counts counts(states);
    for (size_t t = 0; t < row.size(); ++t, logits += width) {
      if (row[t] >= states) continue;  // the start token
      ++predictions;
      counts.see(row, t);
      log_softmax(logits, log_p);
      const double seen = counts.seen + states, here = counts.from[row[t]] + states * alpha;
      for (uint32_t j = 0; j < states; ++j) {
        const double p = std::exp(log_p[j]);
        sum.uniform += p * (log_p[j] + std::log(static_cast<double>(states)));
        sum.unigram += p * (log_p[j] - std::log((counts.all[j] + 1) / seen));
        sum.bigram += p * (log_p[j] - std::log((counts.after[row[t]][j] + alpha) / here));
      }
    }
  }
  const auto n = static_cast<double>(predictions);
  return {sum.uniform / n, sum.unigram / n, sum.bigram / n};
}

}  // namespace induction
