#pragma once
// Numbers as words, and words of others made safe to print.

#include <string>
#include <string_view>

namespace induction {

/// The shortest text that reads back as the same number.
std::string number_text(double x);
/// With so many digits after the point: fixed_text(0.8333, 2) is "0.83".
std::string fixed_text(double x, int digits);
/// What came from outside, in quotes and safe to print: control characters as '?', and at most so many bytes, whole characters of UTF-8.
std::string in_quotes(std::string_view text, size_t most = 120);

}  // namespace induction
