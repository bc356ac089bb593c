// The whole model, its gradients and ten optimiser steps in float against arrays made with PyTorch in float64
// (tests/golden/make_golden.py, written from docs/maths.md alone).

#include <algorithm>
#include <cstdlib>

#include "config_json.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

namespace test_golden {

using namespace induction;
using namespace induction::tests;

namespace {

// Largest difference over the tensor's largest entry. Plain float32 PyTorch reaches 5e-7, 2e-6 and 9e-7 against the same
// arrays (tests/golden/README.md); a wrong rule moves the result by 6e-4 at least.
constexpr double kForward = 5e-6, kGradient = 2e-5, kAfterTen = 1e-5;

const char* const kCases[] = {"alibi3_sgd_wd",
                              "alibi_smeared_tied_adamw",
                              "layer_brier_muon",
                              "learned_sgd_linear",
                              "learned_smeared_adam_cosine",
                              "none_rms_1layer_sgd",
                              "rotary_adamw_clip",
                              "rotary_adamw_cosine",
                              "rotary_layer_3layers_adam",
                              "rotary_smoothed_lion",
                              "rotary_smeared_rms_sgd_clip",
                              "shortformer_layer_adamw",
                              "sinusoidal_rms_adam_wd",
                              "tied_learned_layer_smeared_sgd",
                              "tied_rotary_adamw_linear",
                              "mlp_layer_adamw",
                              "mlp_t5_bidirectional_start_sgd",
                              "t5_smeared_adam",
                              "alibi_bidirectional_frozen_adamw",
                              "mlp_dropout_frozen_adamw",
                              "dropout_tied_smeared_adam",
                              "mlp_tied_start_rotary_lion",
                              "sinusoidal_odd_width_adam",
                              "weighted_tied_adamw",
                              "weighted_wide_heads_muon"};

struct Golden {
  TensorFile file;
  Config config;
  explicit Golden(const std::string& name) : Golden(read_bytes(golden_path(name + ".safetensors"))) {}
  explicit Golden(const std::vector<uint8_t>& bytes) {
    REQUIRE(read_tensors(bytes, file) == "");
    const Problems found = config_from_json(file.metadata["config"], config);
    REQUIRE_MESSAGE(found.empty(), problems_json(found));
    REQUIRE(problems(config).empty());
  }
  const std::vector<float>& array(const std::string& name) const {
    const NamedArray* found = file.find(name);
    REQUIRE_MESSAGE(found != nullptr, name);
    return found->values;
  }
};

uint32_t u32(int64_t x) { return static_cast<uint32_t>(x); }

Rows rows_of(const Golden& golden) {
  const Config& c = golden.config;
  return {u32(c.batch), u32(c.n_ctx), u32(c.n_ctx), golden.file.find("weights") != nullptr};
}

void load(Cpu<float>& cpu, const Golden& golden) {
  const Program& program = cpu.program();
  for (const TensorId id : program.parameters) {
    const std::string name = "init." + program.tensors[id].name;
    const NamedArray* array = golden.file.find(name);
    REQUIRE_MESSAGE(array != nullptr, name);
    const std::vector<uint64_t> shape(program.tensors[id].shape.begin(), program.tensors[id].shape.end());
    REQUIRE(array->shape == shape);
    cpu.write(id, array->values);
  }
  const std::vector<float>& tokens = golden.array("tokens");
  const size_t length = program.length;
  for (size_t i = 0; i < program.batch * length; ++i) {
    cpu.data(program.tokens)[i] = tokens[i / length * (length + 1) + i % length];
    cpu.data(program.targets)[i] = tokens[i / length * (length + 1) + i % length + 1];
  }
  if (program.weights != kNoTensor) cpu.write(program.weights, golden.array("weights"));
}

double distance(const std::vector<float>& values, const std::vector<float>& golden) {
  return relative_distance(as_double(values), as_double(golden));
}

// `times`: how much wider the tolerances are.
void check_forward_and_gradients(const Golden& golden, Mode mode, double times = 1) {
  const Config& c = golden.config;
  const Program program = record_model(c, rows_of(golden), mode);
  Cpu<float> cpu(program);
  load(cpu, golden);
  cpu.run(true);
  cpu.finish_gradient();
  CHECK(distance(cpu.read(program.logits), golden.array("logits")) <= times * kForward);
  CHECK(distance(cpu.read(program.loss), golden.array("loss")) <= times * kForward);
  for (int64_t l = 0; l < c.n_layers; ++l) {
    const TensorId pattern = program.find("blocks." + std::to_string(l) + ".attn.hook_pattern");
    CHECK(distance(cpu.read(pattern), golden.array("pattern." + std::to_string(l))) <= times * kForward);
  }
  for (const TensorId id : program.parameters) {
    CAPTURE(program.tensors[id].name);
    CHECK(distance(cpu.read(program.gradient[id]), golden.array("grad." + program.tensors[id].name)) <= times * kGradient);
  }
}

void check_ten_steps(const Golden& golden, double times = 1) {
  const Config& c = golden.config;
  const Program program = record_model(c, rows_of(golden));
  Cpu<float> cpu(program);
  load(cpu, golden);
  for (uint64_t step = 0; step < 10; ++step) {
    cpu.at_step(step);
    cpu.run(true);
    cpu.finish_gradient();
    cpu.apply(hyper_at(c, step));
  }
  for (const TensorId id : program.parameters) {
    CAPTURE(program.tensors[id].name);
    CHECK(distance(cpu.read(id), golden.array("after10." + program.tensors[id].name)) <= times * kAfterTen);
  }
}

}  // namespace

TEST_CASE("logits, loss, patterns and all gradients equal PyTorch's, fused and plain") {
  for (const char* name : kCases) {
    CAPTURE(std::string(name));
    const Golden golden(name);
    for (const Mode mode : {Mode::training, Mode::plain}) check_forward_and_gradients(golden, mode);
  }
}

TEST_CASE("ten optimiser steps equal PyTorch's, with schedule, clipping and decay") {
  for (const char* name : kCases) {
    CAPTURE(std::string(name));
    check_ten_steps(Golden(name));
  }
}

// Outside ./test, which has no PyTorch: draw_golden.py 1000 FOLDER, then INDUCTION_DRAWN=FOLDER.
TEST_CASE("drawn models equal PyTorch's, where INDUCTION_DRAWN names a folder of them") {
  const char* folder = std::getenv("INDUCTION_DRAWN");
  for (int number = 0; folder && number < 10'000; ++number) {
    const std::vector<uint8_t> bytes = read_bytes(std::string(folder) + "/" + std::to_string(number) + ".safetensors");
    if (bytes.empty()) continue;  // not written: nothing to train
    CAPTURE(number);
    const Golden golden(bytes);
    CAPTURE(config_label(golden.config));
    // Gradients that nearly cancel, and small probabilities: single precision is further off than in the chosen cases.
    for (const Mode mode : {Mode::training, Mode::plain}) check_forward_and_gradients(golden, mode, 20);
    if (golden.file.find("after10.embed.W_E")) check_ten_steps(golden, 20);
  }
}

}  // namespace test_golden
