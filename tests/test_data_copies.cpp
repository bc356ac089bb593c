// Tasks that copy something once or now and then: segment, trigger, distance, skewed.

#include <algorithm>
#include <set>

#include "data/token_law.hpp"
#include "support/rows.hpp"

namespace test_data_copies {

using namespace induction;
using namespace induction::tests;

namespace {

Config config_of(kind::task task) {
  Config c;
  c.task = task;
  return c;
}

// Counts of pairs as one list.
struct Pairs {
  size_t n;
  std::vector<double> count = std::vector<double>(n * n);
  double& at(size_t from, size_t to) { return count[from * n + to]; }
  std::vector<double> row(size_t from) const {
    return {count.begin() + static_cast<long>(from * n), count.begin() + static_cast<long>((from + 1) * n)};
  }
};

const kind::task kTasks[] = {kind::task::segment, kind::task::trigger, kind::task::distance, kind::task::skewed};

}  // namespace

TEST_CASE("tasks that copy: targets are the next tokens, sources hold the target, and batches are pure functions of the step") {
  for (const auto task : kTasks) {
    const Config c = config_of(task);
    const Dataset data(c);
    CHECK(problems(c).empty());
    CHECK_FALSE(data.drawn_on_device());
    CHECK(data.row(Stream::train, 3, 2).tokens == Dataset(c).row(Stream::train, 3, 2).tokens);
    CHECK(data.row(Stream::train, 3, 2).tokens != data.row(Stream::train, 4, 2).tokens);
    double inducible = 0;
    for (uint32_t set = 0; set < data.sets().size(); ++set)
      for (const Sequence& s : data.held_out(100, set)) {
        REQUIRE(s.tokens.size() == 32);
        for (uint32_t t = 0; t < 32; ++t) {
          CHECK(s.tokens[t] < 16);
          if (t > 0) CHECK(s.targets[t - 1] == static_cast<int32_t>(s.tokens[t]));
          inducible += s.inducible[t];
          const auto keys = data.sources(s, t);
          if (!s.inducible[t]) continue;
          CHECK_FALSE(keys.empty());
          for (const uint32_t k : keys) CHECK(s.tokens[k - 1] == s.tokens[t]);
        }
      }
    CHECK(inducible > 100);
    CHECK(data.sets().size() == 2);
  }
}

TEST_CASE("segment: exactly one stretch comes twice, at every pair of places equally often") {
  Config c = config_of(kind::task::segment);
  c.n_ctx = 13, c.segment_length = 5, c.d_vocab = 4096;  // so many tokens that noise does not repeat by chance
  Pairs places{10};
  for (const Sequence& s : training_rows(c, 3000)) {
    const auto all = all_tokens(s);
    const auto first = std::find(s.inducible.begin(), s.inducible.end(), 1) - s.inducible.begin();
    REQUIRE(std::count(s.inducible.begin(), s.inducible.end(), 1) == 4);
    const auto to = static_cast<size_t>(first);
    const auto from = static_cast<size_t>(std::find(all.begin(), all.end(), all[to]) - all.begin());
    REQUIRE(from + 5 <= to);
    for (size_t k = 0; k < 5; ++k) CHECK(all[from + k] == all[to + k]);
    ++places.at(from, to);
  }
  std::vector<double> counts;
  for (size_t from = 0; from < 10; ++from)
    for (size_t to = from + 5; to + 5 <= 14; ++to) counts.push_back(places.at(from, to));
  REQUIRE(counts.size() == 15);
  double all = 0;
  for (const double n : counts) all += n;
  CHECK(all == 3000);
  CHECK(chi_square(counts, std::vector<double>(15, 1.0)) < chi_limit(14));
}

TEST_CASE("segment: noise is even, and unseen rows have other lengths") {
  Config c = config_of(kind::task::segment);
  std::vector<double> count(16);
  for (const Sequence& s : training_rows(c, 2000)) ++count[s.tokens[11]];
  CHECK(chi_square(count, std::vector<double>(16, 1.0)) < chi_limit(15));
  std::set<long> lengths;
  for (const Sequence& s : Dataset(c).held_out(300, 1)) lengths.insert(std::count(s.inducible.begin(), s.inducible.end(), 1) + 1);
  CHECK(lengths.count(8) == 0);
  CHECK(*lengths.begin() == 4);
  CHECK(*lengths.rbegin() == 16);
}

TEST_CASE("trigger: other tokens follow the seed's chain, triggers are always answered alike, evenly by those that are none") {
  Config c = config_of(kind::task::trigger);
  c.d_vocab = 7, c.triggers = 2, c.zipf = 0.5, c.n_ctx = 48;
  const std::vector<double> chain = markov_rows(0, TokenLaw(c).weight());
  Pairs pairs{7};
  std::vector<double> answers(7), first(7);
  for (const Sequence& s : training_rows(c, 3000)) {
    const auto all = all_tokens(s);
    ++first[all[0]];
    int64_t answer[2] = {-1, -1};
    for (uint32_t t = 0; t < 48; ++t) {
      if (all[t] >= 2) {
        ++pairs.at(all[t], all[t + 1]);
        CHECK(s.inducible[t] == 0);
        continue;
      }
      CHECK(s.inducible[t] == (answer[all[t]] >= 0));
      if (answer[all[t]] < 0) answer[all[t]] = all[t + 1], ++answers[all[t + 1]];
      CHECK(answer[all[t]] == all[t + 1]);
    }
  }
  CHECK(chi_square(first, zipf_weights(7, 0.5)) < chi_limit(6));
  for (size_t from = 2; from < 7; ++from)
    CHECK(chi_square(pairs.row(from), {chain.begin() + static_cast<long>(7 * from), chain.begin() + static_cast<long>(7 * from + 7)}) <
          chi_limit(6));
  CHECK(answers[0] + answers[1] == 0);
  CHECK(chi_square({answers.begin() + 2, answers.end()}, std::vector<double>(5, 1.0)) < chi_limit(4));
}

TEST_CASE("trigger: random triggers differ from row to row; unseen ones are never those of training") {
  Config c = config_of(kind::task::trigger);
  const auto answered = [](const std::vector<Sequence>& rows) {
    std::set<uint32_t> tokens;
    for (const Sequence& s : rows)
      for (uint32_t t = 0; t < s.tokens.size(); ++t)
        if (s.inducible[t]) tokens.insert(s.tokens[t]);
    return tokens;
  };
  CHECK(answered(training_rows(c, 300)) == std::set<uint32_t>{0, 1, 2});
  const auto unseen = answered(Dataset(c).held_out(300, 1));
  CHECK(unseen.size() == 13);
  CHECK(unseen.count(0) + unseen.count(1) + unseen.count(2) == 0);
  CHECK(Dataset(c).label(2) == "T2");
  CHECK(Dataset(c).label(3) == "3");
  c.random_triggers = true;
  CHECK(answered(training_rows(c, 300)).size() == 16);
  CHECK(Dataset(c).held_out(8, 1).empty());
}

TEST_CASE("distance: the trigger comes back after distances of its law, the answer with it, and nothing else says trigger") {
  for (const double tail : {0.0, 1.5}) {
    Config c = config_of(kind::task::distance);
    c.distance_tail = tail;
    std::vector<double> count(13), weight;
    for (const Sequence& s : training_rows(c, 3000)) {
      const auto all = all_tokens(s);
      std::vector<uint32_t> at;
      for (uint32_t t = 0; t <= 32; ++t)
        if (all[t] == 0) at.push_back(t);
      REQUIRE(at.size() >= 2);
      REQUIRE(at[1] < 32);
      ++count[at[1] - at[0]];
      for (uint32_t t = 0; t < 32; ++t) {
        const bool again = all[t] == 0 && t > at[0];
        CHECK(s.inducible[t] == again);
        if (again) CHECK(all[t + 1] == all[at[0] + 1]);
      }
    }
    CHECK(count[0] + count[1] == 0);
    for (int d = 2; d <= 12; ++d) weight.push_back(std::pow(d, -tail));
    CHECK(chi_square({count.begin() + 2, count.end()}, weight) < chi_limit(10));
    for (const Sequence& s : Dataset(c).held_out(100, 1)) {
      std::vector<uint32_t> at;
      for (uint32_t t = 0; t < 32; ++t)
        if (s.tokens[t] == 0) at.push_back(t);
      REQUIRE(at.size() >= 2);
      for (size_t i = 1; i < at.size(); ++i) CHECK((at[i] - at[i - 1] > 12 && at[i] - at[i - 1] <= 24));
    }
  }
  CHECK(Dataset(config_of(kind::task::distance)).label(0) == "trigger");
}

TEST_CASE("distance: a corrupted answer is not inducible") {
  Config c = config_of(kind::task::distance);
  c.corruption = 0.5, c.d_vocab = 101;
  double wrong = 0, all = 0;
  for (const Sequence& s : training_rows(c, 1000)) {
    int64_t answer = -1;
    for (uint32_t t = 0; t < 32; ++t) {
      if (s.tokens[t] != 0) continue;
      if (answer >= 0) {
        ++all, wrong += s.targets[t] != answer;
        CHECK(s.inducible[t] == (s.targets[t] == answer));
      }
      if (answer < 0) answer = s.targets[t];
    }
  }
  CHECK(std::abs(wrong / all - 0.495) < 4 * 0.5 / std::sqrt(all));  // half are redrawn, 1 in 100 of these is right again
}

TEST_CASE("skewed: two tokens follow the cue, the commoner one with its share; unseen rows are even") {
  Config c = config_of(kind::task::skewed);
  c.skew = 0.8, c.n_ctx = 200, c.d_vocab = 40;
  const Dataset data(c);
  for (const uint32_t set : {0u, 1u}) {
    double more = 0, all = 0, cues = 0, free = 0;
    for (const Sequence& s : data.held_out(300, set)) {
      std::vector<double> followers(40);
      double here = 0;
      for (uint32_t t = 0; t < 200; ++t) {
        if (t == 0 || s.tokens[t - 1] != 0) ++free, cues += s.tokens[t] == 0;
        if (s.tokens[t] != 0) continue;
        CHECK(s.inducible[t] == (here > 0));
        CHECK(data.sources(s, t).size() == static_cast<size_t>(here > 0 ? here : 0));
        ++followers[static_cast<size_t>(s.targets[t])], ++here;
      }
      std::sort(followers.rbegin(), followers.rend());
      CHECK(followers[2] == 0);
      CHECK(followers[0] + followers[1] == here);
      more += followers[0] * followers[0] + followers[1] * followers[1] - here, all += here * (here - 1);
    }
    // The share of pairs of followers that agree, s² + (1−s)², needs no knowledge of which one is the commoner.
    CHECK(std::abs(more / all - (set ? 0.5 : 0.68)) < 0.015);
    CHECK(std::abs(cues / free - 0.25) < 4 * std::sqrt(0.25 * 0.75 / free));
  }
  CHECK(data.label(0) == "cue");
}

TEST_CASE("every task works at the ends of its knobs") {
  for (const auto task : kTasks)
    for (const bool least : {false, true}) {
      Config c = config_of(task);
      c.n_ctx = least ? 8 : 32, c.d_vocab = least ? 4 : 16, c.triggers = least ? 1 : 15, c.segment_length = least ? 2 : 16;
      c.distance_max = least ? 2 : 16, c.skew = least ? 0.5 : 1, c.corruption = least ? 1 : 0, c.zipf = least ? 4 : 0, c.distance_tail = 10;
      REQUIRE(problems(c).empty());
      const Dataset data(c);
      for (uint32_t set = 0; set < data.sets().size(); ++set)
        for (const Sequence& s : data.held_out(200, set)) {
          CHECK(s.tokens.size() == static_cast<size_t>(c.n_ctx));
          CHECK(*std::max_element(s.tokens.begin(), s.tokens.end()) < c.d_vocab);
        }
    }
}

}  // namespace test_data_copies
