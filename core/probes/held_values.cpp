#include "held_values.hpp"

#include <algorithm>

#include "../data/dataset.hpp"
#include "../model.hpp"

namespace induction {
namespace {

// z of one head in all rows, [row, T, d_head].
std::vector<float> rows_of(Cpu<float>& cpu, const Intervention& one) {
  const Program& program = cpu.program();
  const Tensor& z = program.tensors[program.find("blocks." + std::to_string(one.layer) + ".attn.hook_z")];
  const std::vector<float> all = cpu.read(z);
  const size_t heads = z.shape[2], width = z.shape[3];
  std::vector<float> values;
  for (size_t row = 0; row < all.size() / (heads * width); ++row) {
    const auto from = all.begin() + static_cast<long>((row * heads + one.head) * width);
    values.insert(values.end(), from, from + static_cast<long>(width));
  }
  return values;
}

std::vector<float> mean_of(const std::vector<float>& rows) {
  const size_t floats = rows.size() / kReservoir;
  std::vector<float> mean(floats);
  for (size_t i = 0; i < floats; ++i) {
    double sum = 0;
    for (size_t row = 0; row < kReservoir; ++row) sum += static_cast<double>(rows[row * floats + i]);
    mean[i] = static_cast<float>(sum / kReservoir);
  }
  return mean;
}

}  // namespace

size_t values_needed(const Intervention& one, const Config& c) {
  const auto floats = static_cast<size_t>(c.n_ctx * head_width(c));
  return one.kind == Intervention::Kind::ablate_mean ? floats : one.kind == Intervention::Kind::ablate_resample ? kReservoir * floats : 0;
}

bool measure_held(Interventions& list, const Config& config, std::span<const float> parameters, const HeldValues& known,
                  std::shared_ptr<const Corpus> corpus) {
  bool missing = false;
  for (Intervention& one : list) {
    if (!one.measured()) continue;
    const auto at = known.find(text_of(one));
    if (at != known.end()) one.values = at->second;
    missing = missing || one.values.empty();
  }
  if (!missing) return true;
  const auto length = static_cast<uint32_t>(config.n_ctx);
  const Program program = record_model(for_evaluation(config), {kReservoir, length, length});
  Cpu<float> cpu(program);
  if (!cpu.ok()) return false;
  std::copy(parameters.begin(), parameters.end(), cpu.region(program.parameter_region).begin());
  float* tokens = cpu.data(program.tokens);
  for (const Sequence& sequence : Dataset(config, std::move(corpus)).held_out(kReservoir))
    tokens = std::copy(sequence.tokens.begin(), sequence.tokens.end(), tokens);
  cpu.run(false);
  for (Intervention& one : list) {
    if (!one.measured() || !one.values.empty()) continue;
    one.values = rows_of(cpu, one);
    if (one.kind == Intervention::Kind::ablate_mean) one.values = mean_of(one.values);
  }
  return true;
}

}  // namespace induction
