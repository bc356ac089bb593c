#include "sweep_run.hpp"

#include <chrono>
#include <cmath>

#include "refusal.hpp"

namespace induction {
namespace {

using Clock = std::chrono::steady_clock;

// Trains up to where the run or a rule ends it.
class Making {
 public:
  Making(Run& run, const StopRules& stop, const RunWatch& watch) : run_(run), stop_(stop), watch_(watch), end_(run.course().length()) {}

  /// false when it was cancelled.
  bool train() {
    if (on_schedule()) measure();
    while (run_.step() < end_ && message_.empty()) {
      if (watch_.cancel.load(std::memory_order_relaxed)) return false;
      const Run::Report report = run_.advance(1);
      if (!report.stopped.empty()) {
        ending_ = Ending::diverged, message_ = report.stopped;
        break;
      }
      if (on_schedule()) measure();
      watch_.at_step(run_.step());
    }
    // Off the schedule, as at the end of `induction train`.
    if (!record_ || record_->step != run_.step()) probe();
    return true;
  }

  Ending ending() const { return ending_; }
  Summary summary() const { return {*record_, run_.signature(), message_, std::nan("")}; }
  /// The first probed step at which more than half of the repeated tokens were predicted right.
  std::optional<uint64_t> half_right() const { return half_right_; }

 private:
  bool on_schedule() const { return run_.step() % static_cast<uint64_t>(run_.config().probe_every) == 0; }

  // True at the first induction head.
  bool probe() {
    const bool before = record_ && record_->onset.induction;
    record_ = run_.probe();
    if (!half_right_ && record_->seen.accuracy_rep > 0.5) half_right_ = run_.step();
    if (before || !record_->onset.induction) return false;
    watch_.at_onset();
    return true;
  }

  void measure() {
    if (probe()) shorten();
    if (run_.step() == 0) first_loss_ = record_->seen.loss;
    const std::string at = std::to_string(run_.step());
    if (stop_.diverged && has_diverged(record_->seen.loss, first_loss_, run_.config())) {
      ending_ = Ending::diverged;
      message_ = "Stopped at step " + at + ": the held-out loss is more than 1 nat above its start and above even guessing.";
    }
  }

  void shorten() {
    if (!stop_.after_onset || run_.step() + *stop_.after_onset >= end_) return;
    end_ = run_.step() + *stop_.after_onset;
    ending_ = Ending::stopped;
  }

  Run& run_;
  const StopRules& stop_;
  const RunWatch& watch_;
  uint64_t end_;
  double first_loss_ = 0;
  Ending ending_ = Ending::finished;
  std::string message_;
  std::optional<ProbeRecord> record_;
  std::optional<uint64_t> half_right_;
};

}  // namespace

std::optional<RunEnd> make_run(const Course& course, const StopRules& stop, const KernelTable<float>& kernels, const RunWatch& watch) {
  const auto start = Clock::now();
  const std::unique_ptr<Run> run = Run::create(course, 1, {}, kernels);
  if (!run) refuse("there is not enough memory for another run; give a smaller number with --jobs");
  Making making(*run, stop, watch);
  if (!making.train()) return std::nullopt;
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  RunEnd end;
  end.line = result_line(course, stop, {making.ending(), making.half_right(), seconds}, making.summary());
  end.result = read_result(end.line, "the run");
  return end;
}

}  // namespace induction
