#include "patterns.hpp"

#include <algorithm>
#include <cmath>

#include "../rng.hpp"

namespace induction {
namespace {

constexpr Stream kOlssonStream = static_cast<Stream>(0x4f4c53u), kDistinctStream = static_cast<Stream>(0x444953u);

struct ProfileMeans {
  Mean current, stripe, before, on, after, coherence;
};

enum class Side : uint8_t { none, before, on, after };

// A query of one row: position t, which sees `keys` keys.
struct ProfileQuery {
  const std::vector<uint32_t>& tokens;
  size_t t, keys;
  const std::vector<uint32_t>* sources;
};

// Where each visible key of a query stands to the induction targets. Later lines win: on over before, before over after.
std::vector<Side> sides_of(const ProfileQuery& query) {
  std::vector<size_t> targets;
  if (query.sources)
    targets.assign(query.sources->begin(), query.sources->end());
  else
    for (size_t s = 1; s <= query.t; ++s)
      if (query.tokens[s - 1] == query.tokens[query.t]) targets.push_back(s);
  std::vector<Side> sides(query.keys, Side::none);
  for (const size_t s : targets)
    if (s + 1 < query.keys) sides[s + 1] = Side::after;
  for (const size_t s : targets)
    if (s > 0) sides[s - 1] = Side::before;
  for (const size_t s : targets) sides[s] = Side::on;
  return sides;
}

// Adds one query: `attention(s)` for the keys it sees.
template <class Attention>
void profile_query(ProfileMeans& means, const ProfileQuery& query, uint32_t period, Attention attention) {
  const size_t t = query.t;
  means.current.take(attention(t));
  if (period > 0 && t >= period) means.stripe.take(attention(t - (period - 1)));
  double share[4] = {}, entropy = 0;
  bool has_target = false;
  const std::vector<Side> sides = sides_of(query);
  for (size_t s = 0; s < query.keys; ++s) {
    const double a = attention(s);
    share[static_cast<size_t>(sides[s])] += a;
    has_target = has_target || sides[s] == Side::on;
    if (a > 0) entropy -= a * std::log(a);
  }
  if (has_target) means.before.take(share[1]), means.on.take(share[2]), means.after.take(share[3]);
  if (t >= 1) means.coherence.take(1 - entropy / std::log(static_cast<double>(query.keys)));
}

// `attention(b, query, s)`.
template <class Attention>
PatternProfile profile(const ProfileRows& rows, Attention attention) {
  ProfileMeans means;
  for (size_t b = 0; b < rows.tokens.size(); ++b)
    for (size_t t = 0, length = rows.tokens[b].size(); t < length; ++t) {
      const ProfileQuery query{rows.tokens[b], t, rows.sight == Sight::whole ? length : t + 1,
                               rows.sources.empty() ? nullptr : &rows.sources[b][t]};
      profile_query(means, query, rows.periods[b], [&](size_t s) { return attention(b, query, s); });
    }
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

PatternProfile profile_pattern(const ProfileRows& rows, const float* pattern, size_t stride) {
  return profile(rows, [&](size_t b, const ProfileQuery& query, size_t s) {
    return static_cast<double>(pattern[b * stride + query.t * query.tokens.size() + s]);
  });
}

PatternProfile uniform_profile(const ProfileRows& rows) {
  return profile(rows, [](size_t, const ProfileQuery& query, size_t) { return 1.0 / static_cast<double>(query.keys); });
}

OlssonRows olsson_rows(uint32_t n_ctx, uint32_t d_vocab, uint32_t seed, std::optional<uint32_t> start) {
  OlssonRows rows;
  rows.block = std::min(kOlssonBlock, (n_ctx - 1) / kOlssonCopies);
  if (rows.block < 2) return {};
  for (uint32_t r = 0; r < kOlssonRows; ++r) {
    std::vector<uint32_t> tokens(1 + rows.block * kOlssonCopies);
    for (uint32_t i = 1; i < tokens.size(); ++i)
      tokens[i] = i <= rows.block ? uniform_below(seed, kOlssonStream, r, i, d_vocab) : tokens[i - rows.block];
    const auto used = [&](uint32_t v) { return std::find(tokens.begin() + 1, tokens.end(), v) != tokens.end(); };
    tokens[0] = start ? *start : uniform_below(seed, kOlssonStream, r, 0, d_vocab);
    for (uint32_t tries = 0; !start && tries < d_vocab && used(tokens[0]); ++tries) tokens[0] = (tokens[0] + 1) % d_vocab;
    rows.tokens.push_back(std::move(tokens));
  }
  return rows;
}

std::vector<std::vector<uint32_t>> distinct_rows(uint32_t n_ctx, uint32_t d_vocab, uint32_t seed, std::optional<uint32_t> start) {
  std::vector<std::vector<uint32_t>> list;
  const uint32_t length = std::min({start ? n_ctx - 1 : n_ctx, d_vocab, kOlssonBlock});
  for (uint32_t r = 0; r < kOlssonRows; ++r) {
    list.push_back(shuffled(d_vocab, length, seed, kDistinctStream, r));
    if (start) list.back().insert(list.back().begin(), *start);
  }
  return list;
}

}  // namespace induction
