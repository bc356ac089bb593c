// The same bits by every way to them: fused and plain, each instruction set, any order of chunks, one thread or two.

#include <algorithm>
#ifndef __EMSCRIPTEN__
#include <thread>
#endif

#include "support/held.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

namespace test_bits {

using namespace induction;
using namespace induction::tests;

namespace {

Rows rows_of(const Config& c) { return {u32(c.batch), u32(c.n_ctx), u32(c.n_ctx)}; }

// Odd sizes that leave ragged tiles, lanes and chunks everywhere.
std::vector<Config> odd_configs() {
  std::vector<Config> list;
  Config c;
  c.n_heads = 3, c.d_model = 19, c.d_head = 6, c.d_vocab = 11, c.n_ctx = 21, c.batch = 11, c.period_min = 2, c.period_max = 9;
  list.push_back(c);
  c.positions = kind::positions::learned, c.norm = kind::norm::rms, c.smeared_keys = true, c.d_head = 5, c.d_vocab = 23;
  list.push_back(c);
  c.positions = kind::positions::alibi, c.norm = kind::norm::layer, c.tied_embedding = true, c.d_head = 17, c.n_ctx = 35, c.batch = 5;
  c.optimizer = kind::optimizer::sgd, c.grad_clip = 0.5;
  list.push_back(c);
  c.positions = kind::positions::shortformer, c.norm = kind::norm::none, c.d_model = 33, c.d_head = 1, c.n_ctx = 8, c.period_max = 4;
  c.optimizer = kind::optimizer::adam;
  list.push_back(c);
  c.positions = kind::positions::sinusoidal, c.n_heads = 1, c.n_layers = 1, c.d_head = 40, c.d_vocab = 40, c.batch = 1;
  list.push_back(c);
  c.positions = kind::positions::none, c.n_layers = 3, c.smeared_keys = false, c.batch = 17;
  list.push_back(c);
  c.d_mlp = 13, c.norm = kind::norm::layer, c.dropout = 0.2, c.positions = kind::positions::learned;
  list.push_back(c);
  c.dropout = 0, c.attention_dropout = 0.3, c.positions = kind::positions::t5, c.bidirectional = true, c.frozen_q = true;
  list.push_back(c);
  c.attention_dropout = 0, c.bidirectional = false, c.start_token = true, c.norm = kind::norm::none, c.positions = kind::positions::rotary;
  c.d_head = 6;
  list.push_back(c);
  return list;
}

template <class Real>
void start(Cpu<Real>& cpu, const Config& c) {
  initialise(c, cpu);
  perturb_parameters(cpu, 3);
  random_tokens(cpu, u32(c.d_vocab), 4);
}

void serial(uint32_t n, const Work& work) {
  for (uint32_t i = 0; i < n; ++i) work(i, 0);
}

// The state's bits after some training steps.
std::string after_steps(const Config& c, const KernelTable<float>& kernels, const Parallel& parallel, uint32_t threads = 1) {
  Trainer trainer(c);
  Cpu<float> cpu(trainer.program, threads, kernels);
  initialise(c, cpu);
  for (int i = 0; i < 6; ++i) trainer.train_step(cpu, parallel);
  REQUIRE(trainer.step == 6);
  return signature_of(cpu, trainer.step);
}

}  // namespace

TEST_CASE("the fused training program equals the plain one to the bit: logits, loss, patterns and every gradient") {
  for (const Config& c : odd_configs()) {
    CAPTURE(config_label(c));
    const Program fused = record_model(c, rows_of(c), Mode::training), plain = record_model(c, rows_of(c), Mode::plain);
    for (const auto* kernels : available_kernels()) {
      CAPTURE(kernels->name);
      Cpu<float> a(fused, 1, *kernels), b(plain, 1, *kernels);
      for (Cpu<float>* cpu : {&a, &b}) {
        start(*cpu, c);
        cpu->run(true);
        cpu->finish_gradient();
      }
      CHECK(same_bits(a.read(fused.logits), b.read(plain.logits)));
      CHECK(same_bits(a.read(fused.loss), b.read(plain.loss)));
      for (const char* name : {"blocks.0.attn.hook_pattern", "blocks.0.attn.hook_z", "blocks.0.hook_resid_post"})
        CHECK(same_bits(a.read(fused.find(name)), b.read(plain.find(name))));
      for (size_t p = 0; p < fused.parameters.size(); ++p) {
        CAPTURE(fused.tensors[fused.parameters[p]].name);
        CHECK(same_bits(a.read(fused.gradient[fused.parameters[p]]), b.read(plain.gradient[plain.parameters[p]])));
      }
    }
  }
}

TEST_CASE("every instruction set gives the same bits after several training steps") {
  for (const Config& c : odd_configs()) {
    CAPTURE(config_label(c));
    const std::string expected = after_steps(c, *choose_kernels("generic"), serial);
    for (const auto* kernels : available_kernels()) {
      CAPTURE(kernels->name);
      CHECK(after_steps(c, *kernels, serial) == expected);
    }
  }
}

TEST_CASE("an instruction set that nobody made is refused") {
  CHECK(choose_kernels("sse9") == nullptr);
  CHECK(choose_kernels("generic") != nullptr);
  CHECK(choose_kernels() != nullptr);
}

TEST_CASE("chunks may run in any order") {
  const Parallel backwards = [](uint32_t n, const Work& work) {
    for (uint32_t i = n; i-- > 0;) work(i, 0);
  };
  for (const Config& c : odd_configs())
    CHECK(after_steps(c, default_kernels<float>(), backwards) == after_steps(c, default_kernels<float>(), serial));
}

namespace {

// Losses and gradients of a Program whose thread's chunks share their places, against those of places of their own.
void check_shared_places(const Config& c, const Program& program) {
  const std::vector<double> weights = random_values(program.batch * program.length, 6);
  const auto begin = [&](Cpu<float>& cpu) {
    start(cpu, c);
    if (program.weights != kNoTensor) std::copy(weights.begin(), weights.end(), cpu.data(program.weights));
  };
  Cpu<float> apart(program);
  begin(apart);
  apart.run(true);
  apart.finish_gradient();
  for (const uint32_t threads : {1u, 2u, 1000u}) {  // so many that there is no place for each
    Cpu<float> shared(program, threads);
    begin(shared);
    for (uint32_t chunk = program.chunks; chunk-- > 0;) shared.train_chunk(chunk, chunk * 7 % threads);
    shared.finish_gradient();
    CHECK(same_bits(shared.read(program.loss), apart.read(program.loss)));
    for (const TensorId id : program.parameters) CHECK(same_bits(shared.read(program.gradient[id]), apart.read(program.gradient[id])));
    if (threads == 1 && program.chunks > 1) CHECK_FALSE(same_bits(shared.read(program.logits), apart.read(program.logits)));
  }
}

}  // namespace

TEST_CASE("where a thread's chunks share their places, losses and gradients have the bits that they have in places of their own") {
  for (const Config& c : odd_configs()) {
    CAPTURE(config_label(c));
    Rows rows = rows_of(c);
    check_shared_places(c, record_model(c, rows));
    rows.weighted = true;
    check_shared_places(c, record_model(c, rows));
  }
}

TEST_CASE("where a thread's chunks share their places, each sequence keeps what is held in it, and its patch") {
  Config c = held_config();
  c.batch = 19, c.n_layers = 3;
  const std::initializer_list<const char*> each[] = {{"ablate 0.1 resample"},
                                                     {"ablate 0.0 zero", "ablate 1.1 mean"},
                                                     {"clamp 0.1 match", "clamp 1.0 previous"},
                                                     {"clamp 0.0 given"},
                                                     {"path 0.1 k 1.1 0", "path 0.0 v 2.1 -0.5"},
                                                     {"copy 1.0 3", "clamp 1.0 match"},
                                                     {"ablate 1.0 pattern_preserving"}};
  for (const auto& texts : each) {
    CAPTURE(std::string(*texts.begin()));
    check_shared_places(c, record_model(c, rows_of(c), Mode::training, {{}, false, filled(c, texts)}));
  }
}

#ifndef __EMSCRIPTEN__
TEST_CASE("two threads give the bits of one") {
  const Parallel pair = [](uint32_t n, const Work& work) {
    std::vector<std::thread> threads;
    for (uint32_t thread = 0; thread < 2; ++thread)
      threads.emplace_back([&, thread] {
        for (uint32_t i = thread; i < n; i += 2) work(i, thread);
      });
    for (std::thread& thread : threads) thread.join();
  };
  for (const Config& c : odd_configs())
    CHECK(after_steps(c, default_kernels<float>(), pair, 2) == after_steps(c, default_kernels<float>(), serial));
}
#endif

TEST_CASE("the parameters lie alike in every Program of one Config, so regions can be copied between them") {
  for (const Config& c : odd_configs()) {
    const Program training = record_model(c, rows_of(c)), prompt = record_model(c, {1, 5, 4}, Mode::plain);
    REQUIRE(training.parameters.size() == prompt.parameters.size());
    CHECK(training.parameter_region.size == prompt.parameter_region.size);
    for (size_t p = 0; p < training.parameters.size(); ++p) {
      const Tensor &a = training.tensors[training.parameters[p]], &b = prompt.tensors[prompt.parameters[p]];
      CHECK(a.name == b.name);
      CHECK(a.offset - training.parameter_region.offset == b.offset - prompt.parameter_region.offset);
      CHECK(a.shape == b.shape);
      CHECK(a.stride == b.stride);
    }
  }
}

TEST_CASE("no two sequences see each other: a row's logits are the same bits alone and in a batch") {
  for (const Config& trained : odd_configs()) {
    const Config c = for_evaluation(trained);  // dropout drops otherwise in each row
    const Program many = record_model(c, rows_of(c)), one = record_model(c, {1, u32(c.n_ctx), u32(c.n_ctx)});
    Cpu<float> a(many), b(one);
    start(a, c);
    const auto parameters = a.region(many.parameter_region);
    std::copy(parameters.begin(), parameters.end(), b.region(one.parameter_region).begin());
    const size_t last = (many.batch - 1) * many.length;
    std::copy_n(a.data(many.tokens) + last, many.length, b.data(one.tokens));
    std::copy_n(a.data(many.targets) + last, many.length, b.data(one.targets));
    a.run(false), b.run(false);
    const std::vector<float> all = a.read(many.logits), alone = b.read(one.logits);
    CHECK(same_bits(std::span(all).last(alone.size()), alone));
  }
}

TEST_CASE("no position sees a later one, but without the causal mask: logits before a changed token keep their bits") {
  for (const Config& trained : odd_configs()) {
    const Config c = for_evaluation(trained);
    const Program program = record_model(c, rows_of(c));
    Cpu<float> cpu(program);
    start(cpu, c);
    cpu.run(false);
    const std::vector<float> before = cpu.read(program.logits);
    const uint32_t changed = program.length - 3;
    for (uint32_t b = 0; b < program.batch; ++b) {
      float& token = cpu.data(program.tokens)[b * program.length + changed];
      token = static_cast<float>((u32(static_cast<int64_t>(token)) + 1) % u32(c.d_vocab));
    }
    cpu.run(false);
    const std::vector<float> after = cpu.read(program.logits);
    const size_t row = program.length * static_cast<size_t>(token_count(c));
    for (size_t b = 0; b < program.batch; ++b) {
      const size_t seen = changed * static_cast<size_t>(token_count(c));
      CHECK(same_bits(std::span(before).subspan(b * row, seen), std::span(after).subspan(b * row, seen)) != c.bidirectional);
      CHECK_FALSE(same_bits(std::span(before).subspan(b * row + seen, row - seen), std::span(after).subspan(b * row + seen, row - seen)));
    }
  }
}

}  // namespace test_bits
