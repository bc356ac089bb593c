// Muon: what its iterations do to singular values, what it leaves to AdamW, and that nothing is divided by zero.

#include <Eigen/SVD>

#include "support/support.hpp"
#include "trainer.hpp"

namespace test_muon {

using namespace induction;
using namespace induction::tests;

namespace {

void serial(uint32_t n, const Work& work) {
  for (uint32_t i = 0; i < n; ++i) work(i, 0);
}

Config muon_config() {
  Config c = tiny_config();
  c.optimizer = kind::optimizer::muon, c.weight_decay = 0, c.warmup_steps = 0, c.lr = 1;
  return c;
}

// Singular values of head h's change of a parameter [n_heads, rows, columns], over lr · 0.2 √max(rows, columns).
Eigen::VectorXf change(const Tensor& tensor, std::span<const float> before, std::span<const float> after, uint32_t h) {
  const uint32_t rows = tensor.shape[1], columns = tensor.shape[2];
  Eigen::MatrixXf m(rows, columns);
  for (uint32_t i = 0; i < rows; ++i)
    for (uint32_t j = 0; j < columns; ++j) m(i, j) = after[(h * rows + i) * columns + j] - before[(h * rows + i) * columns + j];
  return m.jacobiSvd().singularValues() / (0.2f * std::sqrt(static_cast<float>(std::max(rows, columns))));
}

}  // namespace

TEST_CASE("Muon changes every head's matrices by nearly orthogonal ones, tall and wide") {
  for (const int64_t d_head : {3, 8, 11}) {
    Config c = muon_config();
    c.positions = kind::positions::learned, c.d_head = d_head;
    Trainer trainer(c);
    Cpu<float> cpu(trainer.program);
    initialise(c, cpu);
    const Program& program = trainer.program;
    for (const char* name : {"blocks.0.attn.W_Q", "blocks.1.attn.W_V", "blocks.1.attn.W_O"}) {
      const TensorId id = program.find(name);
      const std::vector<float> before = cpu.read(id);
      trainer.train_step(cpu, serial);
      for (uint32_t h = 0; h < 2; ++h) {
        const Eigen::VectorXf values = change(program.tensors[id], before, cpu.read(id), h);
        CAPTURE(values.transpose());
        CHECK(values.maxCoeff() < 1.25);  // docs/maths.md (67): 1.21 at most
        CHECK(values[0] > 0.65);
      }
    }
  }
}

TEST_CASE("with Muon, AdamW trains embeddings, norms and vectors: its first step moves each float by lr") {
  Config c = muon_config();
  c.norm = kind::norm::layer, c.smeared_keys = true, c.positions = kind::positions::learned, c.lr = 0.001;
  Trainer trainer(c);
  Cpu<float> cpu(trainer.program);
  initialise(c, cpu);
  const Program& program = trainer.program;
  std::vector<std::vector<float>> before;
  for (const TensorId id : program.parameters) before.push_back(cpu.read(id));
  trainer.train_step(cpu, serial);
  for (size_t i = 0; i < program.parameters.size(); ++i) {
    const TensorId id = program.parameters[i];
    const std::string& name = program.tensors[id].name;
    if (name.find(".W_") != std::string::npos && name.starts_with("blocks.")) continue;
    CAPTURE(name);
    const std::vector<float> after = cpu.read(id), gradient = cpu.read(program.gradient[id]);
    for (size_t k = 0; k < after.size(); ++k)
      if (std::abs(gradient[k]) > 1e-4) CHECK(std::abs(after[k] - before[i][k]) == doctest::Approx(0.001).epsilon(0.002));
  }
  // Of the second moments, only what AdamW trains has any.
  const float* squares = cpu.region(program.moment2_region).data();
  const Tensor& inside = program.tensors[program.find("blocks.0.attn.W_O")];
  CHECK(squares[inside.offset - program.parameter_region.offset] == 0);
  CHECK(squares[program.tensors[program.find("unembed.W_U")].offset - program.parameter_region.offset] != 0);
}

TEST_CASE("Muon with a gradient of zero leaves finite parameters, and weight decay shrinks them by lr times itself") {
  Config c = muon_config();
  c.task = kind::task::repeat_fixed, c.period_max = 7, c.objective = kind::objective::query, c.inducible_weight = 0;  // nothing counts
  c.lr = 0.1, c.weight_decay = 0.5;
  Trainer trainer(c);
  Cpu<float> cpu(trainer.program);
  initialise(c, cpu);
  const TensorId id = trainer.program.find("blocks.0.attn.W_K");
  const std::vector<float> before = cpu.read(id);
  trainer.train_step(cpu, serial);
  const std::vector<float> after = cpu.read(id);
  for (size_t i = 0; i < after.size(); ++i) CHECK(after[i] == doctest::Approx(0.95f * before[i]).epsilon(1e-6));
}

}  // namespace test_muon
