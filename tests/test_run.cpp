// A running model: resuming, restoring, live knobs, running away, and the golden signature.

#include <algorithm>

#include "snapshot.hpp"
#include "support/support.hpp"

namespace test_run {

using namespace induction;
using namespace induction::tests;

namespace {

Config small_config() {
  Config c = tiny_config();
  c.positions = kind::positions::learned, c.norm = kind::norm::layer, c.smeared_keys = true;
  c.batch = 9, c.steps = 60, c.warmup_steps = 5, c.schedule = kind::schedule::cosine, c.grad_clip = 1.0;
  return c;
}

std::unique_ptr<Run> run_of(const Config& c) {
  REQUIRE(problems(c).empty());
  auto run = Run::create(c);
  REQUIRE(run != nullptr);
  return run;
}

bool finite(const State& state) {
  const auto all = [](const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
  };
  return all(state.parameters) && all(state.moment1) && all(state.moment2);
}

TensorFile parsed(const std::vector<uint8_t>& bytes) {
  TensorFile file;
  REQUIRE(read_tensors(bytes, file) == "");
  return file;
}

}  // namespace

TEST_CASE("the default model's signature after 200 steps is the golden one in every build") {
  const std::vector<uint8_t> bytes = read_bytes(golden_path("signature.txt"));
  std::string golden(bytes.begin(), bytes.end());
  while (!golden.empty() && golden.back() <= ' ') golden.pop_back();
  auto run = run_of(Config{});
  const Run::Report report = run->advance(200);
  CHECK(report.stopped == "");
  CHECK(report.step == 200);
  CHECK(run->signature() == golden);
}

TEST_CASE("probing does not change the run") {
  auto probed = run_of(small_config()), alone = run_of(small_config());
  for (int i = 0; i < 4; ++i) {
    probed->advance(3), alone->advance(3);
    probed->probe();
  }
  CHECK(probed->signature() == alone->signature());
}

TEST_CASE("a run resumed from a file at an odd step is bit-equal to the uninterrupted one, for every optimiser") {
  for (const auto optimizer : {kind::optimizer::sgd, kind::optimizer::adam, kind::optimizer::adamw}) {
    Config c = small_config();
    c.optimizer = optimizer;
    auto whole = run_of(c), first = run_of(c);
    first->advance(13);
    first->probe();
    const TensorFile file = parsed(save_run(*first, Contents::checkpoint));
    CHECK(file.metadata.at("signature") == first->signature());
    Config from_file;
    REQUIRE(config_of(file, from_file) == "");
    CHECK(from_file == c);
    auto second = run_of(from_file);
    REQUIRE(load_run(file, *second) == "");
    CHECK(second->step() == 13);
    CHECK(second->signature() == first->signature());
    second->advance(18), whole->advance(31);
    CHECK(second->signature() == whole->signature());
  }
}

TEST_CASE("a model file brings the parameters but not the optimiser's state") {
  auto run = run_of(small_config()), other = run_of(small_config());
  run->advance(7);
  REQUIRE(load_run(parsed(save_run(*run, Contents::model)), *other) == "");
  CHECK(same_bits(other->state().parameters, run->state().parameters));
  CHECK(other->state().moment1 == std::vector<float>(run->state().moment1.size(), 0.0f));
  CHECK(other->step() == 7);
}

TEST_CASE("onsets survive a file") {
  auto run = run_of(small_config()), other = run_of(small_config());
  State state = run->state();
  state.step = 40, state.onset = {25, std::nullopt};
  run->restore(state);
  REQUIRE(load_run(parsed(save_run(*run, Contents::checkpoint)), *other) == "");
  CHECK(other->state().onset.previous_token == 25);
  CHECK_FALSE(other->state().onset.induction.has_value());
}

TEST_CASE("restoring a state goes back bit-equally, and going on gives the same run again") {
  auto run = run_of(small_config());
  run->advance(5);
  const State state = run->state();
  run->advance(12);
  const std::string later = run->signature();
  run->restore(state);
  CHECK(run->step() == 5);
  run->advance(12);
  CHECK(run->signature() == later);
}

TEST_CASE("another seed gives another run, the same seed the same") {
  Config c = small_config();
  auto a = run_of(c), b = run_of(c);
  c.seed = 1;
  auto other = run_of(c);
  for (Run* run : {a.get(), b.get(), other.get()}) run->advance(3);
  CHECK(a->signature() == b->signature());
  CHECK(a->signature() != other->signature());
}

TEST_CASE("a live knob applies at once and leaves the step; a rebuild knob and a bad value are refused with nothing changed") {
  auto run = run_of(small_config());
  run->advance(4);
  Config wanted = run->config();
  wanted.lr = 0.0, wanted.weight_decay = 0.0, wanted.schedule = kind::schedule::constant;
  CHECK(run->set(wanted).empty());
  CHECK(run->config() == wanted);
  const State before = run->state();
  run->advance(1);
  CHECK(run->step() == 5);
  CHECK(same_bits(run->state().parameters, before.parameters));  // no rate, no movement
  Config changed = wanted;
  changed.lr = 0.5, changed.d_model = 16;
  const Problems found = run->set(changed);
  REQUIRE(found.size() == 1);
  CHECK(says(found, "d_model", "needs a new run"));
  changed = wanted;
  changed.lr = -1;
  CHECK(says(run->set(changed), "lr", "must be"));
  CHECK(run->config() == wanted);
}

TEST_CASE("every knob keeps its promise: live ones are taken by a running model, rebuild ones refused") {
  auto run = run_of(small_config());
  for (const Knob& knob : knobs()) {
    CAPTURE(std::string(knob.name));
    Config wanted = run->config();
    const double now = knob.get(wanted);
    knob.set(wanted, now == knob.max ? now - 1 : knob.type == KnobType::real ? (now + knob.min) / 2 : now + 1);
    if (knob.get(wanted) == now) knob.set(wanted, knob.type == KnobType::real ? 0.25 : knob.min);
    REQUIRE(knob.get(wanted) != now);
    const bool valid = problems(wanted).empty();
    CHECK(run->set(wanted).empty() == (knob.live && valid));
  }
}

TEST_CASE("numbers that run away stop training with a sentence, and the model is back at a finite state") {
  for (const auto optimizer : {kind::optimizer::sgd, kind::optimizer::adamw}) {
    Config c = small_config();
    c.optimizer = optimizer, c.norm = kind::norm::none, c.warmup_steps = 0, c.schedule = kind::schedule::constant, c.grad_clip = 0;
    c.lr = 1000;
    auto run = run_of(c);
    const State start = run->state();
    const Run::Report report = run->advance(1000);
    CAPTURE(report.stopped);
    REQUIRE(report.stopped != "");
    CHECK(report.stopped.starts_with("Training stopped at step "));
    CHECK(report.stopped.find("learning rate (lr) is too high") != std::string::npos);
    CHECK(report.stopped.find("back at step " + std::to_string(report.step)) != std::string::npos);
    CHECK(report.step == run->step());
    CHECK(finite(run->state()));
    if (report.step == 0) CHECK(same_bits(run->state().parameters, start.parameters));
    // With a sane rate the same run goes on from there.
    c.lr = 0.001;
    REQUIRE(run->set(c).empty());
    CHECK(run->advance(3).stopped == "");
    CHECK(finite(run->state()));
  }
}

TEST_CASE("a run that blows up after a restore goes back to the restored state, not to one before it") {
  Config c = small_config();
  auto source = run_of(c), run = run_of(c);
  source->advance(7);
  run->restore(source->state());
  c.lr = 1000, c.grad_clip = 0, c.weight_decay = 1000;  // lr · weight_decay = 1e6: every step multiplies the weights by it
  REQUIRE(run->set(c).empty());
  CHECK(run->advance(100).stopped != "");
  CHECK(run->step() == 7);
  CHECK(run->signature() == source->signature());
}

TEST_CASE("training lowers the loss") {
  Config c = small_config();
  c.norm = kind::norm::none, c.lr = 0.02, c.schedule = kind::schedule::constant;
  auto run = run_of(c);
  const double before = run->probe().seen.loss;
  const Run::Report report = run->advance(150);
  CHECK(report.loss < 0.8 * before);
  CHECK(run->probe().seen.loss_rep < 0.8 * before);
}

TEST_CASE("the memory a run needs is known before it is taken, and the largest Config is refused without wrapping around") {
  for (const Preset& preset : presets()) {
    const uint64_t bytes = memory_needed(preset.config);
    CHECK(bytes > 1'000'000);
    CHECK(bytes < 100'000'000);
  }
  Config c;
  c.n_layers = 4, c.n_heads = 16, c.d_model = 256, c.d_head = 256, c.d_vocab = 4096, c.n_ctx = 256, c.batch = 1024;
  REQUIRE(problems(c).empty());
  CHECK(memory_needed(c) > 4 * uint64_t{UINT32_MAX});
  CHECK(Run::create(c) == nullptr);
}

}  // namespace test_run
