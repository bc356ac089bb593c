#include "heads.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace induction {
namespace {

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
  constexpr size_t kAtOnce = 64, kLanes = 4;
  float terms[kAtOnce];
  double sum[kLanes] = {};
  for (size_t at = 0; at < n; at += kAtOnce) {
    const size_t some = std::min(kAtOnce, n - at), whole = (some + kLanes - 1) / kLanes * kLanes;
    for (size_t i = 0; i < some; ++i) terms[i] = surprise(row[at + i]);
    for (size_t i = some; i < whole; ++i) terms[i] = 0;
    for (size_t i = 0; i < whole; i += kLanes)
      for (size_t lane = 0; lane < kLanes; ++lane) sum[lane] += static_cast<double>(terms[i + lane]);
  }
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

}  // namespace

std::vector<uint8_t> induction_targets(std::span<const uint32_t> tokens) {
  const size_t length = tokens.size();
  std::vector<uint8_t> mask(length * length, 0);
  for (size_t t = 0; t < length; ++t)
    for (size_t s = 1; s <= t; ++s) mask[t * length + s] = tokens[s - 1] == tokens[t];
  return mask;
}

PatternScorer::PatternScorer(std::span<const std::vector<uint32_t>> tokens, std::span<const RowSources> sources, Sight sight) {
  const auto end_of = [](const std::vector<uint32_t>& list) { return static_cast<uint32_t>(list.size()); };
  for (size_t b = 0; b < tokens.size(); ++b) {
    const std::vector<uint32_t>& row = tokens[b];
    for (uint32_t t = 0; t < row.size(); ++t) {
      Place place = {static_cast<uint32_t>(b), t, end_of(row),      sight == Sight::whole ? end_of(row) : t + 1,
                     end_of(earlier_),         0, end_of(targets_), 0};
      for (uint32_t s = 0; s < t; ++s)
        if (row[s] == row[t]) earlier_.push_back(s);
      // What followed an earlier copy is a key to look at, unless the sources say otherwise.
      if (!sources.empty()) targets_.insert(targets_.end(), sources[b][t].begin(), sources[b][t].end());
      place.earlier_end = end_of(earlier_);
      for (uint32_t i = place.earlier; sources.empty() && i < place.earlier_end; ++i) targets_.push_back(earlier_[i] + 1);
      place.targets_end = end_of(targets_);
      places_.push_back(place);
    }
  }
}

// `entropy(place)` and `attention(place, key)` for every position of every row.
template <class Entropy, class Attention>
PatternScores PatternScorer::means(Entropy entropy, Attention attention) const {
  Mean previous, induction, duplicate, first, entropies;
  for (const Place& place : places_) {
    const auto sum = [&](const std::vector<uint32_t>& keys, uint32_t from, uint32_t to) {
      double all = 0;
      for (uint32_t i = from; i < to; ++i) all += attention(place, keys[i]);
      return all;
    };
    entropies.take(entropy(place));
    if (place.targets < place.targets_end) induction.take(sum(targets_, place.targets, place.targets_end));
    if (place.earlier < place.earlier_end) duplicate.take(sum(earlier_, place.earlier, place.earlier_end));
    if (place.t >= 1) previous.take(attention(place, place.t - 1)), first.take(attention(place, 0));
  }
  return {previous.value(), induction.value(), duplicate.value(), first.value(), entropies.value()};
}

template <class Entropy>
PatternScores PatternScorer::read(const float* pattern, size_t stride, Entropy entropy) const {
  const auto row_of = [&](const Place& at) { return pattern + at.row * stride + static_cast<size_t>(at.t) * at.length; };
  return means([&](const Place& at) { return entropy(row_of(at), at.keys); },
               [&](const Place& at, uint32_t key) { return static_cast<double>(row_of(at)[key]); });
}

PatternScores PatternScorer::of(const float* pattern, size_t stride) const { return read(pattern, stride, entropy_of); }

PatternScores PatternScorer::without_entropy(const float* pattern, size_t stride) const {
  return read(pattern, stride, [](const float*, size_t) { return std::numeric_limits<double>::quiet_NaN(); });
}

PatternScores PatternScorer::uniform() const {
  return means([](const Place& at) { return std::log(static_cast<double>(at.keys)); },
               [](const Place& at, uint32_t) { return 1.0 / static_cast<double>(at.keys); });
}

}  // namespace induction
