#include "patterns.hpp"

#include <algorithm>
#include <cmath>

#include "../rng.hpp"

namespace induction {
namespace {

constexpr Stream kOlssonStream = static_cast<Stream>(0x4f4c53u), kDistinctStream = static_cast<Stream>(0x444953u);

struct Means {
  Mean current, stripe, before, on, after, coherence;
};

enum class Side : uint8_t { none, before, on, after };

// Where each visible key of query t stands to the induction targets. Later lines win: on over before, before over after.
std::vector<Side> sides_of(const std::vector<uint32_t>& tokens, size_t t) {
  std::vector<Side> sides(t + 1, Side::none);
  const auto target = [&](size_t s) { return s >= 1 && tokens[s - 1] == tokens[t]; };
  for (size_t s = 1; s < t; ++s)
    if (target(s)) sides[s + 1] = Side::after;
  for (size_t s = 1; s <= t; ++s)
    if (target(s)) sides[s - 1] = Side::before;
  for (size_t s = 1; s <= t; ++s)
    if (target(s)) sides[s] = Side::on;
  return sides;
}

// Adds one query row: `attention(s)` for keys 0..t.
template <class Attention>
void profile_query(Means& means, const std::vector<uint32_t>& tokens, uint32_t period, size_t t, Attention attention) {
  means.current.take(attention(t));
  if (period > 0 && t >= period) means.stripe.take(attention(t - (period - 1)));
  double share[4] = {}, entropy = 0;
  bool has_target = false;
  const std::vector<Side> sides = sides_of(tokens, t);
  for (size_t s = 0; s <= t; ++s) {
    const double a = attention(s);
    share[static_cast<size_t>(sides[s])] += a;
    has_target = has_target || sides[s] == Side::on;
    if (a > 0) entropy -= a * std::log(a);
  }
  if (has_target) means.before.take(share[1]), means.on.take(share[2]), means.after.take(share[3]);
  if (t >= 1) means.coherence.take(1 - entropy / std::log(static_cast<double>(t + 1)));
}

template <class Attention>
PatternProfile profile(std::span<const std::vector<uint32_t>> tokens, std::span<const uint32_t> periods, Attention attention) {
  Means means;
  for (size_t b = 0; b < tokens.size(); ++b)
    for (size_t t = 0; t < tokens[b].size(); ++t)
      profile_query(means, tokens[b], periods[b], t, [&](size_t s) { return attention(b, t, s); });
  return {means.current.value(), means.stripe.value(), means.before.value(),
          means.on.value(),      means.after.value(),  means.coherence.value()};
}

// The first n of a Fisher–Yates shuffle of the vocabulary.
std::vector<uint32_t> shuffled(uint32_t d_vocab, uint32_t n, uint32_t seed, Stream stream, uint32_t row) {
  std::vector<uint32_t> all(d_vocab);
  for (uint32_t v = 0; v < d_vocab; ++v) all[v] = v;
  for (uint32_t i = 0; i < n; ++i) std::swap(all[i], all[i + uniform_below(seed, stream, row, i, d_vocab - i)]);
  all.resize(n);
  return all;
}

}  // namespace

PatternProfile profile_pattern(std::span<const std::vector<uint32_t>> tokens, std::span<const uint32_t> periods, const float* pattern,
                               size_t stride) {
  return profile(tokens, periods,
                 [&](size_t b, size_t t, size_t s) { return static_cast<double>(pattern[b * stride + t * tokens[b].size() + s]); });
}

PatternProfile uniform_profile(std::span<const std::vector<uint32_t>> tokens, std::span<const uint32_t> periods) {
  return profile(tokens, periods, [](size_t, size_t t, size_t) { return 1.0 / static_cast<double>(t + 1); });
}

OlssonRows olsson_rows(uint32_t n_ctx, uint32_t d_vocab, uint32_t seed) {
  OlssonRows rows;
  rows.block = std::min(kOlssonBlock, (n_ctx - 1) / kOlssonCopies);
  if (rows.block < 2) return {};
  for (uint32_t r = 0; r < kOlssonRows; ++r) {
    std::vector<uint32_t> tokens(1 + rows.block * kOlssonCopies);
    for (uint32_t i = 1; i < tokens.size(); ++i)
      tokens[i] = i <= rows.block ? uniform_below(seed, kOlssonStream, r, i, d_vocab) : tokens[i - rows.block];
    const auto used = [&](uint32_t v) { return std::find(tokens.begin() + 1, tokens.end(), v) != tokens.end(); };
    tokens[0] = uniform_below(seed, kOlssonStream, r, 0, d_vocab);
    for (uint32_t tries = 0; tries < d_vocab && used(tokens[0]); ++tries) tokens[0] = (tokens[0] + 1) % d_vocab;
    rows.tokens.push_back(std::move(tokens));
  }
  return rows;
}

std::vector<std::vector<uint32_t>> distinct_rows(uint32_t n_ctx, uint32_t d_vocab, uint32_t seed, uint32_t rows) {
  std::vector<std::vector<uint32_t>> list;
  const uint32_t length = std::min({n_ctx, d_vocab, kOlssonBlock});
  for (uint32_t r = 0; r < rows; ++r) list.push_back(shuffled(d_vocab, length, seed, kDistinctStream, r));
  return list;
}

}  // namespace induction
