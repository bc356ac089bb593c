#pragma once
// How work is handed to threads by code that has none itself.

#include <cstdint>
#include <functional>

namespace induction {

/// Runs `work(index, thread)` for index 0..n−1, on threads if it likes.
using Work = std::function<void(uint32_t index, uint32_t thread)>;
using Parallel = std::function<void(uint32_t n, const Work& work)>;

}  // namespace induction
