// What a probe records of tasks with more than next tokens: further sets, the query, sources of their own, strategies.

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "probes/prober.hpp"
#include "record.hpp"
#include "run.hpp"
#include "support/support.hpp"

namespace test_in_context_probes {

using namespace induction;
using namespace induction::tests;

namespace {

Config classify() {
  Config c;
  c.task = kind::task::icl_classify, c.n_ctx = 13, c.d_model = 16, c.n_heads = 2;
  return c;
}

ProbeRecord untrained(const Config& c) { return Run::create(c)->probe(); }

}  // namespace

TEST_CASE("a probe measures all sets of a task, and the query where there is one") {
  const ProbeRecord record = untrained(classify());
  REQUIRE(record.held_out.size() == 3);
  CHECK(record.held_out[0].name == "in_context");
  CHECK(record.held_out[1].name == "flipped");
  CHECK(record.held_out[2].name == "in_weights");
  CHECK_FALSE(record.unseen.has_value());
  for (const SetLosses& set : record.held_out) {
    CHECK(std::abs(set.losses.loss - std::log(16.0)) < 1.5);  // near chance before training
    CHECK(set.losses.accuracy_query >= 0);
    CHECK(set.losses.accuracy_query <= 1);
  }
  CHECK(record.seen.accuracy_query == record.seen.accuracy_rep);  // every query is inducible
  CHECK(std::isnan(record.held_out[2].losses.accuracy_rep));      // none is
  CHECK(std::isnan(record.seen.loss_new));
}

TEST_CASE("positions without a target have no loss, and those with one the mean over the rows that have it") {
  const ProbeRecord record = untrained(classify());
  REQUIRE(record.loss_by_position.size() == 13);
  for (size_t t = 0; t < 12; ++t) CHECK(std::isnan(record.loss_by_position[t]));
  CHECK(record.loss_by_position[12] == doctest::Approx(record.seen.loss));
}

TEST_CASE("tasks without a labelled query, further sets or chains record none") {
  const ProbeRecord record = untrained(Config{});
  CHECK(std::isnan(record.seen.accuracy_query));
  CHECK(record.held_out.empty());
  CHECK_FALSE(record.strategies.has_value());
  CHECK(record.unseen.has_value());
}

TEST_CASE("a head is scored by a task's own sources: attention on them, over queries that have some") {
  const std::vector<std::vector<uint32_t>> tokens = {{7, 7, 7}};
  const std::vector<RowSources> sources = {{{}, {}, {0, 1}}};
  const std::vector<float> pattern = {1, 0, 0, 0.5f, 0.5f, 0, 0.25f, 0.5f, 0.25f};
  CHECK(PatternScorer(tokens, sources).of(pattern.data(), 9).induction == 0.75);
  CHECK(PatternScorer(tokens, sources).uniform().induction == doctest::Approx(2.0 / 3));
  CHECK(PatternScorer(tokens).of(pattern.data(), 9).induction == doctest::Approx((0.5 + 0.75) / 2));  // by content
}

TEST_CASE("sources by content, given as a task's own, change no score") {
  const Dataset data{Config{}};
  std::vector<std::vector<uint32_t>> tokens;
  std::vector<RowSources> sources;
  for (const Sequence& s : data.held_out(4)) {
    tokens.push_back(s.tokens);
    sources.emplace_back();
    for (uint32_t t = 0; t < 32; ++t) sources.back().push_back(data.sources(s, t));
  }
  std::vector<float> pattern(4 * 32 * 32);
  for (size_t i = 0; i < pattern.size(); ++i)
    pattern[i] = static_cast<float>(uniform_below(3, Stream::train, 0, static_cast<uint32_t>(i), 1000)) / 1000;
  const PatternScores own = PatternScorer(tokens, sources).of(pattern.data(), 32 * 32),
                      content = PatternScorer(tokens).of(pattern.data(), 32 * 32);
  CHECK(own.induction == content.induction);
  CHECK(own.entropy == content.entropy);
}

TEST_CASE("each strategy has distance zero from itself, and the others their divergence") {
  const std::vector<std::vector<uint32_t>> rows = {{0, 1, 0, 1, 0}};
  // In-context predictions after each token, k = 2, α = 1, as logits.
  const double unigram[5] = {2.0 / 3, 0.5, 3.0 / 5, 0.5, 4.0 / 7}, bigram[5] = {0.5, 0.5, 1.0 / 3, 2.0 / 3, 1.0 / 4};  // of state 0
  const auto logits = [](const double* p) {
    std::vector<float> list;
    for (int t = 0; t < 5; ++t) list.push_back(static_cast<float>(std::log(p[t]))), list.push_back(static_cast<float>(std::log(1 - p[t])));
    return list;
  };
  const auto divergence = [](const double* p, const double* q) {
    double sum = 0;
    for (int t = 0; t < 5; ++t) sum += p[t] * std::log(p[t] / q[t]) + (1 - p[t]) * std::log((1 - p[t]) / (1 - q[t]));
    return sum / 5;
  };
  const double uniform[5] = {0.5, 0.5, 0.5, 0.5, 0.5};
  const StrategyDistances one = strategy_distances(rows, logits(unigram).data(), 2, 2, 1),
                          two = strategy_distances(rows, logits(bigram).data(), 2, 2, 1);
  CHECK(std::abs(one.unigram) < 1e-7);
  CHECK(std::abs(two.bigram) < 1e-7);
  CHECK(one.bigram == doctest::Approx(divergence(unigram, bigram)).epsilon(1e-5));
  CHECK(one.uniform == doctest::Approx(divergence(unigram, uniform)).epsilon(1e-5));
  CHECK(two.unigram == doctest::Approx(divergence(bigram, unigram)).epsilon(1e-5));
}

TEST_CASE("logits of special tokens do not count among a chain's states") {
  const std::vector<std::vector<uint32_t>> rows = {{0, 1}};
  const std::vector<float> plain = {1, 0, 0, 2}, wide = {1, 0, 50, 0, 2, 50};
  CHECK(strategy_distances(rows, wide.data(), 3, 2, 1).bigram == strategy_distances(rows, plain.data(), 2, 2, 1).bigram);
}

TEST_CASE("further sets and strategies are in the records, null where there are none") {
  Config c;
  c.task = kind::task::icl_markov, c.d_vocab = 3, c.n_ctx = 16, c.d_model = 16, c.n_heads = 2;
  const auto chain = nlohmann::json::parse(probe_json(untrained(c))), labels = nlohmann::json::parse(probe_json(untrained(classify())));
  CHECK(chain["strategies"]["uniform"] >= 0.0);
  CHECK(chain["strategies"]["bigram"] > 0.0);
  CHECK(chain["held_out"].empty());
  CHECK(chain["accuracy_query"].is_null());
  CHECK(labels["strategies"].is_null());
  CHECK(labels["held_out"]["flipped"]["accuracy_query"].is_number());
  CHECK(labels["held_out"]["in_weights"]["loss_rep"].is_null());
}

}  // namespace test_in_context_probes
