#include "heads.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

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

// −a ln a, 0 for a ≤ 0, within 2e-7 of the logarithm: exact_log's series (kernels/arithmetic.hpp) without its cases, so that a compiler
// takes several keys at once. A probe spends a quarter of its time on logarithms otherwise.
inline float surprise(float a) {
  constexpr uint32_t kRootHalf = 0x3f3504f3;  // bits of √½
  uint32_t bits;
  std::memcpy(&bits, &a, sizeof bits);
  const int32_t shifted = static_cast<int32_t>(bits - kRootHalf);
  bits = (static_cast<uint32_t>(shifted) & 0x007fffff) + kRootHalf;
  float m;
  std::memcpy(&m, &bits, sizeof m);
  const float s = (m - 1.0f) / (m + 1.0f), s2 = s * s;
  const float series = ((2.0f / 9.0f * s2 + 2.0f / 7.0f) * s2 + 2.0f / 5.0f) * s2 + 2.0f / 3.0f;
  return a > 0.0f ? -a * (static_cast<float>(shifted >> 23) * 0.693147181f + ((series * s2) * s + 2.0f * s)) : 0.0f;
}

// −Σ a ln a over a row, nats.
double entropy_of(const float* row, size_t n) {
  constexpr size_t kAtOnce = 64;
  float terms[kAtOnce];
  double sum = 0;
  for (size_t at = 0; at < n; at += kAtOnce) {
    const size_t some = std::min(kAtOnce, n - at);
    for (size_t i = 0; i < some; ++i) terms[i] = surprise(row[at + i]);
    for (size_t i = 0; i < some; ++i) sum += static_cast<double>(terms[i]);
  }
  return sum;
}

// Adds one query: `attention(s)` for the keys it sees, of which `entropy` is that of their distribution.
template <class Attention>
void score_query(Means& means, const Query& query, double entropy, Attention attention) {
  const auto& [tokens, t, keys, sources] = query;
  double induction = 0, duplicate = 0;
  bool has_induction = false, has_duplicate = false;
  // Where the token was before; what followed it is a key to look at, unless the sources say otherwise.
  for (size_t s = 0; s < t; ++s) {
    if (tokens[s] != tokens[t]) continue;
    duplicate += attention(s), has_duplicate = true;
    if (!sources) induction += attention(s + 1), has_induction = true;
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
      score_query(means, query, entropy_of(row, query.keys), [&](size_t s) { return static_cast<double>(row[s]); });
    }
  }
  return values(means);
}

PatternScores uniform_scores(std::span<const std::vector<uint32_t>> tokens, std::span<const RowSources> sources, Sight sight) {
  Means means;
  for (size_t b = 0; b < tokens.size(); ++b)
    for (size_t t = 0; t < tokens[b].size(); ++t) {
      const Query query{tokens[b], t, keys_of(t, tokens[b].size(), sight), sources_of(sources, b, t)};
      const double keys = static_cast<double>(query.keys);
      score_query(means, query, std::log(keys), [&](size_t) { return 1.0 / keys; });
    }
  return values(means);
}

}  // namespace induction
