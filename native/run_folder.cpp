#include "run_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "checkpoints.hpp"
#include "files.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

namespace fs = std::filesystem;

constexpr const char *kConfig = "config.json", *kMetrics = "metrics.jsonl", *kSummary = "summary.json", *kModel = "model.safetensors",
                     *kCheckpoint = "checkpoint.safetensors";
// The largest models have some ten million numbers, three times in a checkpoint.
constexpr uint64_t kMaxTensorFile = uint64_t{4} << 30;  // bytes
constexpr uint64_t kMaxConfig = 64 << 20;               // bytes; a Config has about a thousand, a given pattern a million
constexpr uint64_t kMaxMetrics = uint64_t{4} << 30;     // bytes

bool exists(const std::string& path) {
  std::error_code none;
  return fs::exists(path, none);
}

// Makes the folder, or says why it cannot hold a run.
void make_folder(const std::string& path) {
  std::error_code error;
  if (exists(path) && !fs::is_directory(path, error)) refuse("--out is " + in_quotes(path) + ", which is a file; it must be a folder");
  fs::create_directories(path, error);
  if (error) refuse("the folder " + in_quotes(path) + " cannot be made: " + error.message());
  if (::access(path.c_str(), W_OK | X_OK) != 0) refuse("the folder " + in_quotes(path) + " cannot be written: " + std::strerror(errno));
}

}  // namespace

TensorFile read_tensor_file(const std::string& path) {
  TensorFile file;
  const std::string wrong = read_tensors(read_bytes(path, kMaxTensorFile), file);
  if (!wrong.empty()) refuse(in_quotes(path) + ": " + wrong);
  return file;
}

bool is_file(const std::string& path) {
  std::error_code none;
  return fs::is_regular_file(path, none);
}

Checkpoint read_checkpoint(const std::string& folder, const std::string& flag) {
  if (is_file(folder)) return read_checkpoint_file(folder);
  const std::string path = folder + "/" + kCheckpoint;
  if (!exists(path)) refuse(flag + " is " + in_quotes(folder) + ", which has no " + kCheckpoint);
  return read_checkpoint_file(path);
}

Checkpoint read_checkpoint_file(const std::string& path) {
  Checkpoint checkpoint{read_tensor_file(path), {}, {}, path};
  if (const std::string wrong = config_of(checkpoint.file, checkpoint.config); !wrong.empty()) refuse(in_quotes(path) + ": " + wrong);
  if (const std::string wrong = course_of(checkpoint.file, checkpoint.course); !wrong.empty()) refuse(in_quotes(path) + ": " + wrong);
  // A model without the optimiser's state could go on, but not bit-equally.
  bool optimiser = false;
  for (const NamedArray& array : checkpoint.file.arrays) optimiser = optimiser || array.name.rfind("optimizer.m.", 0) == 0;
  if (!optimiser) refuse(in_quotes(path) + " has no optimiser state, so the run cannot go on from it");
  return checkpoint;
}

void restore(const Checkpoint& checkpoint, Run& run) {
  if (const std::string wrong = load_run(checkpoint.file, run); !wrong.empty()) refuse(in_quotes(checkpoint.path) + ": " + wrong);
  const auto saved = checkpoint.file.metadata.find("signature");
  if (saved != checkpoint.file.metadata.end() && saved->second != run.signature())
    refuse(in_quotes(checkpoint.path) + " was saved with signature " + in_quotes(saved->second) + ", but its numbers have " +
           run.signature() + ": the file was changed");
}

Course read_run_course(const std::string& folder) {
  const std::string path = folder + "/" + kConfig;
  Course course;
  Problems found = course_from_json(read_text(path, kMaxConfig), course);
  if (found.empty()) found = problems(course);
  if (!found.empty()) refuse(in_quotes(path) + ": " + found[0].message);
  return course;
}

std::string metrics_before(const std::string& folder, uint64_t step) {
  const std::string path = folder + "/" + kMetrics;
  if (!exists(path)) return {};
  const std::string text = read_text(path, kMaxMetrics);
  size_t end = 0;
  while (end < text.size()) {
    const size_t next = text.find('\n', end);
    if (next == std::string::npos) break;
    const auto line = nlohmann::json::parse(text.begin() + static_cast<long>(end), text.begin() + static_cast<long>(next), nullptr, false);
    if (!line.is_object() || !line.contains("step") || !line["step"].is_number_unsigned() || line["step"].get<uint64_t>() >= step) break;
    end = next + 1;
  }
  return text.substr(0, end);
}

RunFolder::RunFolder(const std::string& path, Existing existing) : path_(path), fresh_(existing != Existing::go_on) {
  if (exists(path) && existing == Existing::refuse)
    for (const char* name : {kSummary, kCheckpoint})
      if (exists(file(name)))
        refuse("the folder " + in_quotes(path) + " holds a run already; go on with --resume " + path + ", or replace it with --force");
  make_folder(path);
  lock_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // File systems without locks are not a reason to stop.
  if (lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(lock_);
    refuse("the folder " + in_quotes(path) + " is in use by another run");
  }
}

RunFolder::~RunFolder() {
  if (metrics_ >= 0) ::close(metrics_);
  if (lock_ >= 0) ::close(lock_);
}

void RunFolder::begin(Run& run, const std::string& metrics) {
  if (fresh_)
    drop_checkpoints(path_, std::nullopt);
  else
    drop_checkpoints(path_, run.step());
  write_atomic(file(kConfig), course_to_json(run.course()) + "\n");
  // From the first moment the folder is either the old run, whole, or the new one: never a mixture that could be resumed.
  save_checkpoint(run);
  if (fresh_)
    for (const char* name : {kSummary, kModel}) ::unlink(file(name).c_str());
  write_atomic(file(kMetrics), metrics);
  metrics_ = ::open(file(kMetrics).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (metrics_ < 0) refuse(in_quotes(file(kMetrics)) + " cannot be written: " + std::strerror(errno));
}

void RunFolder::append(const ProbeRecord& record) { write_all(metrics_, bytes_of(probe_json(record) + "\n"), file(kMetrics)); }

void RunFolder::save_checkpoint(Run& run) { write_atomic(file(kCheckpoint), save_run(run, Contents::checkpoint)); }

void RunFolder::finish(Run& run, const std::string& summary) {
  write_atomic(file(kModel), save_run(run, Contents::model));
  write_atomic(file(kSummary), summary);
}

}  // namespace induction
