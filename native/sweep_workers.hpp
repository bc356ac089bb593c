#pragma once
// The threads of a sweep: each makes one run after the other, until none is left that another process does not have.

#include <deque>
#include <exception>
#include <thread>

#include "sweep_folder.hpp"
#include "sweep_run.hpp"

namespace induction {

/// Arithmetic of one training step, in multiply-adds up to a constant factor: how runs of different sizes share the time.
double step_cost(const Config& config);
/// That of all its steps.
double run_cost(const Course& course);

class SweepWorkers {
 public:
  /// `todo`: runs in the order to make them; at most `limit` of them are made.
  SweepWorkers(const Plan& plan, SweepFolder& folder, const KernelTable<float>& kernels, std::vector<Point> todo, uint64_t limit);
  /// Stops, like stop(), and waits.
  ~SweepWorkers();
  SweepWorkers(const SweepWorkers&) = delete;
  SweepWorkers& operator=(const SweepWorkers&) = delete;

  void start(uint32_t threads);
  /// Asks every run to end at its next step; what it did is lost.
  void stop() { stop_ = true; }
  bool idle() const { return working_ == 0; }
  /// Waits for the threads; throws what one of them threw.
  void finish();

  struct State {
    Tally made;              // by this process
    uint64_t elsewhere = 0;  // runs that another process has
    uint64_t onsets = 0;     // of finished and of running ones here
    double cost_done = 0, cost_left = 0;
  };
  State state();
  /// A line about each run that was finished since the last call.
  std::vector<std::string> news();

 private:
  std::optional<Point> next();
  void work();
  void make(const Point& point);
  void pass(const Point& point);

  const Plan& plan_;
  SweepFolder& folder_;
  const KernelTable<float>& kernels_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stop_{false};
  std::atomic<uint32_t> working_{0};

  std::mutex mutex_;  // all below
  std::deque<Point> waiting_, busy_;
  uint64_t limit_;
  State state_;
  std::vector<std::string> news_;
  std::exception_ptr failure_;
};

}  // namespace induction
