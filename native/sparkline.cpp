#include "sparkline.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace induction {

TerminalStyle terminal_style() {
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value && *value;
  };
  TerminalStyle style;
  // The first that is set decides, as in setlocale().
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!is_set(name)) continue;
    std::string value = std::getenv(name);
    std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    style.unicode = value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
    break;
  }
  style.colour = !is_set("NO_COLOR");
  return style;
}

std::string sparkline(std::span<const double> values, size_t width, double low, double high, bool unicode) {
  constexpr const char* kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr const char* kSigns[] = {" ", ".", ":", "-", "=", "+", "*", "#"};
  const size_t columns = std::min(width, values.size());
  std::string text;
  for (size_t i = 0; i < columns; ++i) {
    const size_t begin = i * values.size() / columns, end = (i + 1) * values.size() / columns;
    double sum = 0;
    for (size_t j = begin; j < end; ++j) sum += values[j];
    const double part = (sum / static_cast<double>(end - begin) - low) / (high - low);
    if (!std::isfinite(part)) {
      text += " ";
      continue;
    }
    const auto height = static_cast<size_t>(std::clamp(part * 8, 0.0, 7.0));
    text += unicode ? kBlocks[height] : kSigns[height];
  }
  return text;
}

}  // namespace induction
