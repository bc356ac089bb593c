// Knobs that many tasks share: Zipf's law, corrupted copies, a finite pool, and few periods.

#include <algorithm>
#include <map>
#include <set>

#include "data/token_law.hpp"
#include "support/rows.hpp"

namespace test_data_distribution {

using namespace induction;
using namespace induction::tests;

TEST_CASE("tokens follow Zipf's law, at every place of a repeated block") {
  Config c;
  c.zipf = 1.2;
  const auto rows = training_rows(c, 4800);
  std::vector<double> first(16), third(16);
  for (const Sequence& s : rows) ++first[s.tokens[0]], ++third[s.tokens[3]];
  CHECK(chi_square(first, zipf_weights(16, 1.2)) < chi_limit(15));
  CHECK(chi_square(third, zipf_weights(16, 1.2)) < chi_limit(15));
  CHECK(chi_square(first, zipf_weights(16, 1.0)) > chi_limit(15));  // the exponent is told apart
}

TEST_CASE("without replacement Zipf's law holds for the first token, and for the second among those left") {
  Config c;
  c.zipf = 1, c.without_replacement = true;
  const auto rows = training_rows(c, 6000);
  const std::vector<double> p = zipf_weights(16, 1);
  double total = 0;
  for (const double w : p) total += w;
  std::vector<double> first(16), second(16), expected(16, 0.0);
  for (const Sequence& s : rows) {
    ++first[s.tokens[0]], ++second[s.tokens[1]];
    CHECK(std::set<uint32_t>(s.tokens.begin(), s.tokens.begin() + s.period).size() == s.period);
  }
  for (size_t a = 0; a < 16; ++a)
    for (size_t b = 0; b < 16; ++b)
      if (a != b) expected[b] += p[a] / total * p[b] / (total - p[a]);
  CHECK(chi_square(first, p) < chi_limit(15));
  CHECK(chi_square(second, expected) < chi_limit(15));
}

TEST_CASE("burstiness draws a token again with its probability, and leaves every place the law's") {
  Config c;
  c.burstiness = 0.6, c.zipf = 0.7, c.period_min = 8;
  std::vector<double> first(16), sixth(16), again(2), later(2);
  const std::vector<double> p = zipf_weights(16, 0.7);
  double total = 0, same = 0;
  for (const double w : p) total += w;
  for (const double w : p) same += w * w / (total * total);
  for (const Sequence& s : training_rows(c, 6000)) {
    ++first[s.tokens[0]], ++again[s.tokens[1] == s.tokens[0]], ++later[s.tokens[2] == s.tokens[1]];
    ++sixth[s.tokens[5]];
  }
  CHECK(chi_square(first, p) < chi_limit(15));
  CHECK(chi_square(sixth, p) < chi_limit(15));
  const double second = 0.6 + 0.4 * same;
  // The third is the second, or a first one that the second was, or drawn anew.
  const double third = 0.6 * (1 + second) / 2 + 0.4 * same;
  CHECK(chi_square(again, {1 - second, second}) < chi_limit(1));
  CHECK(chi_square(later, {1 - third, third}) < chi_limit(1));
  CHECK(chi_square(later, {1 - second, second}) > chi_limit(1));
}

TEST_CASE("burstiness reaches every task with random tokens") {
  using kind::task;
  for (const auto name : {task::repeat, task::repeat_fixed, task::segment, task::distance, task::skewed}) {
    Config c;
    c.task = name, c.d_vocab = 256;
    const auto different = [&](double burstiness) {
      c.burstiness = burstiness;
      double n = 0;
      for (const Sequence& s : training_rows(c, 200)) n += static_cast<double>(std::set<uint32_t>(s.tokens.begin(), s.tokens.end()).size());
      return n / 200;
    };
    CAPTURE(static_cast<int>(name));
    CHECK(different(0.9) < 0.6 * different(0));
  }
}

TEST_CASE("corruption replaces its share of the copies, never the first block, and such positions are not inducible") {
  Config c;
  c.corruption = 0.25, c.d_vocab = 64;
  double copies = 0, wrong = 0;
  for (const Sequence& s : training_rows(c, 2000)) {
    const auto all = all_tokens(s);
    for (uint32_t t = s.period; t < all.size(); ++t) ++copies, wrong += all[t] != all[t % s.period];
    for (uint32_t t = 0; t < s.tokens.size(); ++t) {
      const bool intact = t >= s.period && all[t] == all[t % s.period] && all[t + 1] == all[(t + 1) % s.period];
      if (s.inducible[t]) CHECK(intact);
      // The pair of the first block is always there to copy from, but for the pair across its end.
      if (intact && (t + 1) % s.period != 0) CHECK(s.inducible[t]);
    }
  }
  const double p = 0.25 * 63 / 64;  // one draw in 64 is the right token after all
  CHECK(std::abs(wrong / copies - p) < 4 * std::sqrt(p * (1 - p) / copies));
}

TEST_CASE("a pool holds that many different rows, evenly drawn, and held-out rows are none of them") {
  Config c;
  c.pool = 20, c.batch = 4;
  std::map<std::vector<uint32_t>, double> count;
  for (const Sequence& s : training_rows(c, 4000)) ++count[all_tokens(s)];
  CHECK(count.size() == 20);
  std::vector<double> counts;
  for (const auto& [row, n] : count) counts.push_back(n);
  CHECK(chi_square(counts, std::vector<double>(20, 1.0)) < chi_limit(19));
  const Dataset data(c);
  for (const uint32_t set : {0u, 1u})
    for (const Sequence& s : data.held_out(64, set)) CHECK(count.count(all_tokens(s)) == 0);
  CHECK_FALSE(data.drawn_on_device());
  c.pool = 21;  // a larger pool has the smaller one's rows
  std::set<std::vector<uint32_t>> larger;
  for (const Sequence& s : training_rows(c, 4000)) larger.insert(all_tokens(s));
  CHECK(std::all_of(count.begin(), count.end(), [&](const auto& entry) { return larger.count(entry.first) == 1; }));
}

TEST_CASE("few periods are spread over the range, and all others are kept for rows that training never shows") {
  Config c;  // 4 to 16
  for (const auto& [n, expected] : std::map<int64_t, std::set<uint32_t>>{{1, {10}}, {2, {4, 16}}, {3, {4, 10, 16}}, {13, {}}}) {
    c.periods = n;
    std::set<uint32_t> seen, unseen;
    for (const Sequence& s : training_rows(c, 600)) seen.insert(s.period);
    for (const Sequence& s : Dataset(c).held_out(400, 1)) unseen.insert(s.period);
    CHECK(seen.size() == static_cast<size_t>(n));
    if (!expected.empty()) CHECK(seen == expected);
    for (uint32_t p = 2; p <= 24; ++p) CHECK(seen.count(p) + unseen.count(p) == 1);
  }
}

TEST_CASE("knobs of the distribution at their defaults leave rows to the device, others do not") {
  Config c;
  CHECK(Dataset(c).drawn_on_device());
  for (const auto set : {+[](Config& x) { x.zipf = 1; }, +[](Config& x) { x.corruption = 0.1; }, +[](Config& x) { x.burstiness = 0.1; },
                         +[](Config& x) { x.periods = 3; }, +[](Config& x) { x.pool = 5; }, +[](Config& x) { x.tokens_used = 8; },
                         +[](Config& x) { x.tokens_first = 1; }}) {
    Config other;
    set(other);
    CHECK_FALSE(Dataset(other).drawn_on_device());
  }
  c.task = kind::task::bigram, c.zipf = 1;
  CHECK(Dataset(c).drawn_on_device());  // there the law lies in the table
}

TEST_CASE("a task on some of the tokens is the task of so many tokens, renumbered, with its sources, labels and answers") {
  using kind::task;
  for (const auto which : {task::repeat, task::repeat_fixed, task::bigram, task::segment, task::trigger, task::distance, task::skewed}) {
    Config c, smaller;
    c.task = smaller.task = which;
    c.start_token = smaller.start_token = which == task::distance;
    c.d_vocab = 16, c.tokens_used = 7, c.tokens_first = 12;  // 12 to 15 and 0 to 2
    smaller.d_vocab = 7;
    REQUIRE(problems(c).empty());
    const Dataset some(c), all(smaller);
    CHECK(some.answers() == all.answers());
    const auto number = [&](uint32_t token) { return token == 7 ? 16 : (token + 12) % 16; };  // 7: the start token
    for (uint32_t i = 0; i < 40; ++i) {
      const Sequence a = i % 2 ? some.row(Stream::train, i, 1) : some.held_out(i + 1)[i],
                     b = i % 2 ? all.row(Stream::train, i, 1) : all.held_out(i + 1)[i];
      bool same = true;
      for (uint32_t t = 0; t < a.tokens.size(); ++t) {
        same = same && a.tokens[t] == number(b.tokens[t]) && some.sources(a, t) == all.sources(b, t);
        same = same &&
               a.targets[t] == (b.targets[t] == kNoTarget ? kNoTarget : static_cast<int32_t>(number(static_cast<uint32_t>(b.targets[t]))));
      }
      CHECK(same);
      CHECK(a.inducible == b.inducible);
      CHECK(a.period == b.period);
    }
    if (which == task::distance) CHECK(some.label(12) == "trigger");
  }
}

TEST_CASE("a chain with Zipf's law visits frequent tokens more often") {
  Config c;
  c.task = kind::task::bigram, c.zipf = 2;
  double low = 0, high = 0;
  for (const Sequence& s : training_rows(c, 300))
    for (const uint32_t v : s.tokens) low += v == 0, high += v == 15;
  CHECK(low > 10 * high);
}

TEST_CASE("what bursty tokens cost is the urn's entropy, place by place") {
  Config c;
  c.d_vocab = 8, c.burstiness = 0.5;
  const auto cost = TokenLaw(c).noise_cost(3);
  const double same = 0.5 + 0.5 / 8, other = 0.5 / 8;
  CHECK(cost[0] == doctest::Approx(std::log(8.0)));
  // Of 2048 rows; one row's cost has a standard deviation of 1.1, their mean 0.024.
  CHECK(std::abs(cost[1] + same * std::log(same) + (1 - same) * std::log(other)) < 4 * 0.024);
  CHECK(cost[2] < cost[0]);
  c.burstiness = 0;
  CHECK(TokenLaw(c).noise_cost(2) == std::vector<double>(2, TokenLaw(c).entropy()));
}

TEST_CASE("entropy and the cost of a corrupted copy are those of the law") {
  Config c;
  c.d_vocab = 4;
  CHECK(TokenLaw(c).entropy() == doctest::Approx(std::log(4.0)));
  CHECK(TokenLaw(c).copy_loss() == 0);
  c.corruption = 0.4;
  CHECK(TokenLaw(c).copy_loss() == doctest::Approx(-std::log(0.6 + 0.1)));
  c.zipf = 1, c.d_vocab = 2;  // 2/3, 1/3
  CHECK(TokenLaw(c).entropy() == doctest::Approx(std::log(3.0) - 2.0 / 3 * std::log(2.0)));
  const double a = 0.6 + 0.4 * 2 / 3, b = 0.6 + 0.4 / 3;
  CHECK(TokenLaw(c).copy_loss() == doctest::Approx(-(2 * a * std::log(a) + b * std::log(b)) / (2 * a + b)));
}

}  // namespace test_data_distribution
