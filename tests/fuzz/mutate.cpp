#include "mutate.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace induction::fuzz {
namespace {

constexpr size_t kMaxInput = 1 << 16;  // bytes
// What JSON, NumPy and UTF-8 break on.
const char* const kWords[] = {"{",
                              "}",
                              "[",
                              "]",
                              "\"",
                              ",",
                              ":",
                              "-1",
                              "0",
                              "1e309",
                              "1e-400",
                              "99999999999999999999",
                              "[[",
                              "null",
                              "true",
                              "{}",
                              "\"__proto__\":",
                              "\\u0000",
                              "\xff",
                              "\xc3\xa9",
                              "\xf0\x9f\x98\x80",
                              "\\ud800",
                              "4096",
                              "18446744073709551616",
                              "-0",
                              "NaN",
                              "1e999",
                              "'<i8'",
                              "(2, 3)",
                              "0.1",
                              "4294967296",
                              "\n",
                              " ",
                              "seeds"};

}  // namespace

// SplitMix64. Source: Steele, Lea, Flood 2014.
uint32_t Mutator::word() {
  uint64_t z = state_ += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return static_cast<uint32_t>((z ^ z >> 31) >> 32);
}

void Mutator::insert(Input& input, size_t at, const uint8_t* from, size_t n) {
  if (input.size() + n <= kMaxInput) input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), from, from + n);
}

// Another number where digits stand.
void Mutator::change_digits(Input& input, size_t at) {
  while (at < input.size() && (input[at] < '0' || input[at] > '9')) ++at;
  size_t end = at;
  while (end < input.size() && input[end] >= '0' && input[end] <= '9') ++end;
  if (at == end) return;
  static const char* const kNumbers[] = {"0", "1", "2", "3", "7", "255", "256", "65536", "2147483648", "4294967295", "9223372036854775807"};
  const std::string number = kNumbers[below(std::size(kNumbers))];
  input.erase(input.begin() + static_cast<std::ptrdiff_t>(at), input.begin() + static_cast<std::ptrdiff_t>(end));
  insert(input, at, reinterpret_cast<const uint8_t*>(number.data()), number.size());
}

void Mutator::change(Input& input) {
  const size_t at = below(input.size()), n = std::min(input.size() - at, 1 + below(below(8) == 0 ? 1024 : 16));
  const Input piece(input.begin() + static_cast<std::ptrdiff_t>(at), input.begin() + static_cast<std::ptrdiff_t>(at + n));
  const char* words = kWords[below(std::size(kWords))];
  const Input& other = seeds_[below(seeds_.size())];
  const size_t start = below(other.size());
  switch (below(9)) {
    case 0:
      if (!input.empty()) input[at] ^= static_cast<uint8_t>(1u << below(8));
      return;
    case 1:
      if (!input.empty()) input[at] = static_cast<uint8_t>(word());
      return;
    case 2:
      for (size_t i = at; i < at + std::min<size_t>(n, 8); ++i) input[i] = below(2) ? 0xFF : 0;
      return;
    case 3: input.erase(input.begin() + static_cast<std::ptrdiff_t>(at), input.begin() + static_cast<std::ptrdiff_t>(at + n)); return;
    case 4: return insert(input, below(input.size() + 1), piece.data(), piece.size());
    case 5: return insert(input, at, reinterpret_cast<const uint8_t*>(words), std::strlen(words));
    case 6: return insert(input, at, other.data() + start, std::min(other.size() - start, 1 + below(64)));
    case 7: return change_digits(input, at);
    default: input.resize(at); return;
  }
}

Input Mutator::next() {
  Input input = seeds_[below(seeds_.size())];
  for (size_t changes = 1 + below(8); changes > 0; --changes) change(input);
  return input;
}

}  // namespace induction::fuzz
