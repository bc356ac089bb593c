#pragma once
// Where the time of a training step goes, kernel by kernel, and what the machine could do at most.

#include <vector>

#include "run.hpp"

namespace induction {

struct KernelTime {
  const char* name;
  uint64_t calls = 0;     // Steps done, a gradient chunk each
  double seconds = 0;     // all calls together
  double operations = 0;  // multiplications and additions of contract, attention and their reverses; 0: not counted
};

/// Trains a Run of its own on one thread for `steps` steps after some to warm up; kernels that were called, the slowest first.
/// Reading the clock adds some 50 ns to a call. Empty when there is not enough memory or the run does not go on.
std::vector<KernelTime> kernel_times(const Config& config, const KernelTable<float>& kernels, uint64_t steps);

/// GFLOP/s of a register-blocked product in the nearest cache with this instruction set, one thread, no fused multiply-add:
/// the best of several tries, because other work on the machine can only make one slower.
double peak_gflops(const KernelTable<float>& kernels);

}  // namespace induction
