#pragma once
// Weights to start from: a model of ours, or a file that another program wrote under TransformerLens' names.

#include "knob_flags.hpp"
#include "snapshot.hpp"

namespace induction {

struct Weights {
  TensorFile file;
  std::string path;
  bool ours = false;  // the file says which Config it belongs to
};

/// The folder of a run or a safetensors file.
Weights read_weights(const std::string& path);

/// The Config of a run that starts from the weights: what the file says or its tensors tell, then preset, --config and flags.
/// Refuses, naming the flag, when the tensors leave open what no flag says.
/// `parts` as in chosen_config.
Config config_for(const Weights& weights, const KnobFlags& flags, CourseText* parts = nullptr);

/// Puts the weights into a new run.
void start_from(const Weights& weights, Run& run);

}  // namespace induction
