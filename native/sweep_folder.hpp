#pragma once
// The folder of a sweep: spec.json, results.jsonl, summary.csv, sweep.sqlite and sweep.lock. Any number of processes may work
// in it. Whenever one is killed, every line of results.jsonl is whole but perhaps the last, which the next writer removes.

#include <chrono>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "file_locks.hpp"
#include "sweep_plan.hpp"
#include "sweep_result.hpp"

namespace induction {

inline constexpr const char *kSpecFile = "spec.json", *kResultsFile = "results.jsonl", *kLockFile = "sweep.lock";

/// Is there a sweep in the folder?
bool holds_sweep(const std::string& path);
/// Refuses unless there is.
void want_sweep(const std::string& path);

struct Tally {
  uint64_t runs = 0, finished = 0, stopped = 0, diverged = 0, onsets = 0;
  void add(const Result& result);
};

class SweepFolder {
 public:
  /// Makes the folder if need be. Refuses one that cannot be written or that holds something else; reads the results.
  explicit SweepFolder(const std::string& path);
  ~SweepFolder();
  SweepFolder(const SweepFolder&) = delete;
  SweepFolder& operator=(const SweepFolder&) = delete;

  /// Keeps the plan's spec. Refuses unless the plan has every run of the spec that is there already.
  void adopt(const Plan& plan);

  /// A run is `taken` by this process until it releases it or dies; `busy`: another process has it; `done`: its line is there.
  enum class Claim : uint8_t { taken, busy, done };
  Claim claim(uint64_t id);
  void release(uint64_t id);
  bool done(uint64_t id);

  /// Adds a run's line: it is whole in the file when this returns, or not there. At least once a second the disk has it.
  /// false when the run is there already, as somebody merged it meanwhile.
  bool append(uint64_t id, const std::string& line);
  /// Lets the disk have all lines.
  void sync();
  /// How the runs in a list of points stand.
  Tally tally(std::span<const Point> points);

  /// Keeps other processes from writing the summary, or a spec, at the same time.
  HeldLock lock_summary() { return {locks_, kSummaryByte}; }
  bool locks_supported() const { return locks_.supported(); }
  const std::string& path() const { return path_; }
  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  // Runs take the bytes below, by id.
  static constexpr uint64_t kAppendByte = uint64_t{1} << 62, kSpecByte = kAppendByte + 1, kSummaryByte = kAppendByte + 2;
  static uint64_t byte_of(uint64_t id) { return id >> 2; }
  void follow();
  void mend_end();

  std::string path_;
  FileLocks locks_;
  int results_;
  LineReader reader_;
  std::mutex mutex_;
  std::unordered_map<uint64_t, Tally> done_;  // what each id counts
  std::chrono::steady_clock::time_point synced_{};
};

}  // namespace induction
