#pragma once
// One sequence through the present model: what the page's token strip and head grid show.

#include "../cpu.hpp"
#include "../model.hpp"

namespace induction {

struct PromptResult {
  std::vector<float> pattern;        // [n_layers, n_heads, T, T]
  std::vector<float> loss;           // [T − 1], nats
  std::vector<float> probabilities;  // [T, token_count]
};

class PromptRunner {
 public:
  explicit PromptRunner(const Config& config, const Interventions& held = {}) : config_(config), held_(held) {}

  /// What is wrong with a prompt, in a sentence; empty when nothing is. 2 to n_ctx tokens below token_count. Read as it is: a model with
  /// a start token is asked as it was trained when the prompt begins with token d_vocab.
  std::string problem(std::span<const int32_t> tokens) const;

  /// `parameters`: the parameter region of any Program of the same Config. The tokens must have no problem().
  PromptResult run(std::span<const float> parameters, std::span<const int32_t> tokens);

  /// What the last run() ran, and its arena; nullptr before the first. Its parameter region has the layout of every Program's.
  Cpu<float>* last() { return cpu_.get(); }

 private:
  Config config_;
  Interventions held_;
  std::unique_ptr<Program> program_;  // recorded for the last length
  std::unique_ptr<Cpu<float>> cpu_;
};

}  // namespace induction
