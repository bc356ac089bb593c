// Pattern profile on hand-built patterns: stripe, current token, attention around the target, coherence; the rows of two probes.

#include <algorithm>
#include <cmath>
#include <set>

#include "probes/patterns.hpp"
#include "support/support.hpp"

namespace test_probes_patterns {

using namespace induction;

namespace {

using Tokens = std::vector<uint32_t>;

// Row 0 repeats with period 3; row 1 has no period, but the 0 at t = 3, 4 and the 1 at t = 7 have stood before.
const std::vector<Tokens> kRows = {{3, 1, 4, 3, 1, 4, 3, 1, 4}, {0, 1, 2, 0, 0, 5, 6, 1, 7}};
const std::vector<uint32_t> kPeriods = {3, 0};
constexpr size_t T = 9;

template <class F>
PatternProfile profile_of(F attention) {
  std::vector<float> pattern(kRows.size() * T * T);
  for (size_t b = 0; b < kRows.size(); ++b)
    for (size_t t = 0; t < T; ++t)
      for (size_t s = 0; s <= t; ++s) pattern[(b * T + t) * T + s] = static_cast<float>(attention(t, s));
  return profile_pattern({kRows, kPeriods}, pattern.data(), T * T);
}

constexpr double kFloat = 1e-6;  // patterns are floats

}  // namespace

TEST_CASE("a head on the current token scores 1 for that, 0 for the stripe, and is fully coherent") {
  const PatternProfile p = profile_of([](size_t t, size_t s) { return t == s ? 1.0 : 0.0; });
  CHECK(p.current_token == 1.0);
  CHECK(p.induction_stripe == 0.0);
  CHECK(p.coherence == 1.0);
}

TEST_CASE("a ruler of the right length fills the stripe though it never looks at a token; one of another length leaves it empty") {
  const auto ruler = [](size_t back) { return profile_of([=](size_t t, size_t s) { return s + std::min(t, back) == t ? 1.0 : 0.0; }); };
  CHECK(ruler(2).induction_stripe == 1.0);  // period 3: the target is two back
  CHECK(ruler(3).induction_stripe == 0.0);
}

TEST_CASE("attention before, on and after the induction target is told apart") {
  // Row 0 only has t ≥ 3 with targets t−2, t−5, ...; row 1 has t = 3 (target 1), t = 4 (targets 1 and 4), t = 7 (target 2).
  const auto at_offset = [](size_t back) { return profile_of([=](size_t t, size_t s) { return s + std::min(t, back) == t ? 1.0 : 0.0; }); };
  // By hand for 'two back': row 0's six queries hit; row 1: t=3 hits 1, t=4 looks at 2 (after target 1), t=7 at 5 (nothing).
  const PatternProfile two = at_offset(2);
  CHECK(two.on_target == doctest::Approx(7.0 / 9));
  CHECK(two.after_target == doctest::Approx(1.0 / 9));
  CHECK(two.before_target == 0.0);
  // 'Three back': row 0's six queries look at the earlier copy itself; row 1: t=3 looks at 0 (before 1), t=4 at 1 (on), t=7 at 4.
  const PatternProfile three = at_offset(3);
  CHECK(three.before_target == doctest::Approx(7.0 / 9));
  CHECK(three.on_target == doctest::Approx(1.0 / 9));
  CHECK(three.after_target == 0.0);
}

TEST_CASE("attention on the target equals the induction score on every pattern") {
  const auto values = tests::random_values(2 * T * T, 5);
  std::vector<float> pattern(values.begin(), values.end());
  const PatternProfile p = profile_pattern({kRows, kPeriods}, pattern.data(), T * T);
  CHECK(p.on_target == doctest::Approx(PatternScorer(kRows).of(pattern.data(), T * T).induction).epsilon(1e-12));
}

TEST_CASE("even attention has coherence 0, harmonic current token, and 1/(t+1) on the stripe") {
  const PatternProfile made = profile_of([](size_t t, size_t) { return 1.0 / static_cast<double>(t + 1); });
  const PatternProfile stated = uniform_profile({kRows, kPeriods});
  double harmonic = 0, stripe = 0;
  for (size_t n = 1; n <= T; ++n) harmonic += 1.0 / static_cast<double>(n) / T;
  for (size_t t = 3; t < T; ++t) stripe += 1.0 / static_cast<double>(t + 1) / 6;
  for (const PatternProfile& p : {made, stated}) {
    CHECK(p.coherence == doctest::Approx(0.0).scale(1).epsilon(kFloat));
    CHECK(p.current_token == doctest::Approx(harmonic).epsilon(kFloat));
    CHECK(p.induction_stripe == doctest::Approx(stripe).epsilon(kFloat));
  }
}

TEST_CASE("attention shared by two keys has coherence 1 − ln 2 / ln(t + 1)") {
  const PatternProfile p = profile_of([](size_t t, size_t s) { return t == 0 ? 1.0 : s + 1 >= t ? 0.5 : 0.0; });
  double wanted = 0;
  for (size_t t = 1; t < T; ++t) wanted += (1 - std::log(2.0) / std::log(static_cast<double>(t + 1))) / (T - 1);
  CHECK(p.coherence == doctest::Approx(wanted).epsilon(kFloat));
}

TEST_CASE("without a period or a match there is no score, not a score of zero") {
  const std::vector<Tokens> fresh = {{0, 1, 2, 3}};
  const std::vector<uint32_t> none = {0};
  const PatternProfile p = uniform_profile({fresh, none});
  CHECK(std::isnan(p.induction_stripe));
  CHECK(std::isnan(p.on_target));
  CHECK(std::isfinite(p.current_token));
}

TEST_CASE("Olsson rows are a start token that comes nowhere else and one block of 25 random tokens four times, ten rows") {
  const OlssonRows rows = olsson_rows(128, 64, 3);
  CHECK(rows.block == 25);
  REQUIRE(rows.tokens.size() == 10);
  for (const Tokens& row : rows.tokens) {
    REQUIRE(row.size() == 101);
    CHECK(std::count(row.begin(), row.end(), row[0]) == 1);
    for (size_t i = 26; i < row.size(); ++i) CHECK(row[i] == row[i - 25]);
  }
  CHECK(rows.tokens[0] != rows.tokens[1]);
}

TEST_CASE("a short context gets the longest Olsson block that fits four times, one too short gets none") {
  CHECK(olsson_rows(64, 64, 0).block == 15);
  CHECK(olsson_rows(9, 16, 0).block == 2);
  CHECK(olsson_rows(8, 16, 0).tokens.empty());
}

TEST_CASE("rows for the copying probe hold each token once at most") {
  for (const Tokens& row : distinct_rows(64, 16, 1)) CHECK(std::set<uint32_t>(row.begin(), row.end()).size() == 16);
  CHECK(distinct_rows(12, 64, 1)[0].size() == 12);
}

}  // namespace test_probes_patterns
