#include "text.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace induction {

// Older C++ libraries, Emscripten 3.1.6's too, lack to_chars for doubles.
std::string number_text(double x) {
  char buffer[40];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(buffer, sizeof buffer, "%.*g", digits, x);
    if (std::strtod(buffer, nullptr) == x) break;
  }
  return buffer;
}

std::string fixed_text(double x, int digits) {
  char buffer[400];  // the largest double has 309 digits before the point
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, x);
  return buffer;
}

std::string in_quotes(std::string_view text, size_t most) {
  size_t end = std::min(text.size(), most);
  if (end < text.size())
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string out = "'";
  for (const char c : text.substr(0, end)) out += static_cast<unsigned char>(c) < 32 || c == 127 ? '?' : c;
  return out + (end < text.size() ? "…'" : "'");
}

}  // namespace induction
