#pragma once
// A run as a file: model.safetensors (parameters, TransformerLens names) and checkpoints (with the optimiser's state).

#include "config_json.hpp"
#include "run.hpp"
#include "safetensors.hpp"

namespace induction {

enum class Contents : uint8_t { model, checkpoint };

/// Metadata: format, config (JSON), step, signature, and the onsets found so far.
std::vector<uint8_t> save_run(Run& run, Contents contents);

/// The Config in a file that save_run made. Returns a sentence when there is none or it is not valid.
std::string config_of(const TensorFile& file, Config& config);

/// Puts a file's parameters (and optimiser state and step, from a checkpoint) into a run of a matching Config.
/// Returns a sentence, with the run unchanged, when an array is missing, has a wrong shape or holds numbers that are not finite.
std::string load_run(const TensorFile& file, Run& run);

}  // namespace induction
