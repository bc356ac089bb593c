// icl_markov: gamma variates, chains with the priors' moments, lines that ideal predictors reach.

#include "data/closed_forms.hpp"
#include "data/dataset.hpp"
#include "data/examples.hpp"
#include "probes/heads.hpp"
#include "support/support.hpp"

namespace test_in_context_markov {

using namespace induction;
using namespace induction::tests;

namespace {

Config markov(kind::markov_prior prior, double alpha) {
  Config c;
  c.task = kind::task::icl_markov, c.d_vocab = 3, c.n_ctx = 200;
  c.markov_prior = prior, c.dirichlet_alpha = alpha;
  return c;
}

// The state after the first and after the second visit of each state; -1 where there is none.
struct Visits {
  explicit Visits(const Sequence& s) {
    for (size_t t = 0; t < s.tokens.size(); ++t) {
      auto& visit = next[s.tokens[t]];
      for (int& after : visit)
        if (after < 0) {
          after = s.targets[t];
          break;
        }
    }
  }
  int next[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
};

struct Agreement {
  double same_state, other_state;  // share of pairs of visits that go on alike
};
Agreement agreement(const Config& c) {
  const Dataset data(c);
  Mean same, other;
  for (uint32_t i = 0; i < 3000; ++i) {
    const Visits v(data.row(Stream::train, i, 0));
    for (int a = 0; a < 3; ++a) {
      if (v.next[a][1] >= 0) same.take(v.next[a][0] == v.next[a][1]);
      if (v.next[a][0] >= 0 && v.next[(a + 1) % 3][0] >= 0) other.take(v.next[a][0] == v.next[(a + 1) % 3][0]);
    }
  }
  return {same.value(), other.value()};
}

double line(const Dataset& data, const std::string& name) {
  for (const Line& one : data.lines())
    if (one.name == name) return one.value;
  return -1;
}

}  // namespace

TEST_CASE("gamma variates have the first three moments of their shape, below, at and above one") {
  for (const double alpha : {0.3, 1.0, 2.5}) {
    CAPTURE(alpha);
    constexpr int kDraws = 40000;
    double m1 = 0, m2 = 0, m3 = 0;
    Draws draws(1, Stream::markov, 0, 0);
    for (int i = 0; i < kDraws; ++i) {
      const double x = gamma_variate(draws, alpha);
      REQUIRE(x > 0);
      m1 += x / kDraws, m2 += x * x / kDraws, m3 += x * x * x / kDraws;
    }
    // Four standard errors or more at this many draws.
    CHECK(m1 == doctest::Approx(alpha).epsilon(0.04));
    CHECK(m2 == doctest::Approx(alpha * (alpha + 1)).epsilon(0.08));
    CHECK(m3 == doctest::Approx(alpha * (alpha + 1) * (alpha + 2)).epsilon(0.25));
  }
}

TEST_CASE("two visits of a state go on alike as often as Dirichlet rows say, and visits of two states as chance says") {
  for (const double alpha : {0.3, 1.0, 20.0}) {
    CAPTURE(alpha);
    const Agreement found = agreement(markov(kind::markov_prior::dirichlet, alpha));
    CHECK(found.same_state == doctest::Approx((alpha + 1) / (3 * alpha + 1)).epsilon(0.04));  // E Σ p²; standard error .005
    CHECK(found.other_state == doctest::Approx(1.0 / 3).epsilon(0.06));
  }
}

TEST_CASE("with the unigram prior all states go on alike") {
  const Agreement found = agreement(markov(kind::markov_prior::unigram, 1));
  CHECK(found.same_state == doctest::Approx(0.5).epsilon(0.04));
  CHECK(found.other_state == doctest::Approx(0.5).epsilon(0.04));
}

TEST_CASE("doubly stochastic chains visit all states alike, though they are chains") {
  const auto spread = [](kind::markov_prior prior) {
    Config c = markov(prior, 1);
    c.n_ctx = 256;
    Mean squares;
    for (uint32_t i = 0; i < 300; ++i) {
      double count[3] = {};
      for (const uint32_t x : Dataset(c).row(Stream::train, i, 0).tokens) ++count[x];
      for (const double n : count) squares.take(std::pow(n / 256 - 1.0 / 3, 2));
    }
    return squares.value();
  };
  CHECK(spread(kind::markov_prior::doubly_stochastic) < 0.25 * spread(kind::markov_prior::dirichlet));
  CHECK(agreement(markov(kind::markov_prior::doubly_stochastic, 1)).same_state > 0.4);  // chance: 1/3
}

TEST_CASE("a state is inducible from its second visit in the sequence") {
  const Sequence s = Dataset(markov(kind::markov_prior::dirichlet, 1)).row(Stream::train, 0, 0);
  bool came[3] = {};
  for (size_t t = 0; t < s.tokens.size(); ++t) {
    CHECK((s.inducible[t] == 1) == came[s.tokens[t]]);
    came[s.tokens[t]] = true;
  }
}

TEST_CASE("the lines of icl_markov are those of the independent generator and of the notes") {
  for (const auto& [states, unigram, bayes] : {std::tuple{2, 0.5776, 0.5109}, {3, 1.0044, 0.8859}}) {
    Config c = markov(kind::markov_prior::dirichlet, 1);
    c.d_vocab = states, c.n_ctx = 99;  // 99 predictions, as with T = 100 in the notes
    const Dataset data(c);
    CHECK(line(data, "uniform") == doctest::Approx(std::log(states)));
    CHECK(std::abs(line(data, "unigram") - unigram) < 0.012);  // three standard errors of 2000 chains
    CHECK(std::abs(line(data, "Bayes") - bayes) < 0.012);
    const MarkovLines other = markov_lines(static_cast<uint32_t>(states), 1, 100, 2000, 3);
    CHECK(std::abs(line(data, "Bayes") - other.bayes.value) < 0.015);
  }
}

TEST_CASE("where all rows are alike the unigram with the prior's alpha is best, and a chain's bigram is where they are not") {
  const Dataset alike(markov(kind::markov_prior::unigram, 0.3)), chain(markov(kind::markov_prior::doubly_stochastic, 0.3));
  CHECK(line(alike, "Bayes") < line(alike, "unigram"));
  CHECK(line(chain, "Bayes") == -1);  // not known in closed form
  CHECK(line(chain, "bigram") < line(chain, "unigram") - 0.1);
}

}  // namespace test_in_context_markov
