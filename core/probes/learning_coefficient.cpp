#include "learning_coefficient.hpp"

#include <algorithm>

#include "../cpu.hpp"
#include "../data/dataset.hpp"
#include "../model.hpp"

namespace induction {
namespace {

constexpr uint64_t kNoRunsStep = 0xffffffff;  // steps end below it

Config sampled(Config c, uint32_t rows) {
  c.batch = rows;
  c.dropout = c.attention_dropout = 0;
  c.frozen_embedding = c.frozen_unembedding = c.frozen_q = c.frozen_k = c.frozen_v = c.frozen_o = c.frozen_norm = c.frozen_mlp = false;
  c.pool = 0;
  return c;
}

// A training Program of so many rows; weights, of which there may be none, at most.
Program sampled_program(const Config& c, bool weighted) {
  const auto rows = static_cast<uint32_t>(c.batch), length = static_cast<uint32_t>(c.n_ctx);
  return record_model(c, {rows, length, length, weighted});
}

// The mean loss of fixed rows as a function of the parameters.
class ModelLoss {
 public:
  ModelLoss(Cpu<float>& cpu, const Dataset& dataset, const Parallel& parallel) : program_(cpu.program()), cpu_(cpu), parallel_(parallel) {
    float* weights = program_.weights == kNoTensor ? nullptr : cpu.data(program_.weights);
    dataset.fill(kNoRunsStep, cpu.data(program_.tokens), cpu.data(program_.targets), weights);
  }
  double operator()(std::span<const double> w, std::span<double> gradient) {
    const std::span<float> parameters = cpu_.region(program_.parameter_region);
    std::transform(w.begin(), w.end(), parameters.begin(), [](double x) { return static_cast<float>(x); });
    const auto chunk = [&](uint32_t index, uint32_t thread) { cpu_.train_chunk(index, thread); };
    if (parallel_)
      parallel_(program_.chunks, chunk);
    else
      for (uint32_t i = 0; i < program_.chunks; ++i) chunk(i, 0);
    cpu_.finish_gradient();
    const std::span<const float> g = cpu_.region(program_.gradient_region);
    std::copy(g.begin(), g.end(), gradient.begin());
    return static_cast<double>(cpu_.data(program_.statistics)[kMeanLoss]);
  }

 private:
  const Program& program_;
  Cpu<float>& cpu_;
  const Parallel& parallel_;
};

}  // namespace

uint64_t learning_coefficient_memory(const Config& config, uint32_t rows) {
  return sizeof(float) * sampled_program(sampled(config, rows), true).memory_floats(1);
}

std::optional<LangevinEstimate> learning_coefficient(const Config& config, std::span<const float> parameters,
                                                     const LangevinSettings& settings, std::shared_ptr<const Corpus> corpus,
                                                     const Parallel& parallel) {
  const Config c = sampled(config, static_cast<uint32_t>(settings.samples));
  const Dataset dataset(c, std::move(corpus));
  const Program program = sampled_program(c, dataset.weighted());
  Cpu<float> cpu(program, parallel ? program.chunks : 1);
  if (!cpu.ok()) return std::nullopt;
  const std::vector<double> point(parameters.begin(), parameters.end());
  return langevin_estimate(settings, std::span<const double>(point), ModelLoss(cpu, dataset, parallel));
}

}  // namespace induction
