#include "circuit_rows.hpp"

#include <algorithm>

#include "../model.hpp"
#include "activations.hpp"

namespace induction {
namespace {

std::string attn(uint32_t layer, const char* name) { return "blocks." + std::to_string(layer) + ".attn." + name; }

std::vector<std::vector<uint32_t>> inputs_of(const std::vector<Sequence>& sequences) {
  std::vector<std::vector<uint32_t>> rows;
  for (const Sequence& s : sequences) rows.push_back(s.tokens);
  return rows;
}

std::vector<std::vector<int32_t>> targets_of(const std::vector<Sequence>& sequences) {
  std::vector<std::vector<int32_t>> rows;
  for (const Sequence& s : sequences) rows.push_back(s.targets);
  return rows;
}

}  // namespace

ModelOnRows::ModelOnRows(const Config& config, const std::vector<std::vector<uint32_t>>& rows, std::span<const float> parameters,
                         const std::vector<std::vector<int32_t>>& targets)
    : config_(config) {
  const auto batch = static_cast<uint32_t>(rows.size()), length = static_cast<uint32_t>(rows[0].size());
  program_ = std::make_unique<Program>(record_model(for_evaluation(config), {batch, length, length}, Mode::plain));
  cpu_ = std::make_unique<Cpu<float>>(*program_);
  if (!ok()) return;
  std::copy(parameters.begin(), parameters.end(), cpu_->region(program_->parameter_region).begin());
  for (size_t b = 0; b < batch; ++b)
    for (size_t t = 0; t < length; ++t) {
      cpu_->data(program_->tokens)[b * length + t] = static_cast<float>(rows[b][t]);
      cpu_->data(program_->targets)[b * length + t] = static_cast<float>(targets.empty() ? kNoTarget : targets[b][t]);
    }
  cpu_->run(false);
}

PatternRows ModelOnRows::pattern(HeadPlace place) {
  const TensorId id = program_->find(attn(place.layer, "hook_pattern"));
  const size_t square_size = static_cast<size_t>(program_->length) * program_->length;
  return {cpu_->data(id) + place.head * square_size, program_->tensors[id].shape[1] * square_size};
}

Patterns ModelOnRows::patterns_of_row(uint32_t row) {
  Patterns list(static_cast<size_t>(config_.n_layers));
  const auto heads = static_cast<size_t>(config_.n_heads);
  for (uint32_t l = 0; l < list.size(); ++l) {
    const std::vector<float> patterns = cpu_->read(program_->find(attn(l, "hook_pattern")));
    for (size_t h = 0; h < heads; ++h) list[l].push_back(pattern_of(patterns, row, h, heads, program_->length));
  }
  return list;
}

std::vector<HeadSample> ModelOnRows::samples(HeadPlace place, const std::vector<std::vector<uint32_t>>& rows) {
  const std::vector<float> patterns = cpu_->read(program_->find(attn(place.layer, "hook_pattern")));
  const TensorId z = program_->find(attn(place.layer, "hook_z"));
  const std::vector<float> outputs = cpu_->read(z);  // [rows, T, n_heads, d_head]
  const uint32_t heads = program_->tensors[z].shape[2], width = program_->tensors[z].shape[3], length = program_->length;
  std::vector<HeadSample> list;
  for (size_t b = 0; b < rows.size(); ++b)
    list.push_back({rows[b], pattern_of(patterns, b, place.head, heads, length), output_of(outputs, b, place.head, heads, length, width)});
  return list;
}

ModelWeights ModelOnRows::weights() {
  return read_weights<float>(config_, *program_, std::span<const float>(cpu_->region(program_->parameter_region)));
}

HeldOut::HeldOut(const Config& config, std::span<const float> parameters, const Dataset& dataset)
    : sequences(dataset.held_out(kHeldOutRows)),
      tokens(inputs_of(sequences)),
      sources(own_sources(dataset, sequences)),
      model(config, tokens, parameters, targets_of(sequences)) {}

std::vector<double> HeldOut::losses() {
  const std::vector<float> loss = model.cpu().read(model.program().loss);
  return {loss.begin(), loss.end()};
}

SplitLoss HeldOut::split(std::span<const double> losses) const {
  Mean all, fresh, repeated;
  for (size_t i = 0; i < losses.size(); ++i) {
    const uint32_t length = model.program().length, t = static_cast<uint32_t>(i % length);
    const Sequence& row = sequences[i / length];
    if (row.targets[t] == kNoTarget) continue;
    all.take(losses[i]);
    (row.inducible[t] ? repeated : fresh).take(losses[i]);
  }
  return {all.value(), fresh.value(), repeated.value()};
}

}  // namespace induction
