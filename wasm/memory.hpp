#pragma once
// How much memory a page gives to one run: one limit for both modules.

#include <string>

#include "run.hpp"

namespace induction {

/// WebAssembly memory that one run may take: half of the 2 GiB that every browser grants.
inline constexpr uint64_t kMemoryLimit = 1ull << 30;

inline Problems memory_problem(const Course& course) {
  const uint64_t needed = memory_needed(course);
  if (needed <= kMemoryLimit) return {};
  return {{"batch", "this configuration needs about " + std::to_string(needed >> 20) +
                        " MiB; the page can give 1024 MiB. Make batch, n_ctx, n_heads or d_model smaller"}};
}

}  // namespace induction
