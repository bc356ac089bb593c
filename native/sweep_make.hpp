#pragma once
// Makes the runs of a plan that a folder does not have yet, on threads, with a bar that tells how far they are.

#include "progress.hpp"
#include "sweep_workers.hpp"

namespace induction {

class SweepMaking {
 public:
  SweepMaking(const Plan& plan, std::vector<Point> points, SweepFolder& folder, bool quiet)
      : plan_(plan), points_(std::move(points)), folder_(folder), quiet_(quiet) {}

  /// Up to `limit` runs, `jobs` at a time. A signal ends those under way, without their results. Returns the number made; refuses,
  /// saying how many runs are kept, when one cannot be made or written.
  uint64_t make(const KernelTable<float>& kernels, uint32_t jobs, uint64_t limit);

 private:
  void watch(SweepWorkers& workers);
  void show(SweepWorkers& workers);
  std::string bar(const SweepWorkers::State& state) const;

  const Plan& plan_;
  std::vector<Point> points_;
  SweepFolder& folder_;
  bool quiet_;
  Progress progress_;
  Tally before_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace induction
