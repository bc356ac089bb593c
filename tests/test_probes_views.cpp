// Pattern probes against the same definitions written as views and masks over [batch, q, k] with xtensor: another way to get every number,
// under the causal mask and without it.

#include "probes/patterns.hpp"
#include "probes/xtensor.hpp"
#include "support/support.hpp"

namespace test_probes_views {

using namespace induction;
using namespace induction::tests;

namespace {

constexpr size_t B = 3, T = 13;
using Array = xt::xarray<double>;
using Tokens = std::vector<std::vector<uint32_t>>;

// Rows with colliding tokens, one of them without any repeated token.
Tokens rows() {
  Tokens list(B, std::vector<uint32_t>(T));
  for (uint32_t t = 0; t < T; ++t) list[0][t] = t % 5, list[1][t] = (t * t + 1) % 7, list[2][t] = t;
  return list;
}

// Positive rows that add up to 1 over the visible keys.
Array pattern(Sight sight) {
  std::vector<double> numbers = random_values(B * T * T, 5, 0.5);
  Array a = xt::adapt(numbers, {B, T, T}) + 0.6;
  const Array q = xt::reshape_view(xt::arange<double>(0, T), {1, static_cast<int>(T), 1});
  const Array k = xt::reshape_view(xt::arange<double>(0, T), {1, 1, static_cast<int>(T)});
  if (sight == Sight::causal) a = xt::where(xt::broadcast(k, a.shape()) > xt::broadcast(q, a.shape()), 0.0, a);
  return Array(a / xt::view(xt::sum(a, {2}), xt::all(), xt::all(), xt::newaxis()));
}

// [batch, q, k]: is token k of a row that of its query q? With `shift`, the token before key k, of which key 0 has none.
Array equal(const Tokens& tokens, size_t shift) {
  Array mask = xt::zeros<double>({B, T, T});
  for (size_t b = 0; b < B; ++b)
    for (size_t q = 0; q < T; ++q)
      for (size_t k = shift; k < T; ++k) mask(b, q, k) = tokens[b][k - shift] == tokens[b][q];
  return mask;
}

// The mask's keys up to the query, or before it.
Array up_to(const Array& mask, double offset) {
  const Array q = xt::reshape_view(xt::arange<double>(0, T), {1, static_cast<int>(T), 1});
  const Array k = xt::reshape_view(xt::arange<double>(0, T), {1, 1, static_cast<int>(T)});
  return Array(xt::where(xt::broadcast(k, mask.shape()) <= xt::broadcast(q, mask.shape()) + offset, mask, 0.0));
}

// Mean over the queries that have a key in the mask of the attention inside it.
double inside(const Array& a, const Array& mask) {
  const Array attention = xt::sum(Array(a * mask), {2}), has = Array(xt::cast<double>(xt::sum(mask, {2}) > 0.0));
  return xt::sum(attention * has)() / xt::sum(has)();
}

std::vector<float> floats(const Array& a) { return {a.begin(), a.end()}; }

}  // namespace

TEST_CASE("pattern scores and profiles equal the same definitions written with views and masks, with and without the causal mask") {
  const Tokens tokens = rows();
  const std::vector<uint32_t> periods = {5, 0, 0};
  for (const Sight sight : {Sight::causal, Sight::whole}) {
    const std::vector<float> stored = floats(pattern(sight));
    const Array a = xt::adapt(std::vector<double>(stored.begin(), stored.end()), {B, T, T});  // as rounded to float
    const PatternScores s = PatternScorer(tokens, {}, sight).of(stored.data(), T * T);
    const PatternProfile p = profile_pattern({tokens, periods, {}, sight}, stored.data(), T * T);
    const auto close = [](double x) { return doctest::Approx(x).epsilon(1e-12); };
    CHECK(s.first_token == close(xt::mean(xt::view(a, xt::all(), xt::range(1, T), 0))()));
    double previous = 0, current = 0, stripe = 0;
    for (size_t b = 0; b < B; ++b) {
      const Array row = xt::view(a, b);
      previous += xt::sum(xt::diagonal(row, -1))() / (B * (T - 1));
      current += xt::sum(xt::diagonal(row))() / (B * T);
      if (b == 0) stripe = xt::mean(xt::view(xt::diagonal(row, -4), xt::range(1, T - 4)))();  // t ≥ P = 5, so not the first of the stripe
    }
    CHECK(s.previous_token == close(previous));
    CHECK(p.current_token == close(current));
    CHECK(p.induction_stripe == close(stripe));
    CHECK(s.induction == close(inside(a, up_to(equal(tokens, 1), 0))));
    CHECK(s.duplicate_token == close(inside(a, up_to(equal(tokens, 0), -1))));
    const Array logs = xt::where(a > 0.0, a * xt::log(xt::where(a > 0.0, a, 1.0)), 0.0), entropy = Array(-xt::sum(logs, {2}));
    // Its logarithms are within 2e-7.
    CHECK(s.entropy == doctest::Approx(xt::mean(entropy)()).epsilon(2e-7));
    const Array keys = sight == Sight::whole ? Array(xt::ones<double>({T}) * static_cast<double>(T)) : Array(xt::arange<double>(1, T + 1));
    const Array share = 1.0 - xt::view(entropy, xt::all(), xt::range(1, T)) / xt::log(xt::view(keys, xt::range(1, T)));
    CHECK(p.coherence == close(xt::mean(share)()));
  }
}

TEST_CASE("even attention over all keys, where all can be seen, gets 1/T a key") {
  const Tokens tokens = rows();
  const Array even = xt::ones<double>({B, T, T}) / static_cast<double>(T);
  const std::vector<float> stored = floats(even);
  const PatternScorer scorer(tokens, {}, Sight::whole);
  const PatternScores said = scorer.uniform(), got = scorer.of(stored.data(), T * T);
  const auto close = [](double x) { return doctest::Approx(x).epsilon(1e-6); };  // 1/13 as a float
  CHECK(said.previous_token == close(1.0 / T));
  for (const auto field : {&PatternScores::previous_token, &PatternScores::induction, &PatternScores::duplicate_token,
                           &PatternScores::first_token, &PatternScores::entropy})
    CHECK(said.*field == close(got.*field));
  CHECK(uniform_profile({tokens, std::vector<uint32_t>(B, 0), {}, Sight::whole}).coherence == close(0.0));
}

}  // namespace test_probes_views
