// A two-layer induction circuit with weights written by formula: the ground truth for the model, the losses and every probe.

#include <algorithm>

#include "probes/attribution.hpp"
#include "run.hpp"
#include "safetensors.hpp"
#include "snapshot.hpp"
#include "support/support.hpp"

namespace test_circuit {

using namespace induction;
using namespace induction::tests;

namespace {

constexpr uint32_t V = 16, T = 24;
// The residual stream has four subspaces: the token, the token before, the prediction, the position.
constexpr uint32_t kToken = 0, kBefore = V, kOut = 2 * V, kPosition = 3 * V, kWidth = 3 * V + T;
constexpr double kSharp = 30;  // scores of the keys looked for, before softmax: e^-30 of attention goes elsewhere
constexpr double kLogit = 12;  // logit of the predicted token: a loss of about 15 e^-12

Config circuit_config() {
  Config c;
  c.task = kind::task::repeat, c.without_replacement = true;
  c.d_vocab = V, c.n_ctx = T, c.period_min = 5, c.period_max = 11;
  c.positions = kind::positions::learned, c.norm = kind::norm::none;
  c.n_layers = 2, c.n_heads = 1, c.d_head = T, c.d_model = kWidth;
  return c;
}

struct Weights {
  uint32_t columns;
  std::vector<float> values;
  Weights(uint32_t rows, uint32_t cols) : columns(cols), values(static_cast<size_t>(rows) * cols) {}
  float& operator()(uint32_t row, uint32_t column) { return values[static_cast<size_t>(row) * columns + column]; }
};

void write(Run& run, const std::string& name, const Weights& matrix) {
  const TensorId id = run.trainer().program.find(name);
  REQUIRE(id != kNoTensor);
  REQUIRE(run.cpu().read(id).size() == matrix.values.size());
  run.cpu().write(id, matrix.values);
}

void write_embeddings(Run& run) {
  Weights W_E(V, kWidth), W_pos(T, kWidth), W_U(kWidth, V);
  for (uint32_t v = 0; v < V; ++v) W_E(v, kToken + v) = 1, W_U(kOut + v, v) = static_cast<float>(kLogit);
  for (uint32_t t = 0; t < T; ++t) W_pos(t, kPosition + t) = 1;
  write(run, "embed.W_E", W_E);
  write(run, "pos_embed.W_pos", W_pos);
  write(run, "unembed.W_U", W_U);
}

const float kScore = static_cast<float>(kSharp * std::sqrt(static_cast<double>(T)));  // undoes 1/√d_head

// Layer 0: the query at t and the key at t−1 meet in direction t. Copies the token there into `before`.
void write_previous_token_head(Run& run) {
  Weights Q(kWidth, T), K(kWidth, T), values(kWidth, T), O(T, kWidth);
  for (uint32_t t = 0; t < T; ++t) {
    Q(kPosition + t, t) = kScore;
    if (t + 1 < T) K(kPosition + t, t + 1) = 1;
  }
  for (uint32_t v = 0; v < V; ++v) values(kToken + v, v) = 1, O(v, kBefore + v) = 1;
  write(run, "blocks.0.attn.W_Q", Q);
  write(run, "blocks.0.attn.W_K", K);
  write(run, "blocks.0.attn.W_V", values);
  write(run, "blocks.0.attn.W_O", O);
}

// Layer 1: the query is the token, the key the token before; copies the token found into `out`. Position 0 has no token
// before it and layer 0 could only look at itself there, so as a key it is pushed away.
void write_induction_head(Run& run) {
  Weights Q(kWidth, T), K(kWidth, T), values(kWidth, T), O(T, kWidth);
  for (uint32_t v = 0; v < V; ++v) {
    Q(kToken + v, v) = kScore, K(kBefore + v, v) = 1;
    K(kPosition, v) = -2;
    values(kToken + v, v) = 1, O(v, kOut + v) = 1;
  }
  write(run, "blocks.1.attn.W_Q", Q);
  write(run, "blocks.1.attn.W_K", K);
  write(run, "blocks.1.attn.W_V", values);
  write(run, "blocks.1.attn.W_O", O);
}

std::unique_ptr<Run> circuit() {
  const Config c = circuit_config();
  REQUIRE(problems(c).empty());
  auto run = Run::create(c);
  REQUIRE(run != nullptr);
  write_embeddings(*run);
  write_previous_token_head(*run);
  write_induction_head(*run);
  return run;
}

bool rings(const ProbeRecord& record, AlarmKind kind, std::optional<uint32_t> layer) {
  return std::any_of(record.alarms.begin(), record.alarms.end(), [&](const Alarm& a) { return a.kind == kind && a.layer == layer; });
}

}  // namespace

TEST_CASE("a hand-written induction circuit predicts repeated tokens almost surely, on seen and unseen periods") {
  auto run = circuit();
  const ProbeRecord record = run->probe();
  REQUIRE(record.unseen.has_value());
  for (const Losses& losses : {record.seen, *record.unseen}) {
    CHECK(losses.loss_rep < 0.001);
    CHECK(losses.accuracy_rep == 1.0);
    CHECK(losses.loss_new > std::log(16.0));  // it guesses with conviction where nothing can be known
  }
  REQUIRE(record.loss_by_position.size() == T);
  CHECK(record.loss_by_position[0] > std::log(16.0) - 1e-3);
  CHECK(record.loss_by_position[T - 1] < 0.001);  // beyond every training period
}

TEST_CASE("the probes name both heads of the hand-written circuit, with scores near 1, and date their onset") {
  auto run = circuit();
  const ProbeRecord record = run->probe();
  REQUIRE(record.heads.size() == 2);
  const HeadRecord &first = record.heads[0], &second = record.heads[1];
  CHECK(first.scores.previous_token > 0.999);
  CHECK(first.scores.induction < 0.01);
  CHECK(first.verdict.role == Role::previous_token);
  CHECK(first.verdict.confidence > 0.95);
  CHECK(second.scores.induction > 0.999);
  CHECK(second.scores.previous_token < 0.3);
  CHECK(second.verdict.role == Role::induction);
  CHECK(second.verdict.confidence > 0.8);
  CHECK(record.onset.previous_token == 0);
  CHECK(record.onset.induction == 0);
  CHECK(record.alarms.empty());
  CHECK_FALSE(first.token_k_composition.has_value());
  CHECK(second.token_k_composition == 1.0);
}

TEST_CASE("accuracy far below the best of an earlier probe is called fading, and the best survives a file") {
  auto run = circuit(), other = circuit();
  run->probe();
  write(*run, "blocks.1.attn.W_O", Weights(T, kWidth));
  CHECK(rings(run->probe(), AlarmKind::fading, {}));
  TensorFile file;
  REQUIRE(read_tensors(save_run(*run, Contents::checkpoint), file) == "");
  REQUIRE(load_run(file, *other) == "");
  CHECK(other->state().onset.best == Peak{1.0, 0});
}

TEST_CASE("without its first layer the circuit knows nothing: the loss is back and the induction role gone") {
  auto run = circuit();
  write(*run, "blocks.0.attn.W_O", Weights(T, kWidth));
  const ProbeRecord record = run->probe();
  CHECK(record.seen.loss_rep > 1.5);
  CHECK(record.heads[0].verdict.role == Role::previous_token);  // it still looks, but nothing is passed on
  CHECK(record.heads[1].verdict.role == Role::none);
}

TEST_CASE("without its second layer the circuit predicts evenly: a loss of exactly ln 16 everywhere") {
  auto run = circuit();
  write(*run, "blocks.1.attn.W_O", Weights(T, kWidth));
  const ProbeRecord record = run->probe();
  CHECK(record.seen.loss_rep == doctest::Approx(std::log(16.0)).epsilon(1e-6));
  CHECK(record.seen.loss_new == doctest::Approx(std::log(16.0)).epsilon(1e-6));
  CHECK(record.heads[1].verdict.role == Role::induction);  // it still finds the place
}

TEST_CASE("a head that looks a fixed distance back is no induction head, though it scores on rows of that period") {
  Config c = circuit_config();
  c.task = kind::task::repeat_fixed, c.period_max = 8;
  auto run = Run::create(c);
  REQUIRE(run != nullptr);
  write_embeddings(*run);
  write_previous_token_head(*run);
  Weights Q(kWidth, T), K(kWidth, T), zero(kWidth, T);
  for (uint32_t t = 0; t < T; ++t) {
    Q(kPosition + t, t) = kScore;
    if (t + 7 < T) K(kPosition + t, t + 7) = 1;
  }
  write(*run, "blocks.1.attn.W_Q", Q);
  write(*run, "blocks.1.attn.W_K", K);
  const ProbeRecord record = run->probe();
  const HeadRecord& fixed = record.heads[1];
  CHECK(fixed.scores.induction > 0.95);
  CHECK(fixed.verdict.role == Role::none);
  CHECK(rings(record, AlarmKind::position_only, 1));
}

TEST_CASE("in the hand-written circuit the second head hears the first by its keys alone, and copies nothing without it") {
  auto run = circuit();
  const auto parameters = run->cpu().region(run->trainer().program.parameter_region);
  const Sequence row = run->trainer().dataset.example();
  PathPatching model(run->config(), {}, {row.tokens}, parameters);
  const std::vector<PathEffect> found = path_effects(model);
  REQUIRE(found.size() == 1);
  CHECK(found[0].k > 0.4);  // at least half of the queries have something to find, and look evenly at all keys without it
  CHECK(found[0].q == 0);
  CHECK(found[0].v == 0);
  CHECK(found[0].k > 2 * found[0].k_chance);
  const uint32_t at = T - 2, right = static_cast<uint32_t>(row.targets[at]);
  const ComposedHead both = attribute_composition(model, {0, 0}, {1, 0}, at, {&right, 1});
  CHECK(both.logits[0] == doctest::Approx(kLogit * 15 / 16).epsilon(1e-4));  // over the mean of 16 logits
  CHECK(both.without[0] < kLogit / 3);
  const LogitAttribution parts = attribute_logits(model, {}, at, {&right, 1});
  REQUIRE(parts.parts.size() == 4);  // embedding, two heads, one pair
  CHECK(parts.parts[2].logits[0] == doctest::Approx(both.logits[0]));
  for (const size_t other : {0u, 1u, 3u}) CHECK(std::abs(parts.parts[other].logits[0]) < 1e-6);
}

TEST_CASE(
    "a head whose copy is given is told apart from its output matrix: its share of a logit is the copy, and no alarm asks for the matrix") {
  auto run = circuit();
  write(*run, "blocks.1.attn.W_O", Weights(T, kWidth));  // without it the head copies nothing
  const auto parameters = run->cpu().region(run->trainer().program.parameter_region);
  Intervention copy;
  REQUIRE(read_intervention("copy 1.0 12", copy).empty());
  const Sequence row = run->trainer().dataset.example();
  PathPatching model(run->config(), {copy}, {row.tokens}, parameters);
  const uint32_t at = T - 2, wanted[] = {static_cast<uint32_t>(row.targets[at]), row.tokens[at]};
  const LogitAttribution found = attribute_logits(model, {copy}, at, wanted);
  CHECK(found.not_by_path.find("copy 1.0 12") != std::string::npos);
  REQUIRE(found.parts.size() == 3);
  CHECK(found.parts[2].logits[0] > 10);
  for (const size_t token : {0u, 1u}) {
    double sum = 0;
    for (const LogitPart& part : found.parts) sum += part.logits[token];
    CHECK(sum == doctest::Approx(found.totals[token]).epsilon(1e-5));
  }
  const ProbeRecord record = Prober(run->config(), run->trainer().dataset, default_kernels<float>(), {copy}).measure(parameters);
  CHECK(record.heads[1].verdict.role == Role::induction);
  CHECK(record.seen.loss_rep < 0.1);
  CHECK_FALSE(rings(record, AlarmKind::harmless, 1));
}

}  // namespace test_circuit
