// Head scores on hand-built patterns, roles from scores, and the prompt runner.

#include <cmath>
#include <limits>

#include "probes/prober.hpp"
#include "probes/prompt.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

namespace test_probes {

using namespace induction;
using namespace induction::tests;

namespace {

using Tokens = std::vector<uint32_t>;
using Rows_ = std::vector<Tokens>;

// Two rows with several matches, one of them without any repetition before its end.
const Rows_ kRows = {{3, 1, 4, 3, 1, 4, 3, 1, 4}, {0, 1, 2, 0, 0, 5, 6, 1, 7}};
constexpr size_t T = 9;

// attention(row, q, k) -> [rows, T, T]
template <class F>
std::vector<float> pattern_of(F attention) {
  std::vector<float> pattern(kRows.size() * T * T);
  for (size_t b = 0; b < kRows.size(); ++b)
    for (size_t q = 0; q < T; ++q)
      for (size_t k = 0; k <= q; ++k) pattern[(b * T + q) * T + k] = static_cast<float>(attention(kRows[b], q, k));
  return pattern;
}

PatternScores score(const std::vector<float>& pattern) { return PatternScorer(kRows).of(pattern.data(), T * T); }

// All weight, in equal shares, on the keys where `hit` holds; on `otherwise` when there are none.
template <class F>
std::vector<float> all_on(F hit, size_t otherwise = 0) {
  return pattern_of([&](const Tokens& x, size_t q, size_t k) {
    size_t hits = 0;
    for (size_t s = 0; s <= q; ++s) hits += hit(x, q, s) ? 1 : 0;
    if (hits == 0) return k == std::min(otherwise, q) ? 1.0 : 0.0;
    return hit(x, q, k) ? 1.0 / static_cast<double>(hits) : 0.0;
  });
}

bool previous(const Tokens&, size_t q, size_t k) { return k + 1 == q; }
bool inducing(const Tokens& x, size_t q, size_t k) { return k >= 1 && x[k - 1] == x[q]; }
bool duplicate(const Tokens& x, size_t q, size_t k) { return k < q && x[k] == x[q]; }

constexpr double kExact = 1e-7;  // shares of 1/2 and 1/3 are rounded to float
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a pattern that does one thing scores exactly 1 for it, one that avoids it exactly 0") {
  CHECK(score(all_on(previous)).previous_token == 1.0);
  CHECK(score(all_on(inducing)).induction == doctest::Approx(1.0).epsilon(kExact));
  CHECK(score(all_on(duplicate)).duplicate_token == doctest::Approx(1.0).epsilon(kExact));
  const auto first = all_on([](const Tokens&, size_t, size_t k) { return k == 0; });
  CHECK(score(first).first_token == 1.0);
  CHECK(score(first).entropy == 0.0);
  const auto self = all_on([](const Tokens&, size_t q, size_t k) { return k == q; });
  CHECK(score(self).previous_token == 0.0);
  CHECK(score(self).duplicate_token == 0.0);
  CHECK(score(self).first_token == 0.0);
  // The mirror of each: everything but it.
  CHECK(score(all_on([](const Tokens& x, size_t q, size_t k) { return !inducing(x, q, k); })).induction == 0.0);
  CHECK(score(all_on([](const Tokens& x, size_t q, size_t k) { return !duplicate(x, q, k); })).duplicate_token == 0.0);
}

TEST_CASE("even attention scores its expectation: harmonic numbers for previous and first token, ln for entropy") {
  const PatternScores even = score(pattern_of([](const Tokens&, size_t q, size_t) { return 1.0 / static_cast<double>(q + 1); }));
  const PatternScores stated = PatternScorer(kRows).uniform();
  double harmonic = 0, entropy = 0;
  for (size_t n = 1; n <= T; ++n) harmonic += 1.0 / static_cast<double>(n), entropy += std::log(static_cast<double>(n)) / T;
  for (const PatternScores& s : {even, stated}) {
    CHECK(s.previous_token == doctest::Approx((harmonic - 1) / (T - 1)).epsilon(kExact));
    CHECK(s.first_token == doctest::Approx((harmonic - 1) / (T - 1)).epsilon(kExact));
    CHECK(s.entropy == doctest::Approx(entropy).epsilon(kExact));
  }
  // Matches counted by hand. Row 1, period 3: t = 2 has none (its token is new); t = 3..8 have t/3 of them (rounded down).
  // Row 2: the second and third 0, at t = 3 and 4, have 1 and 2; the second 1, at t = 7, has 1.
  const double induction = (1.0 / 4 + 1.0 / 5 + 1.0 / 6 + 2.0 / 7 + 2.0 / 8 + 2.0 / 9 + 1.0 / 4 + 2.0 / 5 + 1.0 / 8) / 9;
  CHECK(stated.induction == doctest::Approx(induction).epsilon(1e-12));
  CHECK(even.induction == doctest::Approx(induction).epsilon(kExact));
  CHECK(stated.duplicate_token == doctest::Approx(induction).epsilon(1e-12));  // as many earlier copies as keys after them
}

TEST_CASE("induction targets of a short sequence are those found by hand") {
  const Tokens tokens = {7, 8, 7, 7, 8};
  const std::vector<uint8_t> wanted = {0, 0, 0, 0, 0,   // 7: nothing before
                                       0, 0, 0, 0, 0,   // 8: new
                                       0, 1, 0, 0, 0,   // 7 stood at 0, so look at 1
                                       0, 1, 0, 1, 0,   // 7 stood at 0 and 2
                                       0, 0, 1, 0, 0};  // 8 stood at 1
  CHECK(induction_targets(tokens) == wanted);
}

TEST_CASE("a score without any position that qualifies is NaN, not zero") {
  const Rows_ all_new = {{0, 1, 2, 3}};
  const PatternScores s = PatternScorer(all_new).uniform();
  CHECK(std::isnan(s.induction));
  CHECK(std::isnan(s.duplicate_token));
  CHECK(std::isfinite(s.previous_token));
}

TEST_CASE("without its entropy a pattern has the same scores, to the bit") {
  const std::vector<float> even = pattern_of([](const Tokens&, size_t q, size_t k) { return 1.0 / static_cast<double>(1 + q + k); });
  const PatternScores whole = score(even), without = PatternScorer(kRows).without_entropy(even.data(), T * T);
  for (double PatternScores::*one :
       {&PatternScores::previous_token, &PatternScores::induction, &PatternScores::duplicate_token, &PatternScores::first_token})
    CHECK(without.*one == whole.*one);
  CHECK(std::isnan(without.entropy));
}

TEST_CASE("chance is removed so that even attention is 0 and a perfect head 1") {
  CHECK(above_chance(0.25, 0.25) == 0.0);
  CHECK(above_chance(1.0, 0.25) == 1.0);
  CHECK(above_chance(0.1, 0.25) < 0.0);
  CHECK(above_chance(1.0, 1.0) == 0.0);
  CHECK(above_chance(1.0, 0.5) == 1.0);
  CHECK(above_chance(1.0, 0.9) == doctest::Approx(0.2));  // what little a score can tell there
  CHECK(std::isnan(above_chance(kNaN, 0.2)));
}

TEST_CASE("the role is that of the highest score above chance, and none below the threshold") {
  const PatternScores chance{0.2, 0.2, 0.2, 0.2, 2.0};
  const auto verdict = [&](PatternScores s) { return judge(s, chance, nullptr, nullptr); };
  CHECK(verdict({0.95, 0.2, 0.2, 0.2, 0}).role == Role::previous_token);
  CHECK(verdict({0.2, 0.95, 0.2, 0.2, 0}).role == Role::induction);
  CHECK(verdict({0.2, 0.2, 0.95, 0.2, 0}).role == Role::duplicate_token);
  CHECK(verdict({0.2, 0.2, 0.2, 0.95, 0}).role == Role::first_token);
  CHECK(verdict({0.6, 0.9, 0.2, 0.2, 0}).role == Role::induction);
  CHECK(verdict(chance).role == Role::none);
  const double edge = 0.2 + 0.8 * kRoleThreshold;
  CHECK(verdict({edge + 1e-9, 0.2, 0.2, 0.2, 0}).role == Role::previous_token);
  CHECK(verdict({edge - 1e-9, 0.2, 0.2, 0.2, 0}).role == Role::none);
  CHECK(verdict({kNaN, kNaN, kNaN, kNaN, 0}).role == Role::none);
}

TEST_CASE("induction and duplicate roles must hold on unseen periods too; previous and first token need not") {
  const PatternScores chance{0.2, 0.2, 0.2, 0.2, 2.0};
  const auto role = [&](PatternScores seen, PatternScores unseen) { return judge(seen, chance, &unseen, &chance).role; };
  CHECK(role({0.2, 0.95, 0.2, 0.2, 0}, {0.2, 0.9, 0.2, 0.2, 0}) == Role::induction);
  CHECK(role({0.2, 0.95, 0.2, 0.2, 0}, {0.2, 0.3, 0.2, 0.2, 0}) == Role::none);
  CHECK(role({0.2, 0.3, 0.2, 0.2, 0}, {0.2, 0.95, 0.2, 0.2, 0}) == Role::none);
  CHECK(role({0.2, 0.2, 0.95, 0.2, 0}, {0.2, 0.2, 0.3, 0.2, 0}) == Role::none);
  CHECK(role({0.95, 0.2, 0.2, 0.2, 0}, {0.2, 0.2, 0.2, 0.2, 0}) == Role::previous_token);
}

TEST_CASE("confidence lies in 0 to 1, grows with the score and falls with a close second") {
  const PatternScores chance{0, 0, 0, 0, 0};
  const auto confidence = [&](double previous, double induction) {
    return judge({previous, induction, 0, 0, 0}, chance, nullptr, nullptr).confidence;
  };
  CHECK(confidence(1, 0) == doctest::Approx(1));
  CHECK(confidence(0.7, 0) > confidence(0.5, 0));
  CHECK(confidence(0.7, 0) > confidence(0.7, 0.6));
  CHECK(confidence(0, 0) == doctest::Approx(1));  // surely nothing
  CHECK(confidence(0.39, 0) < 0.1);
  for (double a = 0; a <= 1; a += 0.05)
    for (double b = 0; b <= 1; b += 0.05) {
      CHECK(confidence(a, b) >= 0);
      CHECK(confidence(a, b) <= 1);
    }
}

TEST_CASE("roles are named in words") {
  CHECK(std::string(role_name(Role::none)) == "none yet");
  CHECK(std::string(role_name(Role::previous_token)) == "previous token");
  CHECK(std::string(role_name(Role::induction)) == "induction");
}

TEST_CASE("a prompt shows the same numbers as the model in training, and refuses tokens it does not know") {
  const Config c = tiny_config();
  const Program program = record_model(c, {1, 8, 8});
  Cpu<float> cpu(program);
  initialise(c, cpu);
  random_tokens(cpu, 5, 3);
  std::vector<int32_t> tokens;
  for (int t = 0; t < 8; ++t) tokens.push_back(static_cast<int32_t>(cpu.data(program.tokens)[t]));
  for (int t = 0; t < 7; ++t) cpu.data(program.targets)[t] = static_cast<float>(tokens[static_cast<size_t>(t) + 1]);
  cpu.run(false);
  PromptRunner runner(c);
  CHECK(runner.problem(tokens) == "");
  for (int again = 0; again < 2; ++again) {
    const PromptResult result = runner.run(cpu.region(program.parameter_region), tokens);
    const std::vector<float> loss = cpu.read(program.loss), pattern = cpu.read(program.find("blocks.0.attn.hook_pattern"));
    CHECK(same_bits(result.loss, std::span(loss).first(7)));
    CHECK(same_bits(std::span(result.pattern).first(pattern.size()), pattern));
    for (size_t t = 0; t + 1 < 8; ++t)  // −ln p of the next token is its loss; p is a float near 1e-2, the loss near 3
      CHECK(-std::log(result.probabilities[t * 5 + static_cast<size_t>(tokens[t + 1])]) == doctest::Approx(result.loss[t]).epsilon(1e-5));
    runner.run(cpu.region(program.parameter_region), std::span(tokens).first(2));  // another length between
  }
  CHECK(runner.problem(std::span(tokens).first(1)).find("2 to 8") != std::string::npos);
  tokens.push_back(0);
  CHECK(runner.problem(tokens).find("9 tokens") != std::string::npos);
  tokens.resize(4), tokens[2] = 5;
  CHECK(runner.problem(tokens).find("token 5 at position 2") != std::string::npos);
  tokens[2] = -1;
  CHECK(runner.problem(tokens) != "");
}

}  // namespace test_probes
