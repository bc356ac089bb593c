#pragma once
// A picture of a run for an article: every head's attention at the end, and how the loss came down. SVG that needs nothing else.

#include "recording.hpp"

namespace induction {

/// automatic: as the reader's system is, by a media query inside the picture.
enum class Theme : uint8_t { automatic, light, dark };
/// Refuses other words.
Theme theme_of(const std::string& word);

struct Poster {
  const Recording& recording;
  const ProbeRecord& end;
  const std::vector<float>& pattern;  // [n_layers, n_heads, T, T]
  Theme theme;
};
std::string poster_svg(const Poster& poster);

}  // namespace induction
