// Lines of tasks: closed forms against the generators themselves.

#include <algorithm>

#include "data/closed_forms.hpp"
#include "data/token_law.hpp"
#include "support/rows.hpp"

namespace test_data_lines {

using namespace induction;
using namespace induction::tests;

namespace {

double line(const Config& c, const std::string& name) {
  for (const Line& l : Dataset(c).lines())
    if (name == l.name) return l.value;
  return std::nan("");
}

Config config_of(kind::task task) {
  Config c;
  c.task = task;
  return c;
}

}  // namespace

TEST_CASE("repeat's lines are the closed forms of its periods, ordered as they should be") {
  Config c;
  c.d_vocab = c.n_ctx = 64, c.period_min = 16, c.period_max = 32;
  CHECK(line(c, "new tokens") == doctest::Approx(std::log(64.0)));
  CHECK(line(c, "token counts") == doctest::Approx(3.14).epsilon(0.01));   // science.md §3
  CHECK(line(c, "position only") == doctest::Approx(2.56).epsilon(0.01));  // science.md §3
  CHECK(line(c, "perfect copy") == 0);
  c.task = kind::task::repeat_fixed;
  CHECK(line(c, "position only") == 0);  // the trap of a fixed period
  c.without_replacement = true;
  CHECK(line(c, "new tokens") == doctest::Approx(3.863).epsilon(1e-3));  // science.md §3
  CHECK(std::isnan(line(c, "position only")));
  c.corruption = 0.1;
  CHECK(line(c, "perfect copy") == doctest::Approx(-std::log(0.9 + 0.1 / 64)));
}

TEST_CASE("a chain's entropies: two states by hand, and the seed's chain against its own rows") {
  // 0 -> 0, 1 evenly; 1 -> 0 always: shares 2/3, 1/3, rate 2/3 ln 2.
  const ChainEntropies two = chain_entropies({1, 1, 3, 0});
  CHECK(two.rate == doctest::Approx(2.0 / 3 * std::log(2.0)));
  CHECK(two.unigram == doctest::Approx(std::log(3.0) - 2.0 / 3 * std::log(2.0)));
  Config c = config_of(kind::task::bigram);
  c.d_vocab = 6, c.n_ctx = 200;
  const std::vector<double> rows = markov_rows(0, TokenLaw(c).weight());
  double loss = 0, n = 0;
  for (const Sequence& s : training_rows(c, 600))
    for (uint32_t t = 1; t < 200; ++t) {
      double total = 0;
      for (size_t j = 0; j < 6; ++j) total += rows[6 * s.tokens[t] + j];
      loss -= std::log(rows[6 * s.tokens[t] + static_cast<size_t>(s.targets[t])] / total), ++n;
    }
  CHECK(loss / n == doctest::Approx(line(c, "chain")).epsilon(0.01));
  CHECK(line(c, "chain") < line(c, "token frequencies"));
}

TEST_CASE("the calibrated follower: no evidence beyond one follower, certainty without noise, Bayes' rule in between") {
  CHECK(follower_share(0.5, 7, 1) == doctest::Approx(0.5));
  CHECK(follower_share(1, 3, 0) == doctest::Approx(1));
  CHECK(follower_share(0.8, 2, 2) == doctest::Approx(0.5));
  CHECK(follower_share(0.8, 1, 0) == doctest::Approx(0.68));                // s² + (1 − s)²
  CHECK(follower_share(0.8, 20, 0) == doctest::Approx(0.8).epsilon(1e-6));  // never above the share itself
}

TEST_CASE("skewed: the calibrated line is what that predictor loses on the task's own rows") {
  for (const double skew : {0.5, 0.8, 1.0}) {
    Config c = config_of(kind::task::skewed);
    c.skew = skew, c.n_ctx = 48;
    double loss = 0, n = 0;
    for (const Sequence& s : training_rows(c, 6000)) {
      std::vector<uint32_t> seen(16);
      uint32_t cues = 0;
      for (uint32_t t = 0; t < 48; ++t) {
        if (s.tokens[t] != 0) continue;
        const auto next = static_cast<size_t>(s.targets[t]);
        if (cues > 0) {
          const bool known = seen[next] > 0;
          loss -= std::log(known ? follower_share(skew, seen[next], cues - seen[next]) : (1 - follower_share(skew, cues, 0)) / 14), ++n;
        }
        ++seen[next], ++cues;
      }
    }
    CHECK(loss / n == doctest::Approx(line(c, "calibrated")).epsilon(0.02));
  }
}

TEST_CASE("trigger and distance: guessing any answer costs the logarithm of their number, position alone is in between") {
  Config c = config_of(kind::task::trigger);
  CHECK(line(c, "any answer") == doctest::Approx(std::log(13.0)));
  CHECK(line(c, "perfect copy") == 0);
  c.corruption = 0.5;
  CHECK(line(c, "perfect copy") == doctest::Approx(-std::log(0.5 + 0.5 / 16)));
  c = config_of(kind::task::distance);
  CHECK(line(c, "any answer") == doctest::Approx(std::log(15.0)));
  const double even = line(c, "position only");
  CHECK(even < std::log(15.0));
  c.distance_tail = 6;  // nearly always 2
  CHECK(line(c, "position only") < 0.5);
  CHECK(even > 1);
  c.distance_tail = 0, c.distance_max = 2;
  CHECK(line(c, "position only") == doctest::Approx(0));  // one distance: a ruler is enough
}

TEST_CASE("segment: no predictor is below its lines") {
  Config c = config_of(kind::task::segment);
  c.zipf = 1;
  CHECK(line(c, "new tokens") == doctest::Approx(TokenLaw(c).entropy()));
  CHECK(line(c, "perfect copy") == 0);
}

}  // namespace test_data_lines
