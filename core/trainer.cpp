#include "trainer.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "exact.hpp"

namespace induction {

double learning_rate(const Config& c, uint64_t step) {
  const auto warmup = static_cast<uint64_t>(c.warmup_steps);
  if (step < warmup) return c.lr * static_cast<double>(step + 1) / static_cast<double>(warmup);
  if (c.schedule == kind::schedule::constant) return c.lr;
  const auto total = static_cast<uint64_t>(c.steps);
  const double rest = total > warmup ? static_cast<double>(total - warmup) : 1.0;
  const double f = std::min(1.0, static_cast<double>(step - warmup) / rest);
  return c.schedule == kind::schedule::linear ? c.lr * (1 - f) : c.lr * (1 + exact_cos(3.14159265358979323846 * f)) / 2;
}

Hyper hyper_at(const Config& c, uint64_t step, uint64_t moment_step) {
  const double lr = learning_rate(c, step);
  const double bias1 = 1 - exact_power(c.beta1, moment_step + 1), bias2 = 1 - exact_power(c.beta2, moment_step + 1);
  Hyper h;
  h.lr = static_cast<float>(lr);
  h.lr_decay = static_cast<float>(lr * c.weight_decay);
  h.step_size = static_cast<float>(lr / bias1);
  h.inv_sqrt_bc2 = static_cast<float>(1 / std::sqrt(bias2));
  h.beta1 = static_cast<float>(c.beta1), h.one_minus_beta1 = static_cast<float>(1 - c.beta1);
  h.beta2 = static_cast<float>(c.beta2), h.one_minus_beta2 = static_cast<float>(1 - c.beta2);
  h.momentum = static_cast<float>(c.momentum), h.weight_decay = static_cast<float>(c.weight_decay);
  h.grad_clip = static_cast<float>(c.grad_clip);
  return h;
}

namespace {

constexpr uint64_t kFnvBasis = 14695981039346656037ull, kFnvPrime = 1099511628211ull;

uint64_t fnv1a(uint64_t hash, const void* bytes, size_t n) {
  for (size_t i = 0; i < n; ++i) hash = (hash ^ static_cast<const unsigned char*>(bytes)[i]) * kFnvPrime;
  return hash;
}

bool is_mlp_bias(const std::string& name) { return name.ends_with("mlp.b_in") || name.ends_with("mlp.b_out"); }

double standard_normal(uint32_t seed, uint32_t i, uint32_t j) {
  const Random2 word = random2(seed, Stream::init, i, j);
  const double u1 = ((word.a >> 8) + 0.5) / 16777216.0, u2 = ((word.b >> 8) + 0.5) / 16777216.0;
  return std::sqrt(-2 * exact_ln(u1)) * exact_cos(2 * 3.14159265358979323846 * u2);
}

}  // namespace

template <class Real>
void initialise(const Config& c, Cpu<Real>& cpu) {
  const double deviation = c.init_scale / std::sqrt(static_cast<double>(c.d_model));
  for (const TensorId id : cpu.program().parameters) {
    const Tensor& tensor = cpu.program().tensors[id];
    // A parameter's numbers depend on its name, not on which other parameters exist.
    const auto stream = static_cast<uint32_t>(fnv1a(kFnvBasis, tensor.name.data(), tensor.name.size()));
    std::vector<Real> values(tensor.elements(), Real(0));
    if (tensor.name.ends_with(".w")) {
      std::fill(values.begin(), values.end(), Real(1));
    } else if (!tensor.name.ends_with(".b") && !is_mlp_bias(tensor.name) && !tensor.name.ends_with("smear_alpha")) {
      for (uint32_t j = 0; j < values.size(); ++j)
        values[j] = static_cast<Real>(static_cast<float>(deviation * standard_normal(static_cast<uint32_t>(c.seed), stream, j)));
    }
    cpu.write(id, values);
  }
}
template void initialise(const Config&, Cpu<float>&);
template void initialise(const Config&, Cpu<double>&);

template <class Real>
std::string signature_of(Cpu<Real>& cpu, uint64_t step) {
  uint64_t hash = kFnvBasis;
  const Program& program = cpu.program();
  for (const Region* region : {&program.parameter_region, &program.moment1_region, &program.moment2_region}) {
    const auto values = cpu.region(*region);
    hash = fnv1a(hash, values.data(), values.size_bytes());
  }
  hash = fnv1a(hash, &step, sizeof step);
  std::string digits(16, '0');
  for (int i = 15; i >= 0; --i, hash >>= 4) digits[static_cast<size_t>(i)] = "0123456789abcdef"[hash & 15];
  return digits;
}
template std::string signature_of(Cpu<float>&, uint64_t);

void Trainer::fill(uint64_t at, Cpu<float>& cpu) const {
  float* weights = program.weights == kNoTensor ? nullptr : cpu.data(program.weights);
  dataset.fill(at, cpu.data(program.tokens), cpu.data(program.targets), weights);
}

double Trainer::train_step(Cpu<float>& cpu, const Parallel& parallel) {
  fill(step, cpu);
  cpu.at_step(step);
  parallel(program.chunks, [&](uint32_t chunk, uint32_t thread) { cpu.train_chunk(chunk, thread); });
  cpu.finish_gradient();
  const float* statistics = cpu.data(program.statistics);
  if (statistics[kStopped] != 0) return std::numeric_limits<double>::quiet_NaN();
  cpu.apply(hyper_at(config, step - clock, step - moments));
  ++step;
  return statistics[kMeanLoss];
}

}  // namespace induction
