// Objectives: which positions a row asks, how much each counts, and what that makes of a training step.

#include <algorithm>
#include <numeric>

#include "support/support.hpp"
#include "trainer.hpp"

using namespace induction;
using namespace induction::tests;

namespace {

uint32_t u32(int64_t x) { return static_cast<uint32_t>(x); }

// [batch · n_ctx] each.
struct Filled {
  std::vector<float> tokens, targets, weights;
  Filled(const Config& c, uint64_t step) : tokens(static_cast<size_t>(c.batch * c.n_ctx)), targets(tokens), weights(tokens) {
    Dataset(c).fill(step, tokens.data(), targets.data(), weights.data());
  }
};

double sum_of(const std::vector<float>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

void serial(uint32_t n, const Work& work) {
  for (uint32_t i = 0; i < n; ++i) work(i, 0);
}

Config with_objective(kind::objective objective) {
  Config c = tiny_config();
  c.objective = objective;
  return c;
}

}  // namespace

TEST_CASE("the objective inducible asks inducible positions only, query the last position only, of the same tokens") {
  Config c;
  const Dataset next(c);
  for (const auto objective : {kind::objective::inducible, kind::objective::query}) {
    c.objective = objective;
    const Dataset data(c);
    std::vector<Sequence> rows = data.held_out(16), plain = next.held_out(16);
    for (uint32_t i = 0; i < 16; ++i) rows.push_back(data.row(Stream::train, 3, i)), plain.push_back(next.row(Stream::train, 3, i));
    for (size_t i = 0; i < rows.size(); ++i) {
      CHECK(rows[i].tokens == plain[i].tokens);
      for (uint32_t t = 0; t < c.n_ctx; ++t) {
        const bool asked = objective == kind::objective::query ? t == c.n_ctx - 1 : plain[i].inducible[t] == 1;
        CHECK(rows[i].targets[t] == (asked ? plain[i].targets[t] : kNoTarget));
        CHECK(rows[i].inducible[t] == (asked ? plain[i].inducible[t] : 0));
      }
    }
  }
}

TEST_CASE("the weights of a batch add up to 1 and are 0 where there is no target") {
  for (const auto objective : {kind::objective::next, kind::objective::inducible, kind::objective::query})
    for (const double power : {0.0, -1.0, 2.5}) {
      Config c = with_objective(objective);
      c.inducible_weight = 3, c.position_power = power;
      const Filled batch(c, 5);
      CHECK(sum_of(batch.weights) == doctest::Approx(1).epsilon(1e-6));  // 24 roundings of 6e-8 at most
      for (size_t i = 0; i < batch.targets.size(); ++i) CHECK((batch.weights[i] > 0) == (batch.targets[i] >= 0));
    }
}

TEST_CASE("an inducible position weighs inducible_weight times as much as another, and position t (t + 1)^position_power as much as 0") {
  Config c = tiny_config();
  c.inducible_weight = 5;
  const Filled batch(c, 2);
  for (uint32_t b = 0; b < c.batch; ++b) {
    const Sequence row = Dataset(c).row(Stream::train, 2, b);
    for (uint32_t t = 0; t < c.n_ctx; ++t)
      CHECK(batch.weights[b * u32(c.n_ctx) + t] == doctest::Approx(batch.weights[0] * (row.inducible[t] ? 5 : 1)).epsilon(1e-6));
  }
  c.inducible_weight = 1;
  for (const double power : {-2.0, 0.5, 3.0}) {
    c.position_power = power;
    const Filled rising(c, 2);
    for (uint32_t t = 0; t < c.n_ctx; ++t)
      CHECK(rising.weights[t] == doctest::Approx(rising.weights[0] * std::pow(t + 1, power)).epsilon(1e-6));
  }
}

TEST_CASE("a batch in which nothing counts has weights 0, and a step on it moves nothing but by decay") {
  const std::vector<double> none(6);
  std::vector<float> weights(6, 7);
  normalise_weights(none, weights.data());
  CHECK(weights == std::vector<float>(6, 0));
  Config c = tiny_config();
  c.inducible_weight = 0, c.weight_decay = 0, c.task = kind::task::repeat_fixed, c.period_max = 7, c.n_ctx = 8,
  c.objective = kind::objective::query;
  REQUIRE(problems(c).empty());  // the query is inducible, so it weighs nothing
  Trainer trainer(c);
  Cpu<float> cpu(trainer.program);
  initialise(c, cpu);
  const auto before = copy_of(cpu, trainer.program.parameter_region);
  CHECK(trainer.train_step(cpu, serial) == 0);
  CHECK(same_bits(copy_of(cpu, trainer.program.parameter_region), before));
}

TEST_CASE("a Program has weights only where positions count differently, and then the device does not draw") {
  Config c = tiny_config();
  CHECK(Trainer(c).program.weights == kNoTensor);
  CHECK(Dataset(c).drawn_on_device());
  const auto check_weighted = [](const Config& config) {
    CHECK(Trainer(config).program.weights != kNoTensor);
    CHECK_FALSE(Dataset(config).drawn_on_device());
  };
  check_weighted(with_objective(kind::objective::inducible));
  check_weighted(with_objective(kind::objective::query));
  Config heavy = c;
  heavy.inducible_weight = 2;
  check_weighted(heavy);
  Config rising = c;
  rising.position_power = 1;
  check_weighted(rising);
}

TEST_CASE("the loss of a training step is the mean over the asked positions") {
  Config c = with_objective(kind::objective::query);
  Trainer trainer(c);
  Cpu<float> cpu(trainer.program);
  initialise(c, cpu);
  const double trained = trainer.train_step(cpu, serial);
  const std::vector<float> losses = cpu.read(trainer.program.loss);
  double sum = 0;
  for (uint32_t b = 0; b < c.batch; ++b)
    for (uint32_t t = 0; t < c.n_ctx; ++t) {
      const float loss = losses[b * u32(c.n_ctx) + t];
      CHECK((loss != 0) == (t == c.n_ctx - 1));
      sum += loss;
    }
  CHECK(trained == doctest::Approx(sum / static_cast<double>(c.batch)).epsilon(1e-6));
}

TEST_CASE("equal weights train as no weights do") {
  Config c = tiny_config();
  Trainer plain(c), weighted(c);
  const uint32_t length = u32(c.n_ctx);
  weighted.program = record_model(c, {u32(c.batch), length, length, true});
  std::vector<std::vector<double>> after;
  for (Trainer* trainer : {&plain, &weighted}) {
    Cpu<float> cpu(trainer->program);
    initialise(c, cpu);
    for (int i = 0; i < 5; ++i) trainer->train_step(cpu, serial);
    after.push_back(as_double(copy_of(cpu, trainer->program.parameter_region)));
  }
  CHECK(relative_distance(after[1], after[0]) <= 1e-6);  // the mean loss alone is added up in another order
}

TEST_CASE("a model is asked with plain cross-entropy, whatever it was trained with, and its parameters lie where they lay") {
  Config c = with_objective(kind::objective::inducible);
  c.loss_kind = kind::loss_kind::brier, c.label_smoothing = 0.2;
  const uint32_t length = u32(c.n_ctx);
  const Program asked = record_model(for_evaluation(c), {4, length, length}), plain = record_model(tiny_config(), {4, length, length});
  REQUIRE(asked.forward.size() == plain.forward.size());
  CHECK(asked.forward.back().kernel == Kernel::cross_entropy);
  CHECK(asked.forward.back().value[0] == 0);
  CHECK(asked.weights == kNoTensor);
  CHECK(asked.parameter_region.size == Trainer(c).program.parameter_region.size);
}
