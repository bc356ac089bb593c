#pragma once
// How a command says no: one sentence, thrown where the fault is found and printed once, by main.

#include <string>

#include "text.hpp"

namespace induction {

/// Exit statuses of the command line. A stop by a signal gives 128 + its number, as shells do.
inline constexpr int kDone = 0, kRefused = 2, kRanAway = 3;

struct Refusal {
  std::string sentence;
};

[[noreturn]] inline void refuse(std::string sentence) { throw Refusal{std::move(sentence)}; }

}  // namespace induction
