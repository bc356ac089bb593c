#include "prompt.hpp"

#include <algorithm>
#include <cmath>

namespace induction {

std::string PromptRunner::problem(std::span<const int32_t> tokens) const {
  const auto longest = static_cast<size_t>(config_.n_ctx);
  if (tokens.size() < 2 || tokens.size() > longest)
    return "the sequence has " + std::to_string(tokens.size()) + " tokens; it must have 2 to " + std::to_string(longest) + " (n_ctx)";
  for (size_t t = 0; t < tokens.size(); ++t)
    if (tokens[t] < 0 || tokens[t] >= token_count(config_))
      return "token " + std::to_string(tokens[t]) + " at position " + std::to_string(t) + " is not in the vocabulary; tokens are 0 to " +
             std::to_string(token_count(config_) - 1);
  return {};
}

PromptResult PromptRunner::run(std::span<const float> parameters, std::span<const int32_t> tokens) {
  const auto length = static_cast<uint32_t>(tokens.size());
  if (!program_ || program_->length != length) {
    program_ =
        std::make_unique<Program>(record_model(for_evaluation(config_), {1, length, length - 1}, Mode::training, {{}, false, held_}));
    cpu_ = std::make_unique<Cpu<float>>(*program_);
  }
  std::copy(parameters.begin(), parameters.end(), cpu_->region(program_->parameter_region).begin());
  for (uint32_t t = 0; t < length; ++t) {
    cpu_->data(program_->tokens)[t] = static_cast<float>(tokens[t]);
    cpu_->data(program_->targets)[t] = t + 1 < length ? static_cast<float>(tokens[t + 1]) : -1.0f;
  }
  cpu_->run(false);

  PromptResult result;
  for (int64_t l = 0; l < config_.n_layers; ++l) {
    const std::vector<float> layer = cpu_->read(program_->find("blocks." + std::to_string(l) + ".attn.hook_pattern"));
    result.pattern.insert(result.pattern.end(), layer.begin(), layer.end());
  }
  const float* loss = cpu_->data(program_->loss);
  result.loss.assign(loss, loss + length - 1);
  result.probabilities = cpu_->read(program_->logits);
  const auto vocabulary = static_cast<size_t>(token_count(config_));
  for (size_t at = 0; at < result.probabilities.size(); at += vocabulary) {
    float* row = result.probabilities.data() + at;
    const float highest = *std::max_element(row, row + vocabulary);
    float sum = 0;
    for (size_t v = 0; v < vocabulary; ++v) sum += row[v] = std::exp(row[v] - highest);
    for (size_t v = 0; v < vocabulary; ++v) row[v] /= sum;
  }
  return result;
}

}  // namespace induction
