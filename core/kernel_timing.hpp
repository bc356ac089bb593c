#pragma once
// Where the time of a training step goes, kernel by kernel, and what the machine could do at most.

#include <vector>

#include "run.hpp"

namespace induction {

/// Seconds on some clock: the core has none of its own.
using Now = double (*)();

struct KernelTime {
  const char* name;
  uint64_t calls = 0;     // Steps done, a gradient chunk each
  double seconds = 0;     // all calls together
  double operations = 0;  // multiplications and additions of contract, attention and their reverses; 0: not counted
};

/// Trains a Run of its own on one thread for `steps` steps after some to warm up; kernels that were called, the slowest first.
/// Each call reads the clock twice. Empty when there is not enough memory or the run does not go on.
std::vector<KernelTime> kernel_times(const Config& config, const KernelTable<float>& kernels, uint64_t steps, Now now);

/// GFLOP/s of a register-blocked product in the nearest cache with this instruction set, one thread, no fused multiply-add:
/// the best of several tries, because other work on the machine can only make one slower. turns: what a try takes; some milliseconds, or
/// more where the clock is coarse.
double peak_gflops(const KernelTable<float>& kernels, Now now, uint32_t turns = 4000);

}  // namespace induction
