#pragma once
// What `induction doctor` looks at. Each check is one finding with one sentence.

#include <cstdint>
#include <string>
#include <vector>

namespace induction {

struct CheckResult {
  enum class Grade : uint8_t { fine, note, wrong };
  std::string name;
  Grade grade;
  std::string sentence;
};

CheckResult check_build();
/// Rounding, subnormal numbers and separate multiplication and addition: what exact numbers rest on.
std::vector<CheckResult> check_arithmetic();
/// The golden run with every instruction set that this processor has, and once more on two threads.
std::vector<CheckResult> check_signatures();
/// Which kernels a run takes here, threads, memory, GPU.
std::vector<CheckResult> check_machine();

}  // namespace induction
