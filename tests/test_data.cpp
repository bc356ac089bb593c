// Tasks: what every row must look like, and that a batch is a pure function of (config, seed, step).

#include <algorithm>
#include <set>

#include "data/dataset.hpp"
#include "support/support.hpp"

namespace test_data {

using namespace induction;
using namespace induction::tests;

namespace {

std::vector<float> batch_of(const Dataset& data, const Config& c, uint64_t step) {
  const size_t n = static_cast<size_t>(c.batch * c.n_ctx);
  std::vector<float> both(2 * n);
  data.fill(step, both.data(), both.data() + n);
  return both;
}

bool tiled(const Sequence& s) {
  for (size_t t = s.period; t < s.tokens.size(); ++t)
    if (s.tokens[t] != s.tokens[t - s.period]) return false;
  return true;
}

std::vector<Sequence> many_rows(const Dataset& data, uint32_t n) {
  std::vector<Sequence> rows;
  for (uint32_t i = 0; i < n; ++i) rows.push_back(data.row(Stream::train, i / 32, i % 32));
  return rows;
}

}  // namespace

TEST_CASE("a batch is a pure function of config, seed and step") {
  for (const auto task : {kind::task::repeat, kind::task::repeat_fixed, kind::task::bigram}) {
    Config c;
    c.task = task;
    const Dataset data(c), again(c);
    const auto seven = batch_of(data, c, 7);
    CHECK(batch_of(data, c, 8) != seven);
    CHECK(batch_of(data, c, 7) == seven);   // asked before, in another order
    CHECK(batch_of(again, c, 7) == seven);  // by another object
    c.seed = 1;
    CHECK(batch_of(Dataset(c), c, 7) != seven);
    c.seed = 0, c.lr = 0.5, c.n_heads = 2, c.steps = 77;
    CHECK(batch_of(Dataset(c), c, 7) == seven);  // what is not about data does not move data
  }
}

TEST_CASE("targets are the next tokens, and every token is in the vocabulary") {
  Config c;
  c.batch = 5, c.d_vocab = 7;
  const Dataset data(c);
  const std::vector<float> both = batch_of(data, c, 3);
  const size_t length = static_cast<size_t>(c.n_ctx), n = both.size() / 2;
  for (uint32_t b = 0; b < 5; ++b) {
    const Sequence row = data.row(Stream::train, 3, b);
    REQUIRE(row.tokens.size() == length);
    for (size_t t = 0; t < length; ++t) {
      CHECK(both[b * length + t] == static_cast<float>(row.tokens[t]));
      CHECK(both[n + b * length + t] == static_cast<float>(row.targets[t]));
      if (t > 0) CHECK(row.targets[t - 1] == static_cast<int32_t>(row.tokens[t]));
      CHECK(row.tokens[t] < 7);
    }
  }
}

TEST_CASE("repeat tiles blocks whose lengths cover their range evenly") {
  Config c;
  const Dataset data(c);
  std::vector<int> count(33);
  const int rows = 6500;
  for (const Sequence& s : many_rows(data, rows)) {
    REQUIRE(tiled(s));
    ++count[s.period];
  }
  double chi = 0;
  for (int64_t p = 0; p <= 32; ++p) {
    if (p < c.period_min || p > c.period_max)
      CHECK(count[static_cast<size_t>(p)] == 0);
    else
      chi += std::pow(count[static_cast<size_t>(p)] - rows / 13.0, 2) / (rows / 13.0);
  }
  CHECK(chi < 33);  // 12 degrees of freedom: the 99.9 % quantile; the draw is fixed, so this cannot flicker
}

TEST_CASE("tokens of a block are even over the vocabulary, at every position") {
  Config c;
  const Dataset data(c);
  std::vector<int> count(16), first(16);
  const int rows = 4800;
  for (const Sequence& s : many_rows(data, rows)) ++first[s.tokens[0]], ++count[s.tokens[3]];
  double chi = 0, chi_first = 0;
  for (size_t v = 0; v < 16; ++v) chi += std::pow(count[v] - 300.0, 2) / 300, chi_first += std::pow(first[v] - 300.0, 2) / 300;
  CHECK(chi < 37.7);  // 15 degrees of freedom, 99.9 %
  CHECK(chi_first < 37.7);
}

TEST_CASE("without replacement no token occurs twice inside a block, also in held-out rows with unseen periods") {
  Config c;
  c.without_replacement = true, c.d_vocab = 19;
  const Dataset data(c);
  std::vector<Sequence> rows = many_rows(data, 500);
  for (const bool unseen : {false, true})
    for (Sequence& s : data.held_out(200, unseen ? 1 : 0)) rows.push_back(std::move(s));
  for (const Sequence& s : rows) {
    REQUIRE(tiled(s));
    const size_t block = std::min<size_t>(s.period, s.tokens.size());
    const std::set<uint32_t> distinct(s.tokens.begin(), s.tokens.begin() + static_cast<long>(block));
    CHECK(distinct.size() == block);
  }
}

TEST_CASE("without replacement every token is as likely at every place of a block") {
  Config c;
  c.without_replacement = true, c.period_min = 10, c.period_max = 16;
  const auto rows = many_rows(Dataset(c), 4800);
  for (const size_t place : {0u, 1u, 8u, 9u}) {
    std::vector<int> count(16);
    for (const Sequence& s : rows) ++count[s.tokens[place]];
    double chi = 0;
    for (const int n : count) chi += std::pow(n - 300.0, 2) / 300;
    CHECK(chi < 37.7);  // 15 degrees of freedom, 99.9 %
  }
}

TEST_CASE("with replacement some block holds a token twice") {
  const Dataset data{Config{}};
  const auto rows = many_rows(data, 50);
  CHECK(std::any_of(rows.begin(), rows.end(),
                    [](const Sequence& s) { return std::set<uint32_t>(s.tokens.begin(), s.tokens.begin() + s.period).size() < s.period; }));
}

TEST_CASE("repeat_fixed always tiles blocks of period_max") {
  Config c;
  c.task = kind::task::repeat_fixed, c.period_max = 11;
  for (const Sequence& s : many_rows(Dataset(c), 300)) {
    CHECK(s.period == 11);
    CHECK(tiled(s));
  }
}

TEST_CASE("bigram rows follow one Markov chain: transitions of two halves of the data agree, and differ from row to row") {
  Config c;
  c.task = kind::task::bigram, c.d_vocab = 5, c.n_ctx = 64;
  const auto rows = many_rows(Dataset(c), 2000);
  double count[2][5][5] = {}, total[2][5] = {};
  for (size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].period == 0);
    for (size_t t = 0; t + 1 < rows[i].tokens.size(); ++t)
      ++count[i % 2][rows[i].tokens[t]][rows[i].tokens[t + 1]], ++total[i % 2][rows[i].tokens[t]];
  }
  double chi = 0, spread = 0;
  for (int from = 0; from < 5; ++from)
    for (int to = 0; to < 5; ++to) {
      const double both = count[0][from][to] + count[1][from][to], share = both / (total[0][from] + total[1][from]);
      for (int half = 0; half < 2; ++half)
        if (both > 0) chi += std::pow(count[half][from][to] - share * total[half][from], 2) / (share * total[half][from]);
      spread = std::max(spread, std::abs(share - 0.2));
    }
  CHECK(chi < 45.3);     // 20 degrees of freedom, 99.9 %
  CHECK(spread > 0.15);  // a chain, not noise: some next token is much more likely than 1/5
}

