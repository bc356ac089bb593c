#pragma once
// The folder of a run: config.json, metrics.jsonl, summary.json, model.safetensors, checkpoint.safetensors, and
// checkpoints/ where they are kept along the run. One process at a time writes to it. Whenever that process is killed, each file is whole
// and the checkpoint can be resumed.

#include <string>

#include "record.hpp"
#include "snapshot.hpp"

namespace induction {

/// A checkpoint as it was read.
struct Checkpoint {
  TensorFile file;
  Config config;  // in force at its step
  Course course;
  std::string path;
};
/// Refuses when the file is not valid or has no optimiser state.
Checkpoint read_checkpoint_file(const std::string& path);
/// The latest checkpoint of a run's folder, or a run saved as one file; `flag` (how it was named) begins the sentence when there is none.
Checkpoint read_checkpoint(const std::string& folder, const std::string& flag);
/// Is there a file of this name, and no folder?
bool is_file(const std::string& path);
/// Puts it into a run of a matching Config. Refuses when its numbers do not have the signature that it was saved with.
void restore(const Checkpoint& checkpoint, Run& run);

/// A safetensors file, parsed; refuses with a sentence that names it.
TensorFile read_tensor_file(const std::string& path);

/// The lines of a run's metrics.jsonl that lie before `step`. A line cut off by a crash ends the list.
std::string metrics_before(const std::string& folder, uint64_t step);
/// The Course in a run's config.json.
Course read_run_course(const std::string& folder);

class RunFolder {
 public:
  /// What to do when the folder holds a run already.
  enum class Existing : uint8_t { refuse, replace, go_on };
  /// Makes the folder if need be and takes its lock. Refuses when it cannot be written, is in use, or holds a run.
  RunFolder(const std::string& path, Existing existing);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  /// Writes config.json, the first checkpoint and the metrics known so far.
  void begin(Run& run, const std::string& metrics);
  /// Adds one record to metrics.jsonl: it is in the file when this returns.
  void append(const ProbeRecord& record);
  void save_checkpoint(Run& run);
  void finish(Run& run, const std::string& summary);

  const std::string& path() const { return path_; }

 private:
  std::string file(const char* name) const { return path_ + "/" + name; }

  std::string path_;
  bool fresh_ = false;  // results of an older run must go
  int lock_ = -1, metrics_ = -1;
};

}  // namespace induction
