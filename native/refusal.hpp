#pragma once
// How a command says no: one sentence, thrown where the fault is found and printed once, by main.

#include <string>

namespace induction {

/// Exit statuses of the command line. A stop by a signal gives 128 + its number, as shells do.
inline constexpr int kDone = 0, kRefused = 2, kRanAway = 3;

struct Refusal {
  std::string sentence;
};

[[noreturn]] inline void refuse(std::string sentence) { throw Refusal{std::move(sentence)}; }

/// What a person typed, made safe to print: short and without control characters.
inline std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text.substr(0, 120)) safe += (static_cast<unsigned char>(c) < 32 || c == 127) ? '?' : c;
  return safe + (text.size() > 120 ? "...'" : "'");
}

}  // namespace induction
