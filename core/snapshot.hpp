#pragma once
// A run as a file: model.safetensors (parameters, TransformerLens names) and checkpoints (with the optimiser's state).

#include "course_json.hpp"
#include "run.hpp"
#include "safetensors.hpp"

namespace induction {

enum class Contents : uint8_t { model, checkpoint };

/// Metadata: format, config in force (JSON), the course where the config does not say it all, step, signature, and the onsets found so
/// far; numerics "fast" where the numbers are not exact mode's. A checkpoint also has what interventions measured when they began.
std::vector<uint8_t> save_run(Run& run, Contents contents);

/// A sentence when the file says that a newer version of this program made it.
std::string format_problem(const TensorFile& file);
/// The Config in a file that save_run made. Returns a sentence when there is none or it is not valid.
std::string config_of(const TensorFile& file, Config& config);
/// The Course that the run had gone by and would go on by; that of config_of in a file that names none.
std::string course_of(const TensorFile& file, Course& course);
/// How the numbers in such a file were made.
Numerics numerics_of(const TensorFile& file);

/// Puts a file's parameters (and optimiser state and step, from a checkpoint) into a run of a matching Config.
/// Returns a sentence, with the run unchanged, when an array is missing, has a wrong shape or holds numbers that are not finite.
std::string load_run(const TensorFile& file, Run& run);

/// What the tensors of a file without our metadata tell: sizes, number of layers, norm weights, tied and smeared into `config`.
/// They do not tell how positions work, nor n_ctx without a table of positions, nor whether a norm without weights was there.
struct Inferred {
  Config config;
  bool position_table = false;  // pos_embed.W_pos is there: learned or shortformer, and n_ctx is its length
  bool norm_weights = false;
};
/// Names and shapes are TransformerLens'. Returns a sentence when the tensors are not those of an attention-only model.
std::string infer_config(const TensorFile& file, Inferred& inferred);

/// Starts a new run from a file's parameters: step 0, no optimiser state, no onset. Every tensor must have its place;
/// biases, which this model has not, are accepted when they are 0. Returns a sentence, with the run unchanged, otherwise.
std::string load_weights(const TensorFile& file, Run& run);

}  // namespace induction
