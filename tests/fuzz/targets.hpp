#pragma once
// Everything that parses bytes from outside, as functions of any bytes. A target returns for every input; what it must also hold (reading
// what it wrote gives the same, and so on) ends the process where it does not. docs/reliability.md.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace induction::fuzz {

using Bytes = std::span<const uint8_t>;

struct Target {
  const char* name;  // of the target and of its folder in tests/fuzz/corpora
  void (*run)(Bytes bytes);
};

/// Config and Course, experiment specs, safetensors, own data.
const std::vector<Target>& core_targets();
/// What only the command line reads: sweep specs, results, token rows, prompts, run folders.
const std::vector<Target>& native_targets();

/// Ends the process, saying what does not hold.
[[noreturn]] void broken(const char* claim);
inline void hold(bool claim, const char* words) {
  if (!claim) broken(words);
}

inline std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace induction::fuzz
