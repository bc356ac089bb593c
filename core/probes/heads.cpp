#include "heads.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace induction {
namespace {

// Four keys at once.
constexpr size_t kLanes = 4;
typedef float Floats __attribute__((vector_size(16)));
typedef uint32_t Bits __attribute__((vector_size(16)));
typedef int32_t Ints __attribute__((vector_size(16)));
typedef double Doubles __attribute__((vector_size(32)));

#define INDUCTION_EACH _Pragma("GCC unroll 4") for (size_t i = 0; i < N; ++i)

// a[i] becomes −a ln a, 0 for a ≤ 0, within 2e-7 of the logarithm: exact_log's series (kernels/arithmetic.hpp) without its cases. In
// registers by hand, step by step for N of them: no compiler takes several keys at once where one of them may be 0, and a probe then
// spends a sixth of its time here.
template <size_t N>
inline __attribute__((always_inline)) void surprise(Floats (&a)[N]) {
  constexpr uint32_t kRootHalf = 0x3f3504f3;  // bits of √½
  Bits bits[N];
  Ints shifted[N];
  Floats m[N], s[N], s2[N], series[N];
  INDUCTION_EACH std::memcpy(&bits[i], &a[i], sizeof bits[i]);
  INDUCTION_EACH bits[i] -= kRootHalf;
  INDUCTION_EACH std::memcpy(&shifted[i], &bits[i], sizeof shifted[i]);
  INDUCTION_EACH bits[i] = (bits[i] & 0x007fffffu) + kRootHalf;
  INDUCTION_EACH std::memcpy(&m[i], &bits[i], sizeof m[i]);
  INDUCTION_EACH s[i] = (m[i] - 1.0f) / (m[i] + 1.0f);
  INDUCTION_EACH s2[i] = s[i] * s[i];
  INDUCTION_EACH series[i] = 2.0f / 9.0f * s2[i] + 2.0f / 7.0f;
  INDUCTION_EACH series[i] = series[i] * s2[i] + 2.0f / 5.0f;
  INDUCTION_EACH series[i] = series[i] * s2[i] + 2.0f / 3.0f;
  INDUCTION_EACH series[i] = (series[i] * s2[i]) * s[i] + 2.0f * s[i];
  INDUCTION_EACH series[i] = -a[i] * (__builtin_convertvector(shifted[i] >> 23, Floats) * 0.693147181f + series[i]);
  INDUCTION_EACH a[i] = a[i] > 0.0f ? series[i] : Floats{};
}

// Adds −a ln a of N registers of keys.
template <size_t N>
inline __attribute__((always_inline)) void add_surprises(Doubles& sum, const float* keys) {
  Floats a[N];
  std::memcpy(a, keys, sizeof a);
  surprise(a);
  INDUCTION_EACH sum += __builtin_convertvector(a[i], Doubles);
}

#undef INDUCTION_EACH

// −Σ a ln a over a row, nats.
inline __attribute__((always_inline)) double entropy_of(const float* row, size_t n) {
  Doubles sum = {};
  for (; n >= 4 * kLanes; n -= 4 * kLanes, row += 4 * kLanes) add_surprises<4>(sum, row);
  if (n >= 2 * kLanes) add_surprises<2>(sum, row), n -= 2 * kLanes, row += 2 * kLanes;
  if (n >= kLanes) add_surprises<1>(sum, row), n -= kLanes, row += kLanes;
  if (n > 0) {
    float last[kLanes] = {};
    for (size_t i = 0; i < n; ++i) last[i] = row[i];
    add_surprises<1>(sum, last);
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

PatternScores PatternScorer::of(const float* pattern, size_t stride) const {
  return read(pattern, stride, [](const float* row, size_t n) { return entropy_of(row, n); });
}

PatternScores PatternScorer::without_entropy(const float* pattern, size_t stride) const {
  return read(pattern, stride, [](const float*, size_t) { return std::numeric_limits<double>::quiet_NaN(); });
}

PatternScores PatternScorer::uniform() const {
  return means([](const Place& at) { return std::log(static_cast<double>(at.keys)); },
               [](const Place& at, uint32_t) { return 1.0 / static_cast<double>(at.keys); });
}

}  // namespace induction
