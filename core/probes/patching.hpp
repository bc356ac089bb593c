#pragma once
// Activation patching between two prompts: which place of a corrupted run, given its clean value, brings the answer back?

#include "../intervene.hpp"
#include "interventions.hpp"

namespace induction {

/// Two equally long prompts, and the answers that are compared.
struct PatchPair {
  std::vector<int32_t> clean, corrupted;
  std::optional<uint32_t> read_position;  // where the logits are compared; default: the last position
  std::optional<uint32_t> right, wrong;   // default: what the model holds likeliest there after the clean and the corrupted prompt
};

/// (39) for every place: 0 nothing changes, 1 the clean difference of logits is back; it may be below 0 or above 1.
struct PatchReport {
  uint32_t read_position = 0, right = 0, wrong = 0;
  double clean = 0, corrupted = 0;                     // logit[right] − logit[wrong] of the two prompts
  std::vector<std::vector<std::vector<double>>> head;  // [layer][head][position]: the head's output z there
  std::vector<std::vector<double>> resid;              // [n_layers + 1][position]: the stream before each layer, and after the last
};

/// What is wrong with a pair, in a sentence; empty when nothing is.
std::string patch_problem(const Config& config, const PatchPair& pair);

/// The pair must have no problem. `parameters`: the parameter region of any Program of the same Config; `held`: what is held in the model
/// (measured ones with their values). Not defined where both prompts have the same difference, or right and wrong are the same token.
/// nullopt: there is not enough memory. Costs (n_layers · n_heads + n_layers + 1) · length rows.
/// Source: Meng et al. 2022, Wang et al. 2022; docs/maths.md (39).
std::optional<Measured<PatchReport>> measure_patches(const Config& config, std::span<const float> parameters, const PatchPair& pair,
                                                     const Interventions& held = {});

}  // namespace induction
