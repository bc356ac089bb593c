#include "cores.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace induction {
namespace {

// "200000 100000": microseconds of all cores together in each period; "max 100000": no quota.
double quota_cores() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0, period = 0;
  return file >> quota >> period && quota > 0 && period > 0 ? quota / period : INFINITY;
}

}  // namespace

uint32_t usable_cores() {
  uint32_t cores = std::max(1u, std::thread::hardware_concurrency());
#ifdef __linux__
  // Slurm and taskset bind a process to some of the cores.
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) cores = std::max(1u, static_cast<uint32_t>(CPU_COUNT(&set)));
#endif
  return static_cast<uint32_t>(std::max(1.0, std::min<double>(cores, std::ceil(quota_cores()))));
}

}  // namespace induction
