// Frozen parameters keep their bits, and the others train as if nothing else were there.

#include <algorithm>

#include "freeze.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

namespace test_freeze {

using namespace induction;
using namespace induction::tests;

namespace {

using Values = std::vector<float>;

Config small_config(kind::optimizer optimizer) {
  Config c = tiny_config();
  c.optimizer = optimizer, c.weight_decay = 0.3, c.grad_clip = 0.5, c.warmup_steps = 0, c.norm = kind::norm::layer;
  return c;
}

Program frozen_program(const Config& c, const Extras& extras) {
  const auto length = static_cast<uint32_t>(c.n_ctx);
  return record_model(c, {static_cast<uint32_t>(c.batch), length, length}, Mode::training, extras);
}

void begin(Cpu<float>& cpu, const Config& c) {
  initialise(c, cpu);
  random_tokens(cpu, static_cast<uint32_t>(c.d_vocab), 5);
}

void train(Cpu<float>& cpu, const Config& c, uint64_t from, uint64_t steps) {
  for (uint64_t step = from; step < from + steps; ++step) {
    cpu.run(true);
    cpu.finish_gradient();
    cpu.apply(hyper_at(c, step));
  }
}

// A parameter and its two moments.
std::vector<Values> state_of(const Cpu<float>& cpu, TensorId id) {
  const Program& program = cpu.program();
  std::vector<Values> parts;
  for (const Region& region : {program.parameter_region, program.moment1_region, program.moment2_region}) {
    Tensor tensor = program.tensors[id];
    tensor.offset += region.offset - program.parameter_region.offset;
    parts.push_back(cpu.read(tensor));
  }
  return parts;
}

constexpr kind::optimizer kOptimisers[] = {kind::optimizer::sgd, kind::optimizer::adam, kind::optimizer::adamw};

}  // namespace

TEST_CASE("a frozen parameter and its moments keep their bits under every optimiser, decay and clipping included; the others move") {
  for (const auto optimizer : kOptimisers) {
    const Config c = small_config(optimizer);
    const Program program = frozen_program(c, {{{"blocks.0"}, {"unembed.W_U"}}, false});
    Cpu<float> cpu(program);
    begin(cpu, c);
    std::vector<std::vector<Values>> before;
    for (const TensorId id : program.parameters) before.push_back(state_of(cpu, id));
    train(cpu, c, 0, 3);
    for (size_t p = 0; p < program.parameters.size(); ++p) {
      const std::string& name = program.tensors[program.parameters[p]].name;
      CAPTURE(name);
      const bool frozen = name.starts_with("blocks.0.") || name == "unembed.W_U";
      CHECK((state_of(cpu, program.parameters[p]) == before[p]) == frozen);
    }
  }
}

TEST_CASE("freezing one head freezes its share of each matrix and no other float") {
  const Config c = small_config(kind::optimizer::adamw);
  const Program program = frozen_program(c, {{{"blocks.1.attn", 1}}, false});
  Cpu<float> cpu(program);
  begin(cpu, c);
  std::vector<Values> before;
  for (const TensorId id : program.parameters) before.push_back(cpu.read(id));
  train(cpu, c, 0, 2);
  for (size_t p = 0; p < program.parameters.size(); ++p) {
    const Tensor& tensor = program.tensors[program.parameters[p]];
    CAPTURE(tensor.name);
    const Values after = cpu.read(tensor);
    const size_t share = tensor.name.starts_with("blocks.1.attn.") ? tensor.elements() / 2 : 0;  // the second of two heads
    for (size_t i = 0; i < after.size(); ++i) CHECK((after[i] == before[p][i]) == (i >= after.size() - share));
  }
}

TEST_CASE("clipping measures the gradient of what is trained alone") {
  Config c = small_config(kind::optimizer::sgd);
  const Program program = frozen_program(c, {{{"embed"}, {"blocks"}, {"ln_final"}}, false});
  Cpu<float> cpu(program);
  begin(cpu, c);
  cpu.run(true);
  cpu.finish_gradient();
  double sum = 0;
  for (const float g : cpu.read(program.gradient[program.find("unembed.W_U")])) sum += static_cast<double>(g) * static_cast<double>(g);
  CHECK(static_cast<double>(cpu.data(program.statistics)[kGradientNorm]) == doctest::Approx(std::sqrt(sum)).epsilon(1e-6));
}

TEST_CASE("a freezable Program with nothing frozen trains to the same bits as one without, and can be frozen while it trains") {
  for (const auto optimizer : kOptimisers) {
    const Config c = small_config(optimizer);
    const Program plain = frozen_program(c, {}), freezable = frozen_program(c, {{}, true});
    Cpu<float> a(plain), b(freezable);
    begin(a, c), begin(b, c);
    train(a, c, 0, 3), train(b, c, 0, 3);
    CHECK(same_bits(copy_of(a, plain.parameter_region), copy_of(b, freezable.parameter_region)));
    const std::vector<double> mask = trainable_values(freezable, {{"embed.W_E"}});
    b.write(freezable.trainable, Values(mask.begin(), mask.end()));
    const TensorId W_E = freezable.find("embed.W_E"), W_U = freezable.find("unembed.W_U");
    const auto held = state_of(b, W_E), moving = state_of(b, W_U);
    train(b, c, 3, 2);
    CHECK(state_of(b, W_E) == held);
    CHECK(state_of(b, W_U) != moving);
  }
}

TEST_CASE("a part that names nothing gets one sentence") {
  const Program program = frozen_program(tiny_config(), {});
  CHECK(frozen_problem(program, {"blocks.1.attn.W_Q"}).empty());
  CHECK(frozen_problem(program, {"blocks.1", 1}).empty());
  CHECK(frozen_problem(program, {"blocks.1.att"}).find("no parameter 'blocks.1.att'") != std::string::npos);
  CHECK(frozen_problem(program, {""}).find("no parameter ''") != std::string::npos);
  CHECK(frozen_problem(program, {"blocks.1", 2}).find("no head 2") != std::string::npos);
  CHECK(frozen_problem(program, {"embed", 0}).find("no head 0") != std::string::npos);
}

TEST_CASE("each frozen_ knob freezes its group, layer by layer, and nothing else") {
  const std::pair<const char*, std::vector<std::string>> groups[] = {
      {"frozen_embedding", {"embed.W_E", "blocks.0.attn.rel_pos_bias.weight", "blocks.1.attn.rel_pos_bias.weight"}},
      {"frozen_unembedding", {"unembed.W_U"}},
      {"frozen_q", {"blocks.0.attn.W_Q", "blocks.1.attn.W_Q"}},
      {"frozen_k", {"blocks.0.attn.W_K", "blocks.1.attn.W_K", "blocks.0.attn.smear_alpha", "blocks.1.attn.smear_alpha"}},
      {"frozen_v", {"blocks.0.attn.W_V", "blocks.1.attn.W_V"}},
      {"frozen_o", {"blocks.0.attn.W_O", "blocks.1.attn.W_O"}},
      {"frozen_norm", {"blocks.0.ln1.w", "blocks.0.ln2.w", "blocks.1.ln1.w", "blocks.1.ln2.w", "ln_final.w"}},
      {"frozen_mlp",
       {"blocks.0.mlp.W_in", "blocks.0.mlp.b_in", "blocks.0.mlp.W_out", "blocks.0.mlp.b_out", "blocks.1.mlp.W_in", "blocks.1.mlp.b_in",
        "blocks.1.mlp.W_out", "blocks.1.mlp.b_out"}}};
  for (const auto& [knob, names] : groups) {
    const std::string name = knob;
    CAPTURE(name);
    Config c = tiny_config();
    c.positions = kind::positions::t5, c.smeared_keys = true, c.norm = kind::norm::rms, c.d_mlp = 6;
    REQUIRE(set_from_text(c, knob, "true").empty());
    const Program program = frozen_program(c, {});
    Cpu<float> cpu(program);
    for (const TensorId id : program.parameters) {
      const std::vector<float> mask = [&] {
        Tensor tensor = program.tensors[id];
        tensor.offset += program.tensors[program.trainable].offset - program.parameter_region.offset;
        return cpu.read(tensor);
      }();
      const bool frozen = std::find(names.begin(), names.end(), program.tensors[id].name) != names.end();
      CAPTURE(program.tensors[id].name);
      CHECK(mask == std::vector<float>(mask.size(), frozen ? 0.0f : 1.0f));
    }
  }
}

TEST_CASE("something must be left to train: a configuration that freezes every parameter gets a sentence") {
  Config c;
  c.frozen_embedding = c.frozen_unembedding = c.frozen_q = c.frozen_k = c.frozen_v = c.frozen_o = true;
  CHECK(says(problems(c), "frozen_embedding", "every parameter is frozen"));
  c.d_mlp = 4;
  CHECK(problems(c).empty());
  c.frozen_mlp = true, c.norm = kind::norm::rms;
  CHECK(problems(c).empty());
  c.frozen_norm = true;
  CHECK(says(problems(c), "frozen_embedding", "every parameter is frozen"));
  c.frozen_unembedding = false;
  CHECK(problems(c).empty());
  c.tied_embedding = true;  // then there is no W_U
  CHECK(problems(c).size() == 1);
}

}  // namespace test_freeze