TEST_CASE("held-out rows are fixed, differ from training rows, and unseen periods never occur in training") {
  Config c;
  const Dataset data(c);
  const auto held = data.held_out(64, 0), unseen = data.held_out(64, 1);
  CHECK(held[5].tokens == data.held_out(8, 0)[5].tokens);
  CHECK(held[0].tokens != data.row(Stream::train, 0, 0).tokens);
  REQUIRE_FALSE(unseen.empty());
  std::set<uint32_t> seen_periods;
  for (const Sequence& s : unseen) {
    CHECK(tiled(s));
    CHECK((s.period < c.period_min || s.period > c.period_max));
    CHECK(s.period >= 2);
    CHECK(s.period <= c.n_ctx * 3 / 4);
    seen_periods.insert(s.period);
  }
  CHECK(seen_periods.size() >= 5);  // of 2, 3 and 17–24
}

TEST_CASE("there are no unseen rows where there are no unseen periods") {
  Config c;
  c.task = kind::task::bigram;
  CHECK(Dataset(c).held_out(8, 1).empty());
  c.task = kind::task::repeat, c.n_ctx = 8, c.period_min = 1, c.period_max = 7;
  CHECK(Dataset(c).held_out(8, 1).empty());
  CHECK(Dataset(c).held_out(8, 0).size() == 8);
}

