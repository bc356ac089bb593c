#include "support.hpp"

#include <cstdio>
#include <cstring>
#include <limits>

#include "rng.hpp"

namespace induction::tests {

std::vector<double> random_values(size_t n, uint32_t seed, double scale) {
  std::vector<double> values(n);
  for (size_t i = 0; i < n; ++i) {
    const uint32_t word = random2(seed, static_cast<Stream>(99), static_cast<uint32_t>(i), 0).a;
    values[i] = static_cast<double>(static_cast<float>(scale * (static_cast<double>(word >> 8) / 8388608.0 - 1.0)));
  }
  return values;
}

double relative_distance(std::span<const double> a, std::span<const double> b) {
  const double infinity = std::numeric_limits<double>::infinity();
  if (a.size() != b.size()) return infinity;
  double difference = 0, largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] && std::isinf(b[i])) continue;
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) return infinity;
    difference = std::max(difference, std::abs(a[i] - b[i]));
    largest = std::max(largest, std::abs(b[i]));
  }
  return difference == 0 ? 0 : largest == 0 ? infinity : difference / largest;
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

std::vector<uint8_t> read_bytes(const std::string& path) {
  std::vector<uint8_t> bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) return bytes;
  uint8_t block[4096];
  for (size_t n; (n = std::fread(block, 1, sizeof block, file)) > 0;) bytes.insert(bytes.end(), block, block + n);
  std::fclose(file);
  return bytes;
}

std::string golden_path(const std::string& name) { return std::string(INDUCTION_GOLDEN) + "/" + name; }

Config tiny_config() {
  Config c;
  c.n_layers = 2, c.n_heads = 2, c.d_model = 8, c.d_head = 4, c.d_vocab = 5, c.n_ctx = 8, c.batch = 3;
  c.period_min = 2, c.period_max = 4;
  c.init_scale = 1.4;
  return c;
}

std::string config_label(const Config& config) {
  std::string text;
  for (const Knob& knob : knobs())
    if (knob.get(config) != knob.get(Config{})) text += std::string(knob.name) + " " + value_text(knob, config) + ", ";
  return text;
}

template <class Real>
void perturb_parameters(Cpu<Real>& cpu, uint32_t seed) {
  for (const TensorId id : cpu.program().parameters) {
    const std::string& name = cpu.program().tensors[id].name;
    const bool weight = name.ends_with(".w");
    if (!weight && !name.ends_with(".b") && !name.ends_with("smear_alpha") && !name.ends_with(".b_in") && !name.ends_with(".b_out"))
      continue;
    std::vector<Real> values;
    for (const double x : random_values(cpu.program().tensors[id].elements(), seed + id, 0.6)) values.push_back(Real(weight ? 1 + x : x));
    cpu.write(id, values);
  }
}
template void perturb_parameters(Cpu<float>&, uint32_t);
template void perturb_parameters(Cpu<double>&, uint32_t);

template <class Real>
void random_tokens(Cpu<Real>& cpu, uint32_t d_vocab, uint32_t seed) {
  const Program& program = cpu.program();
  for (uint32_t i = 0; i < program.batch * program.length; ++i) {
    const Random2 words = random2(seed, static_cast<Stream>(98), i, 0);
    cpu.data(program.tokens)[i] = Real(words.a % d_vocab);
    cpu.data(program.targets)[i] = Real(words.b % d_vocab);
  }
}
template void random_tokens(Cpu<float>&, uint32_t, uint32_t);
template void random_tokens(Cpu<double>&, uint32_t, uint32_t);

std::vector<const KernelTable<float>*> available_kernels(Numerics numerics) {
  std::vector<const KernelTable<float>*> tables;
  for (const char* name : kKernelNames)
    if (const KernelTable<float>* table = choose_kernels(name, numerics)) tables.push_back(table);
  return tables;
}

bool says(const Problems& found, const std::string& knob, const std::string& words) {
  for (const Problem& problem : found)
    if (problem.knob == knob && problem.message.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace induction::tests
