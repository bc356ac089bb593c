// Configurations and numbers at the edge of what is allowed: training goes on with finite numbers, or stops with a sentence.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "data/corpus.hpp"
#include "run.hpp"
#include "snapshot.hpp"
#include "support/support.hpp"

namespace test_stress {

using namespace induction;
using namespace induction::tests;

namespace {

bool finite(Run& run) {
  const State state = run.state();
  for (const auto* part : {&state.parameters, &state.moment1, &state.moment2})
    if (!std::all_of(part->begin(), part->end(), [](float x) { return std::isfinite(x); })) return false;
  return true;
}

// Several steps and a probe: finite numbers all the way, or one sentence and finite numbers before it.
void check_trains(const Config& c, uint64_t steps) {
  auto run = Run::create(c);
  REQUIRE(run);
  const Run::Report report = run->advance(steps);
  CHECK(finite(*run));
  if (report.stopped.empty()) {
    CHECK(report.step == steps);
    CHECK(std::isfinite(report.loss));
  } else {
    CHECK(report.stopped.starts_with("Training stopped at step "));
    CHECK(report.stopped.ends_with("."));
    CHECK(report.step < steps);
  }
  const ProbeRecord record = run->probe();
  CHECK(std::isfinite(record.seen.loss));
}

// A sentence about a knob that is wrong, or a run.
void check_refused_or_trains(const Config& c) {
  CAPTURE(config_label(c));
  const Problems found = problems(c);
  for (const Problem& problem : found) {
    REQUIRE(find_knob(problem.knob));
    CHECK(problem.message.starts_with(problem.knob + " is " + value_text(*find_knob(problem.knob), c) + "; "));
  }
  if (found.empty()) check_trains(c, 2);
}

Config small_batch() {
  Config c;
  c.batch = 4;
  return c;
}

// A small Config in which the knob does something.
Config where_shown(const Knob& knob) {
  Config c = small_batch();
  const Knob& task = *find_knob("task");
  for (uint32_t i = 0; i < task.options.size() && !knob.shown(c); ++i) task.set(c, i);
  if (!knob.shown(c)) c.norm = kind::norm::rms;
  if (!knob.shown(c)) c.d_mlp = 8;
  if (!knob.shown(c)) c.optimizer = kind::optimizer::muon;
  if (!knob.shown(c)) c.bidirectional = true, c.objective = kind::objective::masked;
  if (own_data(c)) c.task = kind::task::repeat;
  return c;
}

}  // namespace

TEST_CASE("each knob at either end of its range is refused with a sentence or trains, where it does something and where it does nothing") {
  for (const Knob& knob : knobs()) {
    CAPTURE(std::string(knob.name));
    for (const double value : {knob.min, knob.max})
      for (Config c : {small_batch(), where_shown(knob)}) {
        knob.set(c, value);
        if (!own_data(c)) check_refused_or_trains(c);
      }
  }
}

// Every knob at one end of its range; what problems() then names goes back to its default.
Config all_at(double (*end)(const Knob&)) {
  Config c;
  for (const Knob& knob : knobs()) knob.set(c, end(knob));
  for (Problems found = problems(c); !found.empty(); found = problems(c))
    for (const Problem& problem : found) {
      const Knob& knob = *find_knob(problem.knob);
      REQUIRE(knob.get(c) != knob.get(Config{}));
      knob.set(c, knob.get(Config{}));
    }
  return c;
}

TEST_CASE("with every knob at its smallest a run goes on, at a blind guess between two tokens") {
  const Config c = all_at([](const Knob& knob) { return knob.min; });
  CHECK(config_label(c).find("n_layers 1, n_heads 1, d_model 8") != std::string::npos);
  check_trains(c, 20);
  auto run = Run::create(c);
  run->advance(20);
  for (const double loss : run->probe().loss_by_position) CHECK(loss == doctest::Approx(std::log(2.0)).epsilon(1e-6));
}

TEST_CASE("with every knob at its largest there is not enough memory, and with small sizes a run goes on or stops with a sentence") {
  Config c = all_at([](const Knob& knob) { return knob.max; });
  CHECK(c.batch * c.n_ctx * c.d_model == 1024 * 256 * 256);
  CHECK(Run::create(c) == nullptr);
  c.batch = 2, c.n_layers = 2, c.n_heads = 3, c.d_model = 17, c.d_head = 11, c.d_vocab = 41, c.n_ctx = 40, c.d_mlp = 19;
  c.tokens_used = c.tokens_first = 0, c.arms = 26;
  for (const auto optimizer :
       {kind::optimizer::sgd, kind::optimizer::adam, kind::optimizer::adamw, kind::optimizer::lion, kind::optimizer::muon})
    for (const int64_t warmup : {c.warmup_steps, int64_t{0}}) {
      c.optimizer = optimizer, c.warmup_steps = warmup;
      REQUIRE(problems(c).empty());
      check_trains(c, 5);
    }
}

TEST_CASE(
    "a learning rate of 1e3, a weight decay of 1e3, and both, with every optimiser: finite numbers, or a sentence and the state before") {
  for (const double lr : {1e-2, 1e3})
    for (const double decay : {0.0, 1e3})
      for (const auto optimizer :
           {kind::optimizer::sgd, kind::optimizer::adam, kind::optimizer::adamw, kind::optimizer::lion, kind::optimizer::muon})
        for (const kind::norm norm : {kind::norm::none, kind::norm::layer}) {
          Config c = tiny_config();
          c.lr = lr, c.weight_decay = decay, c.optimizer = optimizer, c.norm = norm, c.warmup_steps = 0, c.grad_clip = 0;
          CAPTURE(config_label(c));
          check_trains(c, 300);
        }
}

TEST_CASE("a vocabulary of one token and a context of one are refused with a sentence") {
  Config c;
  c.d_vocab = 1;
  CHECK(says(problems(c), "d_vocab", "d_vocab is 1; it must be a whole number from 2 to 4096"));
  c = Config{};
  c.n_ctx = 1;
  CHECK(says(problems(c), "n_ctx", "n_ctx is 1; it must be a whole number from 8 to 256"));
}

TEST_CASE("data of equal tokens is learned, and no head is given a role for what any pattern would do") {
  Config c = tiny_config();
  c.task = kind::task::tokens, c.d_vocab = 4, c.n_ctx = 16;
  std::string text = "[2";
  for (int i = 1; i < 400; ++i) text += ",2";
  text += "]";
  auto corpus = std::make_shared<Corpus>();
  REQUIRE(read_corpus({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, c, c.d_vocab, *corpus) == "");
  REQUIRE(problems(c).empty());
  auto run = Run::create(c, 1, {}, default_kernels<float>(), corpus);
  REQUIRE(run);
  for (int i = 0; i < 5; ++i) {
    CHECK(run->advance(40).stopped == "");
    const ProbeRecord record = run->probe();
    CHECK(std::isfinite(record.seen.loss));
    CHECK(record.seen.loss >= 0);
    for (const HeadRecord& head : record.heads) CHECK(head.verdict.role == Role::none);
    if (i == 4) CHECK(record.seen.loss < 0.01);
  }
}

// ---- Subnormal numbers: below 1.2e-38, with fewer and fewer digits, down to 1.4e-45 ----

constexpr double kSmallest = std::numeric_limits<float>::denorm_min();

TEST_CASE("subnormal weights in a file are loaded, saved and trained with the same bits by every instruction set and in WebAssembly") {
  Config c = tiny_config();
  c.norm = kind::norm::rms, c.positions = kind::positions::learned, c.d_mlp = 6;
  std::string expected;
  for (const auto* kernels : available_kernels()) {
    CAPTURE(kernels->name);
    auto run = Run::create(c, 1, {}, *kernels);
    REQUIRE(run);
    State state = run->state();
    for (auto* part : {&state.parameters, &state.moment1})
      for (size_t i = 0; i < part->size(); i += 2) (*part)[i] = static_cast<float>((*part)[i] * 1e-39);
    for (size_t i = 0; i < state.moment2.size(); ++i)  // 0 between tensors
      state.moment2[i] = static_cast<float>(state.parameters[i] == 0 ? 0 : kSmallest * static_cast<double>(i % 7));
    state.step = 3;
    REQUIRE(run->restore(state));
    TensorFile file;
    const std::vector<uint8_t> bytes = save_run(*run, Contents::checkpoint);
    REQUIRE(read_tensors(bytes, file) == "");
    auto again = Run::create(c, 1, {}, *kernels);
    REQUIRE(load_run(file, *again) == "");
    CHECK(same_bits(again->state().parameters, state.parameters));
    CHECK(same_bits(again->state().moment2, state.moment2));
    CHECK(again->advance(7).stopped == "");
    CHECK(finite(*again));
    if (expected.empty()) expected = again->signature();
    CHECK(again->signature() == expected);
  }
  CHECK(expected == "a661846b7840c2b1");  // of every build, on every machine
}

TEST_CASE("nothing flushes subnormal numbers to zero: logits of a subnormal W_U are those of double, to the last place of each term") {
  Config c = tiny_config();
  const uint32_t length = static_cast<uint32_t>(c.n_ctx);
  const Program program = record_model(c, {2, length, length});
  for (const auto* kernels : available_kernels()) {
    CAPTURE(kernels->name);
    Cpu<float> cpu(program, 1, *kernels);
    Cpu<double> reference(program);
    initialise(c, cpu);
    const auto shrink = [&](const char* name, double factor) {
      std::vector<float> values = cpu.read(program.find(name));
      for (float& x : values) x = static_cast<float>(x * factor);
      cpu.write(program.find(name), values);
    };
    shrink("unembed.W_U", 1e-39);
    random_tokens(cpu, static_cast<uint32_t>(c.d_vocab), 5);
    const auto parameters = cpu.region(program.parameter_region);
    std::copy(parameters.begin(), parameters.end(), reference.region(program.parameter_region).begin());
    random_tokens(reference, static_cast<uint32_t>(c.d_vocab), 5);
    cpu.run(false), reference.run(false);
    const std::vector<float> logits = cpu.read(program.logits);
    const std::vector<double> expected = reference.read(program.logits);
    size_t subnormal = 0;
    for (size_t i = 0; i < logits.size(); ++i) {
      subnormal += std::fpclassify(logits[i]) == FP_SUBNORMAL;
      // Each of d_model products and sums is rounded to a multiple of the smallest number.
      CHECK(std::abs(logits[i] - expected[i]) <= 2 * static_cast<double>(c.d_model) * kSmallest);
    }
    CHECK(subnormal == logits.size());
  }
}

}  // namespace test_stress