TEST_CASE("a position is repeated from the period on, and never in a chain") {
  Config c;
  for (const Sequence& s : many_rows(Dataset(c), 40))
    for (uint32_t t = 0; t < c.n_ctx; ++t) CHECK((s.inducible[t] == 1) == (t >= s.period));
  c.task = kind::task::bigram;
  for (const Sequence& s : many_rows(Dataset(c), 40)) CHECK(std::count(s.inducible.begin(), s.inducible.end(), 0) == c.n_ctx);
}

TEST_CASE("the example row repeats about three times, with no token twice in its block, where the task allows it") {
  const Sequence s = Dataset(Config{}).example();
  CHECK(std::abs(static_cast<int>(s.period) - 10) <= 1);  // n_ctx / 3
  CHECK(std::set<uint32_t>(s.tokens.begin(), s.tokens.begin() + s.period).size() == s.period);
  CHECK(tiled(s));
}

TEST_CASE("with a start token every row is the task's, one shorter and behind that token, and position 0 predicts its first token") {
  for (const auto task : {kind::task::repeat, kind::task::repeat_fixed, kind::task::bigram}) {
    Config c, shorter;
    c.task = shorter.task = task;
    c.start_token = true, shorter.n_ctx = c.n_ctx - 1;
    const Dataset data(c), plain(shorter);
    for (uint32_t i = 0; i < 20; ++i) {
      const Sequence row = data.row(Stream::train, i, 2), inner = plain.row(Stream::train, i, 2);
      REQUIRE(row.tokens.size() == static_cast<size_t>(c.n_ctx));
      CHECK(row.tokens[0] == 16);
      CHECK(row.targets[0] == static_cast<int32_t>(inner.tokens[0]));
      CHECK(std::equal(inner.tokens.begin(), inner.tokens.end(), row.tokens.begin() + 1));
      CHECK(std::equal(inner.targets.begin(), inner.targets.end(), row.targets.begin() + 1));
      CHECK(std::equal(inner.inducible.begin(), inner.inducible.end(), row.inducible.begin() + 1));
      CHECK(row.inducible[0] == 0);
      CHECK(row.query == inner.query + 1);
      CHECK(row.period == inner.period);
      CHECK(data.sources(row, 0).empty());
      for (uint32_t t = 1; t < row.tokens.size(); ++t) {
        std::vector<uint32_t> keys = plain.sources(inner, t - 1);
        for (uint32_t& key : keys) ++key;
        CHECK(data.sources(row, t) == keys);
      }
    }
    CHECK(data.held_out(3)[0].tokens[0] == 16);
    CHECK(data.example().tokens[0] == 16);
    CHECK(plain.drawn_on_device());
    CHECK_FALSE(data.drawn_on_device());
    CHECK(data.label(16) == "^");
    CHECK(data.label(3) == plain.label(3));
  }
}

}  // namespace test_data
