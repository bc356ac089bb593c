#include "amplification.hpp"

#include <algorithm>
#include <map>

namespace induction {
namespace {

// How often each token has followed the token at t so far.
std::map<uint32_t, uint32_t> followers(const Sequence& row, uint32_t t) {
  std::map<uint32_t, uint32_t> counts;
  for (uint32_t s = 1; s <= t; ++s)
    if (row.tokens[s - 1] == row.tokens[t]) ++counts[row.tokens[s]];
  return counts;
}

}  // namespace

void add_amplification(const Sequence& row, const float* probabilities, uint32_t width, Amplification& sum) {
  for (uint32_t t = 0; t < row.tokens.size(); ++t) {
    if (!row.inducible[t]) continue;
    const auto counts = followers(row, t);
    uint32_t all = 0, most = 0, with_most = 0, favourite = 0;
    double p = 0;
    for (const auto& [token, count] : counts) {
      all += count, p += probabilities[t * width + token];
      if (count > most) most = count, with_most = 0, favourite = token;
      with_most += count == most;
    }
    if (counts.size() < 2 || with_most > 1 || p <= 0) continue;
    sum.share.take(static_cast<double>(most) / all);
    sum.predicted.take(probabilities[t * width + favourite] / p);
  }
}

}  // namespace induction
