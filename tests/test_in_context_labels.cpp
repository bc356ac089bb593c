// icl_classify and sentiment: what a context shows, what the query asks, and the held-out sets that tell weights from context.

#include <algorithm>
#include <map>
#include <set>

#include "data/dataset.hpp"
#include "support/support.hpp"

namespace test_in_context_labels {

using namespace induction;
using namespace induction::tests;

namespace {

Config classify() {
  Config c;
  c.task = kind::task::icl_classify, c.d_vocab = 40, c.n_ctx = 13;
  c.classes = 12, c.labels = 4, c.pairs = 6, c.class_burstiness = 2;
  return c;
}

std::vector<Sequence> set_named(const Config& c, const std::string& name, uint32_t rows = 300) {
  const Dataset data(c);
  for (uint32_t i = 0; i < data.sets().size(); ++i)
    if (data.sets()[i].name == name) return data.held_out(rows, i);
  return {};
}

// How often each item stands in the examples, and the label of each.
struct Shown {
  explicit Shown(const Sequence& s) {
    for (uint32_t i = 0; i < s.query; i += 2) ++count[s.tokens[i]], label[s.tokens[i]].insert(s.tokens[i + 1]);
  }
  std::map<uint32_t, int> count;
  std::map<uint32_t, std::set<uint32_t>> label;
};

constexpr uint32_t kFirstLabel = 36;
uint32_t fixed(uint32_t item) { return kFirstLabel + item % 4; }

}  // namespace

TEST_CASE("a bursty context shows pairs / burstiness known classes, each with its own label, and asks for one of them") {
  std::map<uint32_t, int> asked;
  for (const Sequence& s : set_named(classify(), "seen", 2400)) {
    const Shown shown(s);
    REQUIRE(s.query == 12);
    REQUIRE(shown.count.size() == 3);
    for (const auto& [item, count] : shown.count) {
      CHECK(count == 2);
      CHECK(item < 12);
      CHECK(shown.label.at(item) == std::set<uint32_t>{fixed(item)});
    }
    CHECK(shown.count.count(s.tokens[12]) == 1);
    CHECK(s.targets[12] == static_cast<int32_t>(fixed(s.tokens[12])));
    CHECK(s.inducible[12] == 1);
    CHECK(std::count(s.targets.begin(), s.targets.end(), kNoTarget) == 12);
    ++asked[s.tokens[12]];
  }
  double chi = 0;
  for (uint32_t item = 0; item < 12; ++item) chi += std::pow(asked[item] - 200.0, 2) / 200;
  CHECK(chi < 31.3);  // 11 degrees of freedom, 99.9 %
}

TEST_CASE("in context: classes that training may not know have labels that change from context to context") {
  std::map<uint32_t, std::set<uint32_t>> labels;
  for (const Sequence& s : set_named(classify(), "in_context")) {
    const Shown shown(s);
    REQUIRE(shown.count.size() == 3);
    std::set<uint32_t> different;
    for (const auto& [item, label] : shown.label) {
      CHECK((item >= 12 && item < kFirstLabel));
      REQUIRE(label.size() == 1);
      different.insert(*label.begin());
      labels[item].insert(*label.begin());
    }
    CHECK(different.size() == 3);  // there are four labels
    CHECK(s.targets[12] == static_cast<int32_t>(*shown.label.at(s.tokens[12]).begin()));
  }
  CHECK(labels.size() == 24);
  for (const auto& entry : labels) CHECK(entry.second.size() == 4);
}

TEST_CASE("flipped: known classes, of which none has its label in the context, and the context's is right") {
  for (const Sequence& s : set_named(classify(), "flipped")) {
    const Shown shown(s);
    for (const auto& [item, label] : shown.label) {
      CHECK(item < 12);
      REQUIRE(label.size() == 1);
      CHECK(*label.begin() != fixed(item));
    }
    CHECK(s.targets[12] == static_cast<int32_t>(*shown.label.at(s.tokens[12]).begin()));
  }
}

TEST_CASE("in weights: the query's class is not in the context, and its fixed label is right") {
  const Config c = classify();
  const Dataset data(c);
  for (const Sequence& s : set_named(c, "in_weights")) {
    CHECK(Shown(s).count.count(s.tokens[12]) == 0);
    CHECK(s.targets[12] == static_cast<int32_t>(fixed(s.tokens[12])));
    CHECK(s.inducible[12] == 0);
    CHECK(data.sources(s, 12).empty());
  }
}

TEST_CASE("bursty_share and novel_share are shares of the contexts, class_noise of the items") {
  Config c = classify();
  c.bursty_share = 0.25, c.novel_share = 0.4;
  const Dataset data(c);
  int bursty = 0, novel = 0;
  constexpr int kRows = 4000;
  for (uint32_t i = 0; i < kRows; ++i) {
    const Sequence s = data.row(Stream::train, i, 0);
    const Shown shown(s);
    novel += s.tokens[12] >= 12;
    bursty += s.tokens[12] < 12 && std::all_of(shown.count.begin(), shown.count.end(), [](const auto& one) { return one.second == 2; }) &&
              shown.count.count(s.tokens[12]) == 1;
  }
  // Four standard errors. Contexts of single draws look bursty by chance in well under 1 %.
  CHECK(std::abs(novel / 4000.0 - 0.4) < 0.031);
  CHECK(std::abs(bursty / 4000.0 - 0.6 * 0.25) < 0.023 + 0.01);
  c = classify();
  c.exemplars = 3, c.class_noise = 0.3;
  int other = 0, items = 0;
  for (const Sequence& s : set_named(c, "seen", 1000))
    for (uint32_t i = 0; i <= 12; i += 2) ++items, other += s.tokens[i] % 3 != 0;
  CHECK(std::abs(static_cast<double>(other) / items - 0.3) < 0.022);
}

TEST_CASE("in contexts of single draws classes follow Zipf's law") {
  Config c = classify();
  c.bursty_share = 0, c.class_zipf = 1;
  std::vector<double> count(12, 0);
  double harmonic = 0, chi = 0;
  for (const Sequence& s : set_named(c, "seen", 1500))
    for (uint32_t i = 0; i <= 12; i += 2) ++count[s.tokens[i]];
  for (int i = 1; i <= 12; ++i) harmonic += 1.0 / i;
  for (int i = 1; i <= 12; ++i) {
    const double wanted = 1500 * 7 / harmonic / i;
    chi += std::pow(count[static_cast<size_t>(i) - 1] - wanted, 2) / wanted;
  }
  CHECK(chi < 31.3);  // 11 degrees of freedom, 99.9 %
}

TEST_CASE("sources of a label query are the labels of the query's class, under any of its exemplars") {
  Config c = classify();
  c.exemplars = 2, c.class_noise = 0.5;
  Sequence s;
  s.tokens = {0, 36, 5, 37, 1, 36, 4, 37, 9, 38, 0, 36, 5};
  s.query = 12;
  const Dataset data(c);
  CHECK(data.own_sources());
  CHECK(data.sources(s, 12) == std::vector<uint32_t>{3, 7});
  CHECK(data.sources(s, 10).empty());
  CHECK(data.label(4) == "class 3");
  CHECK(data.label(5) == "class 3b");
  CHECK(data.label(24) == "novel 1");
  CHECK(data.label(36) == "label 1");
}

TEST_CASE("sets that a Config has no classes for are not there") {
  Config c = classify();
  c.d_vocab = 18;  // two novel classes
  CHECK(set_named(c, "in_context").empty());
  CHECK(set_named(c, "flipped").size() == 300);
  c.classes = 3;
  CHECK(set_named(c, "in_weights").empty());
}

TEST_CASE("reviews of one sentiment hold words of one group, and either group is positive in half of the contexts") {
  Config c;
  c.task = kind::task::sentiment, c.d_vocab = 42, c.n_ctx = 27;
  const Dataset data(c);
  int first_positive = 0;
  for (const Sequence& s : data.held_out(2000)) {
    std::set<uint32_t> positive;
    REQUIRE(s.query == 26);
    const auto group = [&](uint32_t at) {
      std::set<uint32_t> groups;
      for (uint32_t i = at; i < at + 3; ++i)
        if (s.tokens[i] < 32) groups.insert(s.tokens[i] / 16);
      REQUIRE(groups.size() == 1);
      return *groups.begin();
    };
    for (uint32_t at = 0; at < 24; at += 4) positive.insert(s.tokens[at + 3] == 41 ? group(at) : 1 - group(at));
    positive.insert(s.targets[26] == 41 ? group(24) : 1 - group(24));
    REQUIRE(positive.size() == 1);
    bool came[2] = {false, false};
    for (uint32_t at = 0; at < 27; at += 4) {
      CHECK((s.inducible[at + 2] == 1) == came[group(at)]);
      CHECK((at == 24 || s.targets[at + 2] == static_cast<int32_t>(s.tokens[at + 3])));
      came[group(at)] = true;
    }
    CHECK(std::count(s.targets.begin(), s.targets.end(), kNoTarget) == 20);
    first_positive += *positive.begin() == 0;
  }
  CHECK(std::abs(first_positive - 1000) < 90);  // four standard errors
  c.fixed_polarity = true;
  for (const Sequence& s : Dataset(c).held_out(50))
    CHECK((s.targets[26] == 41) == (std::min({s.tokens[24], s.tokens[25], s.tokens[26]}) < 16));
}

TEST_CASE("unseen reviews join words that never stand together in training, and only the query is one") {
  Config c;
  c.task = kind::task::sentiment;
  const Dataset data(c);
  const auto pairs = [](const Sequence& s, uint32_t from, uint32_t to) {
    std::set<std::set<uint32_t>> found;
    for (uint32_t at = from; at < to; at += 4) {
      std::set<uint32_t> words;
      for (uint32_t i = at; i < at + 3; ++i)
        if (s.tokens[i] < 10) words.insert(s.tokens[i]);
      REQUIRE(words.size() == 2);
      found.insert(words);
    }
    return found;
  };
  std::set<std::set<uint32_t>> trained, asked;
  for (uint32_t i = 0; i < 500; ++i) trained.merge(pairs(data.row(Stream::train, i, 0), 0, 27));
  for (const Sequence& s : data.held_out(200, 1)) {
    asked.merge(pairs(s, 24, 27));
    for (const auto& words : pairs(s, 0, 24)) CHECK(trained.count(words) == 1);
  }
  REQUIRE(asked.size() >= 4);
  for (const auto& words : asked) CHECK(trained.count(words) == 0);
}

TEST_CASE("sources of a review are the labels of the reviews of its group, and its words can be read") {
  Config c;
  c.task = kind::task::sentiment, c.d_vocab = 16, c.pairs = 2, c.n_ctx = 12;
  const Dataset data(c);
  Sequence s;
  s.tokens = {11, 0, 1, 15, 7, 12, 5, 14, 2, 0, 10, 10};
  s.query = 10;
  s.targets.assign(12, kNoTarget);
  s.targets[2] = 15, s.targets[6] = 14, s.targets[10] = 15;
  CHECK(data.sources(s, 2).empty());
  CHECK(data.sources(s, 6).empty());  // the first of its group
  CHECK(data.sources(s, 10) == std::vector<uint32_t>{3});
  s.tokens[8] = 6, s.tokens[9] = 8;
  CHECK(data.sources(s, 10) == std::vector<uint32_t>{7});
  CHECK(data.lines()[1].value == doctest::Approx(std::log(2.0) / 3));  // one guess in three
  CHECK(data.label(0) == "lovely");
  CHECK(data.label(5) == "dreary");
  CHECK(data.label(10) == "plot");
  CHECK(data.label(14) == "negative");
  CHECK(data.label(15) == "positive");
}

}  // namespace test_in_context_labels
