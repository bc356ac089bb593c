// Objectives: which positions a row asks, how much each counts, and what that makes of a training step.

#include <algorithm>
#include <numeric>

#include "support/support.hpp"
#include "trainer.hpp"

namespace test_objective {

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
  REQUIRE(says(problems(c), "inducible_weight", "nothing is learned"));  // the query is inducible, so it weighs nothing
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

namespace {

Config masked_config() {
  Config c;
  c.objective = kind::objective::masked;
  return c;
}

}  // namespace

TEST_CASE("masked rows hold the mask token at mask_share of the places, and the original token there is the target") {
  Config c = masked_config(), plain = c;
  plain.objective = kind::objective::next;
  for (const double share : {0.001, 0.15, 0.5, 0.9}) {
    c.mask_share = share;
    const Dataset data(c), before(plain);
    for (uint32_t i = 0; i < 20; ++i) {
      const Sequence row = data.row(Stream::train, 1, i), original = before.row(Stream::train, 1, i);
      uint32_t masked = 0;
      for (uint32_t t = 0; t < c.n_ctx; ++t) {
        const bool here = row.tokens[t] == 16;  // the first number after d_vocab
        masked += here;
        CHECK(row.targets[t] == (here ? static_cast<int32_t>(original.tokens[t]) : kNoTarget));
        if (!here) CHECK(row.tokens[t] == original.tokens[t]);
        if (row.inducible[t]) CHECK(here);
      }
      CHECK(masked == std::max(1.0, std::round(share * 32)));
      CHECK(row.targets[row.query] != kNoTarget);
    }
  }
}

TEST_CASE("every place is masked about as often, and the same row of another step is masked elsewhere") {
  Config c = masked_config();
  c.mask_share = 0.25;
  const Dataset data(c);
  std::vector<double> count(32);
  for (uint32_t i = 0; i < 2000; ++i) {
    const Sequence row = data.row(Stream::train, i / 32, i % 32);
    for (uint32_t t = 0; t < 32; ++t) count[t] += row.targets[t] != kNoTarget;
  }
  double chi = 0;
  for (const double n : count) chi += (n - 500) * (n - 500) / 500;
  CHECK(chi < 61.1);  // 31 degrees of freedom, 99.9 %; drawing without replacement makes it smaller still
  CHECK(data.row(Stream::train, 0, 3).tokens != data.row(Stream::train, 1, 3).tokens);
  CHECK(data.row(Stream::train, 0, 3).tokens == Dataset(c).row(Stream::train, 0, 3).tokens);
}

TEST_CASE("a masked token is inducible when a copy of it stands unmasked beside a visible neighbour that both share") {
  Config c = masked_config();
  c.task = kind::task::repeat_fixed, c.period_max = 8, c.without_replacement = true, c.d_vocab = 8, c.n_ctx = 16, c.mask_share = 0.4;
  const Dataset data(c);
  uint32_t inducible = 0, not_inducible = 0;
  for (uint32_t i = 0; i < 200; ++i) {
    const Sequence row = data.row(Stream::train, 0, i);
    const auto visible = [&](uint32_t t) { return row.tokens[t] != 8; };
    for (uint32_t t = 0; t < 16; ++t) {
      if (visible(t)) continue;
      const uint32_t twin = (t + 8) % 16;  // each token stands twice, 8 apart
      const bool left = t > 0 && twin > 0 && visible(t - 1) && visible(twin - 1);
      const bool right = t < 15 && twin < 15 && visible(t + 1) && visible(twin + 1);
      // Across the seam the block goes on with its first token: a neighbour of one copy only, as 7 and 8 are.
      CHECK((row.inducible[t] == 1) == (visible(twin) && (left || right)));
      ++(row.inducible[t] ? inducible : not_inducible);
      const auto keys = data.sources(row, t);
      CHECK((std::find(keys.begin(), keys.end(), twin) != keys.end()) == (row.inducible[t] == 1));
    }
  }
  CHECK(inducible > 100);
  CHECK(not_inducible > 100);
}

TEST_CASE("in a chain nothing masked is inducible, for the task copies nothing") {
  Config c = masked_config();
  c.task = kind::task::bigram;
  for (const Sequence& row : Dataset(c).held_out(20)) CHECK(std::count(row.inducible.begin(), row.inducible.end(), 1) == 0);
}

TEST_CASE("the mask token is one more row of W_E, also where the model is only asked") {
  const Config c = masked_config();
  CHECK(token_count(c) == c.d_vocab + 1);
  CHECK(token_count(for_evaluation(c)) == c.d_vocab + 1);
  CHECK(Dataset(c).label(16) == "_");
  CHECK(Dataset(c).label(15) == "15");
}

}  // namespace test_objective
