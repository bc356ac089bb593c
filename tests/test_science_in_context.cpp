// What tasks in context are for: chains are predicted as well as can be, labels come from the context or from the weights as the
// data make it worth. Exact runs, so they cannot flicker. Optimised builds only: in others they take minutes.

#include "run.hpp"
#include "support/support.hpp"

namespace test_science_in_context {

#ifdef NDEBUG

using namespace induction;
using namespace induction::tests;

namespace {

ProbeRecord after(const Config& c, uint64_t steps) {
  auto run = Run::create(c);
  REQUIRE(run != nullptr);
  REQUIRE(run->advance(steps).stopped == "");
  return run->probe();
}

// What (count + 1) / (n + k) of the states after the current one loses on the rows that a probe measures.
double bayes_loss(const Config& c) {
  Mean loss;
  const auto k = static_cast<size_t>(c.d_vocab);
  for (const Sequence& s : Dataset(c).held_out(kHeldOutRows)) {
    std::vector<std::vector<double>> after(k, std::vector<double>(k, 1.0));
    std::vector<double> from(k, static_cast<double>(k));
    for (size_t t = 0; t < s.tokens.size(); ++t) {
      double& count = after[s.tokens[t]][static_cast<size_t>(s.targets[t])];
      loss.take(-std::log(count / from[s.tokens[t]]));
      ++count, ++from[s.tokens[t]];
    }
  }
  return loss.value();
}

Config markov() {
  Config c;
  c.task = kind::task::icl_markov, c.d_vocab = 2, c.n_ctx = 48;
  return c;
}

Config classify() {
  Config c;
  c.task = kind::task::icl_classify, c.n_ctx = 13;
  return c;
}

}  // namespace

TEST_CASE("in-context chains: first as the unigram predicts, then within .02 nats of Bayes") {
  const ProbeRecord early = after(markov(), 100), late = after(markov(), 600);
  REQUIRE((early.strategies.has_value() && late.strategies.has_value()));
  CHECK(early.strategies->unigram < 0.5 * early.strategies->bigram);
  CHECK(late.strategies->bigram < 0.02);
  CHECK(late.strategies->unigram > 0.04);
  CHECK(std::abs(late.seen.loss - bayes_loss(markov())) < 0.02);
}

TEST_CASE("in-context chains of three states come within .02 nats of Bayes too, with a rate that decays") {
  Config c = markov();
  c.d_vocab = 3, c.steps = 900, c.schedule = kind::schedule::cosine;
  const ProbeRecord late = after(c, 900);
  REQUIRE(late.strategies.has_value());
  CHECK(late.strategies->bigram < 0.02);  // .013; .017 to .026 while the rate stays at .01
  CHECK(late.strategies->unigram > 0.05);
  CHECK(std::abs(late.seen.loss - bayes_loss(c)) < 0.02);
}

TEST_CASE("labels that never change are learned by heart, even against the context; labels that always change only from it") {
  Config c = classify();
  const ProbeRecord weights = after(c, 300);
  c.novel_share = 1;
  const ProbeRecord context = after(c, 600);
  CHECK(weights.seen.accuracy_query == 1);
  CHECK(context.seen.accuracy_query == 1);
  CHECK(weights.held_out[1].losses.accuracy_query < 0.1);   // flipped: the context is not believed
  CHECK(weights.held_out[2].losses.accuracy_query > 0.9);   // in_weights: it is not needed
  CHECK(context.held_out[0].losses.accuracy_query > 0.95);  // in_context
  CHECK(context.held_out[2].losses.accuracy_query < 0.8);   // there is nothing to know
}

TEST_CASE("sentiment: which words are positive is read off the reviews before, also for words that never stood together") {
  Config c;
  c.task = kind::task::sentiment, c.n_ctx = 27;
  const ProbeRecord record = after(c, 600);
  REQUIRE(record.unseen.has_value());
  CHECK(record.seen.accuracy_query > 0.95);
  CHECK(record.unseen->accuracy_query > 0.95);
  CHECK(record.seen.loss == doctest::Approx(std::log(2.0) / 7).epsilon(0.25));  // only the first review is a guess
}

#endif

}  // namespace test_science_in_context
