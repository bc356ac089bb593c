#pragma once
// Where the time of a training step goes on this machine: core's measurement by this machine's clock.

#include <chrono>

#include "kernel_timing.hpp"

namespace induction {

inline double steady_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Reading the clock adds some 50 ns to a call.
inline std::vector<KernelTime> kernel_times(const Config& config, const KernelTable<float>& kernels, uint64_t steps) {
  return kernel_times(config, kernels, steps, steady_seconds);
}

inline double peak_gflops(const KernelTable<float>& kernels) { return peak_gflops(kernels, steady_seconds); }

}  // namespace induction
