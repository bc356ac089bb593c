// Fast mode: what fused multiply-add may change and what not.

#include <cmath>

#include "snapshot.hpp"
#include "support/support.hpp"

namespace test_fast {

using namespace induction;
using namespace induction::tests;

namespace {

// Every gradient of one pass, one after the other.
std::vector<float> gradients(const Config& config, const KernelTable<float>& kernels) {
  Trainer trainer(config);
  Cpu<float> cpu(trainer.program, 1, kernels);
  initialise(config, cpu);
  perturb_parameters(cpu, 3);
  random_tokens(cpu, static_cast<uint32_t>(config.d_vocab), 4);
  cpu.run(true);
  cpu.finish_gradient();
  std::vector<float> all;
  for (const TensorId id : trainer.program.parameters)
    for (const float x : cpu.read(trainer.program.gradient[id])) all.push_back(x);
  return all;
}

std::vector<Config> configs() {
  Config plain, odd;
  plain.n_ctx = 64, plain.period_max = 20;
  odd.n_heads = 3, odd.d_model = 19, odd.d_head = 6, odd.d_vocab = 11, odd.n_ctx = 21, odd.batch = 11, odd.period_min = 2,
  odd.period_max = 9;
  odd.positions = kind::positions::learned, odd.norm = kind::norm::layer, odd.smeared_keys = true, odd.d_mlp = 13;
  return {plain, odd};
}

}  // namespace

TEST_CASE("fast mode's gradients are exact mode's within rounding, on every instruction set, and not the same bits") {
  for (const Config& config : configs())
    for (const KernelTable<float>* fast : available_kernels(Numerics::fast)) {
      CAPTURE(fast->name);
      CHECK(fast->numerics == Numerics::fast);
      const std::vector<float> a = gradients(config, default_kernels<float>()), b = gradients(config, *fast);
      REQUIRE(a.size() == b.size());
      double difference = 0, size = 0;
      for (size_t i = 0; i < a.size(); ++i) difference += std::pow(double(a[i]) - b[i], 2), size += std::pow(double(a[i]), 2);
      // Sums of some thousand terms, each rounded to 6e-8: a random walk gives 2e-6, and layers add theirs.
      CHECK(std::sqrt(difference / size) < 1e-5);
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
      CHECK(difference > 0);  // without optimising the compiler fuses nothing
#endif
    }
}

TEST_CASE("a run made in fast mode says so in its file, and an exact one does not") {
  for (const KernelTable<float>* fast : available_kernels(Numerics::fast)) {
    const std::unique_ptr<Run> run = Run::create(Course(Config()), 1, {}, *fast);
    TensorFile file;
    REQUIRE(read_tensors(save_run(*run, Contents::checkpoint), file).empty());
    CHECK(numerics_of(file) == Numerics::fast);
  }
  const std::unique_ptr<Run> run = Run::create(Course(Config()));
  TensorFile file;
  REQUIRE(read_tensors(save_run(*run, Contents::model), file).empty());
  CHECK(numerics_of(file) == Numerics::exact);
  CHECK(file.metadata.count("numerics") == 0);
}

}  // namespace test_fast
