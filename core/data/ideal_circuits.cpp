// closed_forms.hpp: induction that matches one token only, and the hand-built circuit.

#include <algorithm>
#include <cmath>
#include <vector>

#include "closed_forms.hpp"

namespace induction {
namespace {

constexpr double kNegligible = 1e-16;  // probabilities below this are left out

// Bin(n, p), by n convolutions: no factorials to overflow.
std::vector<double> binomial(uint32_t n, double p) {
  std::vector<double> d = {1.0};
  for (uint32_t i = 0; i < n; ++i) {
    d.push_back(0.0);
    for (size_t k = d.size(); k-- > 0;) d[k] = d[k] * (1 - p) + (k > 0 ? d[k - 1] * p : 0.0);
  }
  return d;
}

// a (two votes) and b (one vote) collisions, of which a_same and b_same are followed by the right token by chance.
void take_votes(OneMatch& sum, double probability, uint32_t a, uint32_t b, uint32_t a_same, uint32_t b_same) {
  const double all = 1.0 + 2 * a + b, right = 1.0 + 2 * a_same + b_same;
  sum.loss += probability * std::log(all / right);
  const uint32_t twos = a - a_same, ones = b - b_same;
  const double rival = twos > 0 ? 2 : ones > 0 ? 1 : 0, rivals = twos > 0 ? twos : ones;
  sum.accuracy += probability * (right > rival ? 1.0 : right == rival ? 1 / (1 + rivals) : 0.0);
}

void take_collisions(OneMatch& sum, double probability, uint32_t a, uint32_t b, double p) {
  sum.stripe += probability / (1.0 + 2 * a + b);
  const std::vector<double> same_a = binomial(a, p), same_b = binomial(b, p);
  for (uint32_t i = 0; i <= a; ++i)
    for (uint32_t j = 0; j <= b; ++j) take_votes(sum, probability * same_a[i] * same_b[j], a, b, i, j);
}

}  // namespace

OneMatch one_match_induction(uint32_t d_vocab, uint32_t period) {
  const double p = 1.0 / d_vocab;
  OneMatch sum;
  for (uint32_t j = 0; j + 1 < period; ++j) {
    // Places before j stand in both copies by now, places after it in the first only.
    const std::vector<double> twice = binomial(j, p), once = binomial(period - 1 - j, p);
    for (uint32_t a = 0; a < twice.size(); ++a)
      for (uint32_t b = 0; b < once.size(); ++b)
        if (twice[a] * once[b] > kNegligible) take_collisions(sum, twice[a] * once[b] / (period - 1), a, b, p);
  }
  return sum;
}

CircuitScores circuit_scores(const Circuit& c) {
  const uint32_t first = c.period + (c.start_token ? 1 : 0);  // the second copy's first position
  const uint32_t length = first + c.period;
  CircuitScores scores;
  for (uint32_t t = 1; t < length; ++t) scores.previous_token += 1 / (1 + t * std::exp(-c.c0)) / (length - 1);
  const uint32_t queries = c.period - 1;  // those that still have a target inside the second copy
  for (uint32_t t = first; t < first + queries; ++t) {
    const bool split = !c.start_token && t == first;
    const double others = split ? t - 1.0 : t, match = 1 / ((split ? 2 : 1) + others * std::exp(-c.c1));
    const double rival = split ? 1.0 : std::exp(-c.beta * match);  // the token that shares the attention rises as much
    scores.prefix_matching += match / queries;
    scores.loss_rep += std::log(1 + rival + (c.d_vocab - 2) * std::exp(-c.beta * match)) / queries;
  }
  return scores;
}

}  // namespace induction
