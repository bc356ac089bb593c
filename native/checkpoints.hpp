#pragma once
// Checkpoints kept along a run, for `induction replay`: checkpoints/step-000000512.safetensors in the run's folder.
// Each holds everything needed to go on to the bit, and the Config from that step on.

#include <optional>
#include <string>
#include <vector>

#include "run.hpp"

namespace induction {

/// Which steps are kept.
class CheckpointPlan {
 public:
  CheckpointPlan() = default;  // none
  /// "500": every 500 steps, from step 0. "log": 0, 1, 2, 4, 8, …, as Pythia's first checkpoints (Biderman et al. 2023).
  explicit CheckpointPlan(const std::string& text);
  bool due(uint64_t step) const;
  bool any() const { return log_ || every_ > 0; }

 private:
  uint64_t every_ = 0;
  bool log_ = false;
};

struct KeptCheckpoint {
  uint64_t step;
  std::string path;
};

/// In rising order of steps. Files of other names are not looked at.
std::vector<KeptCheckpoint> kept_checkpoints(const std::string& folder);
void keep_checkpoint(const std::string& folder, Run& run);
/// Removes those after `step`: they belong to a course that the run has left. Without a step: all.
void drop_checkpoints(const std::string& folder, std::optional<uint64_t> after);
/// Copies those up to `step` into another run's folder.
void copy_checkpoints(const std::string& from, const std::string& to, uint64_t step);

}  // namespace induction
