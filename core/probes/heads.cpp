#include "heads.hpp"

#include <cmath>

namespace induction {
namespace {

struct Means {
  Mean previous, induction, duplicate, first, entropy;
};

// Adds one query row: `attention(s)` for keys 0..t. `sources` replaces content prefix matching.
template <class Attention>
void score_query(Means& means, const std::vector<uint32_t>& tokens, size_t t, const std::vector<uint32_t>* sources, Attention attention) {
  double induction = 0, duplicate = 0, entropy = 0;
  bool has_induction = false, has_duplicate = false;
  for (size_t s = 0; s <= t; ++s) {
    const double a = attention(s);
    if (a > 0) entropy -= a * std::log(a);
    if (!sources && s >= 1 && tokens[s - 1] == tokens[t]) induction += a, has_induction = true;
    if (s < t && tokens[s] == tokens[t]) duplicate += a, has_duplicate = true;
  }
  if (sources)
    for (const uint32_t s : *sources) induction += attention(s), has_induction = true;
  means.entropy.take(entropy);
  if (has_induction) means.induction.take(induction);
  if (has_duplicate) means.duplicate.take(duplicate);
  if (t >= 1) means.previous.take(attention(t - 1)), means.first.take(attention(0));
}

const std::vector<uint32_t>* sources_of(std::span<const RowSources> sources, size_t row, size_t t) {
  return sources.empty() ? nullptr : &sources[row][t];
}

PatternScores values(const Means& means) {
  return {means.previous.value(), means.induction.value(), means.duplicate.value(), means.first.value(), means.entropy.value()};
}

}  // namespace

std::vector<uint8_t> induction_targets(std::span<const uint32_t> tokens) {
  const size_t length = tokens.size();
  std::vector<uint8_t> mask(length * length, 0);
  for (size_t t = 0; t < length; ++t)
    for (size_t s = 1; s <= t; ++s) mask[t * length + s] = tokens[s - 1] == tokens[t];
  return mask;
}

PatternScores score_pattern(std::span<const std::vector<uint32_t>> tokens, const float* pattern, size_t stride,
                            std::span<const RowSources> sources) {
  Means means;
  for (size_t b = 0; b < tokens.size(); ++b) {
    const size_t length = tokens[b].size();
    for (size_t t = 0; t < length; ++t) {
      const float* row = pattern + b * stride + t * length;
      score_query(means, tokens[b], t, sources_of(sources, b, t), [&](size_t s) { return static_cast<double>(row[s]); });
    }
  }
  return values(means);
}

PatternScores uniform_scores(std::span<const std::vector<uint32_t>> tokens, std::span<const RowSources> sources) {
  Means means;
  for (size_t b = 0; b < tokens.size(); ++b)
    for (size_t t = 0; t < tokens[b].size(); ++t)
      score_query(means, tokens[b], t, sources_of(sources, b, t), [&](size_t) { return 1.0 / static_cast<double>(t + 1); });
  return values(means);
}

}  // namespace induction
