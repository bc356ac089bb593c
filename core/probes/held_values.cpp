#include "held_values.hpp"

#include <algorithm>
#include <functional>

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

// A model without anything held, over rows of equal length.
bool run_rows(const Config& config, std::span<const float> parameters, const std::vector<std::vector<int32_t>>& rows,
              const std::function<void(Cpu<float>&)>& then) {
  const auto batch = static_cast<uint32_t>(rows.size()), length = static_cast<uint32_t>(rows[0].size());
  const Program program = record_model(for_evaluation(config), {batch, length, length});
  Cpu<float> cpu(program);
  if (!cpu.ok()) return false;
  std::copy(parameters.begin(), parameters.end(), cpu.region(program.parameter_region).begin());
  float* tokens = cpu.data(program.tokens);
  for (const std::vector<int32_t>& row : rows) tokens = std::copy(row.begin(), row.end(), tokens);
  cpu.run(false);
  then(cpu);
  return true;
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
  if (one.kind == Intervention::Kind::patch) return one.prompt.size() * static_cast<size_t>(head_width(c));
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
    if (!one.values.empty()) continue;
    if (one.kind != Intervention::Kind::patch)
      missing = true;
    else if (!run_rows(config, parameters, {one.prompt}, [&](Cpu<float>& cpu) { one.values = rows_of(cpu, one); }))
      return false;
  }
  if (!missing) return true;
  std::vector<std::vector<int32_t>> rows;
  for (const Sequence& sequence : Dataset(config, std::move(corpus)).held_out(kReservoir))
    rows.emplace_back(sequence.tokens.begin(), sequence.tokens.begin() + static_cast<ptrdiff_t>(config.n_ctx));
  return run_rows(config, parameters, rows, [&](Cpu<float>& cpu) {
    for (Intervention& one : list) {
      if (!one.measured() || !one.values.empty()) continue;
      one.values = rows_of(cpu, one);
      if (one.kind == Intervention::Kind::ablate_mean) one.values = mean_of(one.values);
    }
  });
}

}  // namespace induction
