#include "heads.hpp"

#include <cmath>

namespace induction {
namespace {

struct Means {
  Mean previous, induction, duplicate, first, entropy;
};

// A query of one row: position t of its tokens, which sees `keys` keys. `sources` replaces content prefix matching.
struct Query {
  const std::vector<uint32_t>& tokens;
  size_t t, keys;
  const std::vector<uint32_t>* sources;
};

// Adds one query: `attention(s)` for the keys it sees.
template <class Attention>
void score_query(Means& means, const Query& query, Attention attention) {
  const auto& [tokens, t, keys, sources] = query;
  double induction = 0, duplicate = 0, entropy = 0;
  bool has_induction = false, has_duplicate = false;
  for (size_t s = 0; s < keys; ++s) {
    const double a = attention(s);
    if (a > 0) entropy -= a * std::log(a);
    if (!sources && s >= 1 && s <= t && tokens[s - 1] == tokens[t]) induction += a, has_induction = true;
    if (s < t && tokens[s] == tokens[t]) duplicate += a, has_duplicate = true;
  }
  if (sources)
    for (const uint32_t s : *sources) induction += attention(s), has_induction = true;
  means.entropy.take(entropy);
  if (has_induction) means.induction.take(induction);
  if (has_duplicate) means.duplicate.take(duplicate);
  if (t >= 1) means.previous.take(attention(t - 1)), means.first.take(attention(0));
}

size_t keys_of(size_t t, size_t length, Sight sight) { return sight == Sight::whole ? length : t + 1; }

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
                            std::span<const RowSources> sources, Sight sight) {
  Means means;
  for (size_t b = 0; b < tokens.size(); ++b) {
    const size_t length = tokens[b].size();
    for (size_t t = 0; t < length; ++t) {
      const float* row = pattern + b * stride + t * length;
      const Query query{tokens[b], t, keys_of(t, length, sight), sources_of(sources, b, t)};
      score_query(means, query, [&](size_t s) { return static_cast<double>(row[s]); });
    }
  }
  return values(means);
}

PatternScores uniform_scores(std::span<const std::vector<uint32_t>> tokens, std::span<const RowSources> sources, Sight sight) {
  Means means;
  for (size_t b = 0; b < tokens.size(); ++b)
    for (size_t t = 0; t < tokens[b].size(); ++t) {
      const Query query{tokens[b], t, keys_of(t, tokens[b].size(), sight), sources_of(sources, b, t)};
      score_query(means, query, [&](size_t) { return 1.0 / static_cast<double>(query.keys); });
    }
  return values(means);
}

}  // namespace induction
