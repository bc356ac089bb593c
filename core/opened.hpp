#pragma once
// What a safetensors file from anywhere is, and the run that it becomes: a saved run goes on, weights begin at step 0.

#include "snapshot.hpp"

namespace induction {

/// run: a checkpoint, with the optimiser's state. model: parameters that save_run wrote alone. weights: of another program.
enum class FileKind : uint8_t { run, model, weights };

const char* file_kind_name(FileKind kind);

struct Opened {
  FileKind kind = FileKind::weights;
  Course course;          // of `weights`: what the tensors tell, with usual values for the rest
  uint64_t step = 0;      // at which a run goes on; 0 for the others
  std::string data_name;  // of a reader's own data that the run was trained on
  Inferred inferred;      // of `weights` only
  bool asks_norm() const { return kind == FileKind::weights && !inferred.norm_weights; }
  bool asks_length() const { return kind == FileKind::weights && !inferred.position_table; }
  /// What `positions` may be where the tensors leave it open; empty where they do not.
  std::vector<std::string> open_positions() const;
};

/// Returns a sentence when the file is none of these, damaged, or of a newer version of this program.
std::string look_at(const TensorFile& file, Opened& opened);

/// Puts the file into a new run of `opened.course`. A run whose numbers have not the signature that it was saved with is refused.
std::string open_into(const TensorFile& file, const Opened& opened, Run& run);

}  // namespace induction
