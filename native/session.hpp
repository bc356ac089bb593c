#pragma once
// A run in the making: trains, measures, shows and saves. `train` and `replay` both are one Session.

#include <chrono>
#include <cmath>
#include <optional>

#include "checkpoints.hpp"
#include "progress.hpp"
#include "run_folder.hpp"

namespace induction {

/// How far a Session goes and what it leaves besides the folder's usual files.
struct Goal {
  uint64_t until = 0;   // the step to reach
  CheckpointPlan plan;  // checkpoints kept along the way
  bool json = false;    // print the summary as JSON although there is a folder
};

class Session {
 public:
  /// `folder` may be null: then the summary is printed only.
  Session(Run& run, RunFolder* folder, const Goal& goal);

  /// Trains until the goal, a signal or numbers that ran away.
  void train();
  /// Writes everything, says how it ended and returns the exit status.
  int finish();

 private:
  using Clock = std::chrono::steady_clock;

  bool on_schedule() const { return run_.step() % static_cast<uint64_t>(run_.config().probe_every) == 0; }
  double steps_per_second() const;
  void measure();
  void keep_on_plan();
  void save_now_and_then();
  Status status() const;

  Run& run_;
  RunFolder* folder_;
  Goal goal_;
  Progress progress_;
  std::optional<ProbeRecord> record_;
  Curves curves_;
  std::string stopped_;
  double loss_ = std::nan("");
  uint64_t first_step_, saved_step_;
  Clock::time_point start_ = Clock::now(), saved_ = start_;
};

}  // namespace induction
