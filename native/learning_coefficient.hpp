#pragma once
// `induction probe --llc`: the local learning coefficient of a saved model.

#include "command.hpp"
#include "probes/learning_coefficient.hpp"

namespace induction {

/// The sampler's settings as they were typed; defaults: LangevinSettings.
struct LlcFlags {
  std::string rows = "256", rate = "5e-4", pull = "100", chains = "4", burn_in = "200", draws = "200", seed = "0";
};
void add_llc_flags(CLI::App& app, LlcFlags& flags);

struct LlcReport {
  LangevinEstimate estimate;
  std::string json, sentence;
};
/// Samples on all usable cores; the numbers do not depend on how many. Refuses settings that make no sense, and chains that ran away.
LlcReport measure_llc(const Config& config, std::span<const float> parameters, const std::shared_ptr<const Corpus>& corpus,
                      const LlcFlags& flags);

}  // namespace induction
