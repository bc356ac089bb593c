#pragma once
// Numbers as words.

#include <string>

namespace induction {

/// The shortest text that reads back as the same number.
std::string number_text(double x);
/// With so many digits after the point: fixed_text(0.8333, 2) is "0.83".
std::string fixed_text(double x, int digits);

}  // namespace induction
