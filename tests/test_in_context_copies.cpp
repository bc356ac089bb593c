// image and bandit: textures that repeat, pulls that pay, and where the answer stands.

#include <algorithm>

#include "data/dataset.hpp"
#include "support/support.hpp"

namespace test_in_context_copies {

using namespace induction;
using namespace induction::tests;

namespace {

Config image() {
  Config c;
  c.task = kind::task::image, c.d_vocab = 64, c.n_ctx = 64;
  return c;
}

Config bandit() {
  Config c;
  c.task = kind::task::bandit, c.arms = 3;
  return c;
}

}  // namespace

TEST_CASE("an inducible patch is a copy of its sources, and other patches have none") {
  const Dataset data(image());
  for (uint32_t set = 0; set < 2; ++set)
    for (const Sequence& s : data.held_out(40, set))
      for (uint32_t t = 0; t < s.tokens.size(); ++t) {
        const std::vector<uint32_t> keys = data.sources(s, t);
        CHECK(keys.empty() == (s.inducible[t] == 0));
        for (const uint32_t key : keys) {
          REQUIRE(key <= t);
          CHECK(static_cast<int32_t>(s.tokens[key]) == s.targets[t]);
        }
      }
}

TEST_CASE("sources of a patch are at its place of the texture, across a row and down a column") {
  Config c = image();
  c.d_vocab = 16, c.n_ctx = 12, c.image_width = 4, c.texture_max = 3;
  Sequence s;  // two by two: 1 2 / 3 4
  s.tokens = {1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2};
  s.targets = {2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3};
  const Dataset data(c);
  CHECK(data.sources(s, 0).empty());
  CHECK(data.sources(s, 1) == std::vector<uint32_t>{0});
  CHECK(data.sources(s, 3).empty());                             // a new row of the texture
  CHECK(data.sources(s, 7) == std::vector<uint32_t>{0, 2});      // the row after the next
  CHECK(data.sources(s, 10) == std::vector<uint32_t>{1, 3, 9});  // above and beside
}

TEST_CASE("textures have all widths of their set, evenly, and unseen ones none that training shows") {
  const Config c = image();
  const Dataset data(c);
  // The width is the least shift that leaves the first row as it is; with 64 codes a narrower look-alike is rare.
  const auto width_of = [&](const Sequence& s) {
    uint32_t width = 1;
    for (;; ++width) {
      bool fits = true;
      for (uint32_t i = width; i < 8; ++i) fits = fits && s.tokens[i] == s.tokens[i - width];
      if (fits) return width;
    }
  };
  std::vector<double> seen(9, 0), unseen(9, 0);
  for (const Sequence& s : data.held_out(900)) ++seen[width_of(s)];
  for (const Sequence& s : data.held_out(300, 1)) ++unseen[width_of(s)];
  for (const size_t width : {2u, 3u, 4u}) CHECK(std::abs(seen[width] - 300) < 60);  // four standard errors and look-alikes
  CHECK(seen[5] + seen[6] + seen[7] == 0);
  CHECK(unseen[5] + unseen[6] + unseen[7] > 290);
  CHECK(std::min({unseen[5], unseen[6], unseen[7]}) > 60);
}

TEST_CASE("pulls are even, and each arm pays as often as reward_gap says") {
  const Dataset data(bandit());
  double pulls[3] = {}, won[2] = {}, tried[2] = {};
  for (const Sequence& s : data.held_out(1000)) {
    const auto best = static_cast<uint32_t>(s.targets[1]);
    for (uint32_t t = 0; t < 32; t += 2) {
      const uint32_t arm = s.tokens[t], reward = s.tokens[t + 1];
      REQUIRE((arm < 3 && (reward == 3 || reward == 4)));
      CHECK(s.targets[t] == kNoTarget);
      CHECK(s.targets[t + 1] == static_cast<int32_t>(best));
      ++pulls[arm], ++tried[arm == best], won[arm == best] += reward == 4;
    }
  }
  for (const double n : pulls) CHECK(std::abs(n / 16000 - 1.0 / 3) < 0.015);  // four standard errors
  CHECK(std::abs(won[1] / tried[1] - 0.8) < 0.022);
  CHECK(std::abs(won[0] / tried[0] - 0.2) < 0.016);
}

TEST_CASE("unseen pulls are mostly of one arm, which is the better one no more often than chance") {
  const Dataset data(bandit());
  int good = 0;
  for (const Sequence& s : data.held_out(900, 1)) {
    int count[3] = {};
    for (uint32_t t = 0; t < 32; t += 2) ++count[s.tokens[t]];
    const auto most = std::max_element(count, count + 3) - count;
    CHECK(count[most] >= 7);
    good += most == s.targets[1];
  }
  CHECK(std::abs(good - 300) < 57);  // four standard errors
}

TEST_CASE("sources of the better arm are its own rewarded pulls") {
  Config c = bandit();
  c.n_ctx = 8;
  const Dataset data(c);
  Sequence s;  // arm B is better
  s.tokens = {1, 4, 0, 4, 1, 3, 1, 4};
  s.targets = {kNoTarget, 1, kNoTarget, 1, kNoTarget, 1, kNoTarget, 1};
  CHECK(data.sources(s, 1) == std::vector<uint32_t>{0});
  CHECK(data.sources(s, 7) == std::vector<uint32_t>{0, 6});
  CHECK(data.sources(s, 6).empty());
  CHECK(data.label(1) == "pull B");
  CHECK(data.label(3) == "lost");
  CHECK(data.label(4) == "won");
}

TEST_CASE("the bandit's Bayes line is the posterior's loss, worked out here from chances instead of differences") {
  Config c = bandit();
  c.n_ctx = 10, c.arms = 2;
  const Dataset data(c);
  double mean = 0;
  constexpr int kRows = 4000;
  for (uint32_t row = 0; row < kRows; ++row) {
    const Sequence s = data.row(Stream::train, row, 0);
    double chance[2] = {1, 1};
    for (uint32_t t = 0; t < 10; t += 2) {
      for (uint32_t best = 0; best < 2; ++best) {
        const double p = s.tokens[t] == best ? 0.8 : 0.2;
        chance[best] *= s.tokens[t + 1] == 3 ? p : 1 - p;  // two arms: token 2 is lost, 3 is won
      }
      mean -= std::log(chance[s.targets[1]] / (chance[0] + chance[1])) / (5 * kRows);
    }
  }
  CHECK(std::abs(data.lines()[1].value - mean) < 0.03);  // two samples with standard errors below .007
  CHECK(data.lines()[1].value < data.lines()[0].value - 0.2);
}

}  // namespace test_in_context_copies
