#pragma once
// One run of a sweep, from its start to its line.

#include <atomic>
#include <functional>
#include <optional>

#include "sweep_result.hpp"

namespace induction {

/// What others see of a run while it goes on, and how they stop it.
struct RunWatch {
  const std::atomic<bool>& cancel;
  std::function<void(uint64_t step)> at_step;
  std::function<void()> at_onset;  // the first induction head
};

struct RunEnd {
  Result result;
  std::string line;
};

/// Trains on the calling thread, probing as `induction train` does: the same losses, onsets and signature. Empty when it
/// was cancelled. `corpus`: the data of a run that reads some. Refuses when there is not enough memory.
std::optional<RunEnd> make_run(const Course& course, const StopRules& stop, const std::shared_ptr<const Corpus>& corpus,
                               const KernelTable<float>& kernels, const RunWatch& watch);

}  // namespace induction
