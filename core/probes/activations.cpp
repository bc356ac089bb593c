#include "activations.hpp"

#include <algorithm>

namespace induction {

Matrix pattern_of(std::span<const float> patterns, size_t row, size_t head, size_t heads, size_t length) {
  Matrix made(static_cast<uint32_t>(length), static_cast<uint32_t>(length));
  const auto own = patterns.subspan((row * heads + head) * length * length, length * length);
  std::copy(own.begin(), own.end(), made.values.begin());
  return made;
}

Matrix output_of(std::span<const float> outputs, size_t row, size_t head, size_t heads, size_t length, size_t width) {
  Matrix made(static_cast<uint32_t>(length), static_cast<uint32_t>(width));
  for (size_t t = 0; t < length; ++t) {
    const auto own = outputs.subspan(((row * length + t) * heads + head) * width, width);
    std::copy(own.begin(), own.end(), made.values.begin() + static_cast<std::ptrdiff_t>(t * width));
  }
  return made;
}

}  // namespace induction
