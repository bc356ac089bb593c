#pragma once
#include <string>

namespace induction {

/// As printf; up to 511 characters.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...);

}  // namespace induction
