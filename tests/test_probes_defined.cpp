// Which probe holds for which option of a model: docs/probes.md as a table. Where one does not, a sentence says why.

#include "model.hpp"
#include "probes/circuits.hpp"
#include "run.hpp"
#include "support/support.hpp"

namespace test_probes_defined {

using namespace induction;
using namespace induction::tests;

namespace {

using kind::norm;
using kind::positions;

struct Option {
  const char* name;
  void (*set)(Config& c);
  // Not defined: q- and k-composition and token composition; v-composition and copying; recall_previous in layer 0; paths.
  const char *queries_keys, *values, *previous, *paths;
};

constexpr const char* kNorm = "the norm";
constexpr const char* kHolds = nullptr;

const Option kOptions[] = {
    {"learned positions", [](Config&) {}, kHolds, kHolds, kHolds, kHolds},
    {"sinusoidal", [](Config& c) { c.positions = positions::sinusoidal; }, kHolds, kHolds, kHolds, kHolds},
    {"shortformer", [](Config& c) { c.positions = positions::shortformer; }, kHolds, kHolds, kHolds, kHolds},
    {"alibi", [](Config& c) { c.positions = positions::alibi; }, kHolds, kHolds, "positions are not vectors here", kHolds},
    {"t5", [](Config& c) { c.positions = positions::t5; }, kHolds, kHolds, "positions are not vectors here", kHolds},
    {"none", [](Config& c) { c.positions = positions::none; }, kHolds, kHolds, "positions are not vectors here", kHolds},
    {"rotary", [](Config& c) { c.positions = positions::rotary; }, "rotary positions turn", kHolds, "rotary positions turn", kHolds},
    {"smeared keys", [](Config& c) { c.smeared_keys = true; }, "smeared keys see", kHolds, "smeared keys see", kHolds},
    {"rms", [](Config& c) { c.norm = norm::rms; }, kNorm, kNorm, kNorm, kNorm},
    {"layer norm", [](Config& c) { c.norm = norm::layer; }, kNorm, kNorm, kNorm, kNorm},
    {"an MLP", [](Config& c) { c.d_mlp = 6; }, kHolds, kHolds, kHolds, "the MLP (d_mlp 6) is not linear"},
    {"no causal mask", [](Config& c) { c.bidirectional = true, c.objective = kind::objective::query; }, kHolds, kHolds, kHolds, kHolds},
    {"masked tokens", [](Config& c) { c.bidirectional = true, c.objective = kind::objective::masked; }, kHolds, kHolds, kHolds, kHolds},
    {"a start token", [](Config& c) { c.start_token = true; }, kHolds, kHolds, kHolds, kHolds},
    {"tied embedding", [](Config& c) { c.tied_embedding = true; }, kHolds, kHolds, kHolds, kHolds},
    {"dropout", [](Config& c) { c.dropout = c.attention_dropout = 0.3; }, kHolds, kHolds, kHolds, kHolds},
};

template <class T>
void check(const Measured<T>& measured, const char* reason) {
  CAPTURE(measured.reason);
  CHECK(measured.value.has_value() == (reason == nullptr));
  CHECK(measured.reason.empty() == (reason == nullptr));
  if (reason) CHECK(measured.reason.find(reason) != std::string::npos);
}

Config base() {
  Config c;
  c.positions = positions::learned, c.n_ctx = 16, c.period_max = 6, c.d_vocab = 8, c.n_heads = 2, c.d_model = 12, c.d_head = 4;
  return c;
}

CircuitReport report_of(const Config& c) {
  REQUIRE(problems(c).empty());
  const std::unique_ptr<Run> run = Run::create(c);
  const auto report = measure_circuits(c, run->state().parameters);
  REQUIRE(report);
  return *report;
}

}  // namespace

TEST_CASE("every probe of weights and paths holds for just the options that docs/probes.md says, and says why where it does not") {
  for (const Option& option : kOptions) {
    const std::string name = option.name;
    CAPTURE(name);
    Config c = base();
    option.set(c);
    const CircuitReport report = report_of(c);
    for (const PairCircuits& pair : report.pairs) {
      check(pair.composition.q, option.queries_keys);
      check(pair.composition.k, option.queries_keys);
      check(pair.composition.v, option.values);
      check(pair.recall_match, option.queries_keys);
    }
    for (const HeadCircuits& head : report.heads) {
      const bool first = head.place.layer == 0;
      check(head.token_composition, first ? "no earlier head" : option.queries_keys);
      check(head.copying_eigenvalue, option.values);
      check(head.copying_diagonal, option.values);
      check(head.copying_behaviour, option.values);
      check(head.recall_copy, option.values);
      const bool moved = !first && (c.positions == positions::learned || c.positions == positions::sinusoidal);
      check(head.recall_previous, option.previous ? option.previous : moved ? "earlier heads have moved" : nullptr);
      for (const SplitLoss& loss : head.ablated) CHECK(std::isfinite(loss.loss));
      CHECK(std::isfinite(head.profile.coherence));
    }
    check(report.paths, option.paths);
    // Where paths hold, all of them together are the model.
    if (report.paths.value) CHECK(report.paths.value->losses.back().loss.loss == doctest::Approx(report.loss.loss).epsilon(1e-4));
  }
}

TEST_CASE("shares over tokens are over the ordinary ones: a start and a mask token change nothing about them") {
  Config c = base();
  const auto weights = [&] {
    const Program program = record_model(for_evaluation(c), {1, 16, 16});
    Cpu<float> cpu(program);
    initialise(c, cpu);
    return read_weights<float>(c, program, std::span<const float>(cpu.region(program.parameter_region)));
  };
  c.bidirectional = true, c.objective = kind::objective::query;
  const ModelWeights plain = weights();
  c.objective = kind::objective::masked, c.start_token = true;
  ModelWeights special = weights();
  CHECK(special.W_E.rows == plain.W_E.rows + 2);
  CHECK(special.token_rows().values.size() == plain.W_E.values.size());
  CHECK(special.token_columns().columns == plain.W_U.columns);
  // With the same ordinary rows, the same scores.
  for (uint32_t v = 0; v < plain.W_E.rows; ++v)
    for (uint32_t d = 0; d < plain.W_E.columns; ++d) special.W_E(v, d) = plain.W_E(v, d), special.W_U(d, v) = plain.W_U(d, v);
  for (uint32_t l = 0; l < 2; ++l) special.heads[l] = plain.heads[l];
  const std::vector<WeightedHead> earlier = {{{0, 0}, 1.0}};
  CHECK(token_composition(special, {1, 0}, earlier).value->margin == token_composition(plain, {1, 0}, earlier).value->margin);
  CHECK(copying_diagonal(special, {1, 0}).value->margin == copying_diagonal(plain, {1, 0}).value->margin);
  CHECK(*copying_eigenvalue(special, {1, 0}).value == *copying_eigenvalue(plain, {1, 0}).value);
}

TEST_CASE("in tasks with sources of their own, circuits score induction by them, as training's probes do") {
  Config c;
  c.task = kind::task::icl_classify;
  const std::unique_ptr<Run> run = Run::create(c);
  const ProbeRecord record = run->probe();
  const auto report = measure_circuits(c, run->state().parameters);
  REQUIRE(report);
  for (size_t i = 0; i < record.heads.size(); ++i) {
    CHECK(report->heads[i].scores.induction == doctest::Approx(record.heads[i].scores.induction).epsilon(1e-6));
    CHECK(report->heads[i].profile.on_target == doctest::Approx(report->heads[i].scores.induction).epsilon(1e-9));
  }
}

TEST_CASE("strategies are compared only where the model is trained to predict every next state from the past, the start token apart") {
  Config c;
  c.task = kind::task::icl_markov, c.d_vocab = 3, c.start_token = true;
  const ProbeRecord begun = Run::create(c)->probe();
  REQUIRE(begun.strategies);
  CHECK(begun.strategies->uniform >= 0);
  CHECK(begun.strategies->uniform < 3);
  c.objective = kind::objective::query;
  CHECK_FALSE(Run::create(c)->probe().strategies);
  c.objective = kind::objective::masked, c.bidirectional = true;
  CHECK_FALSE(Run::create(c)->probe().strategies);
}

TEST_CASE("what a task's question can be answered with is what 'nothing learned' means to the alarm of harmless heads") {
  const auto answers = [](kind::task task) {
    Config c;
    c.task = task;
    return Dataset(c).answers();
  };
  CHECK(answers(kind::task::repeat) == 16);
  CHECK(answers(kind::task::icl_classify) == 2);
  CHECK(answers(kind::task::sentiment) == 2);
  CHECK(answers(kind::task::bandit) == 2);
  CHECK(answers(kind::task::trigger) == 13);
  CHECK(answers(kind::task::distance) == 15);
  CHECK(answers(kind::task::skewed) == 15);
  Config masked;
  masked.task = kind::task::trigger, masked.objective = kind::objective::masked;
  CHECK(Dataset(masked).answers() == 16);
}

}  // namespace test_probes_defined
