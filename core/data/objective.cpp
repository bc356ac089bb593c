#include "objective.hpp"

#include <algorithm>
#include <cmath>

#include "../exact.hpp"

namespace induction {
namespace {

// The last one of the vocabulary.
uint32_t mask_token(const Config& c) { return static_cast<uint32_t>(token_count(c)) - 1; }

// mask_share of the ordinary tokens' positions, at least one, ascending: the first of a Fisher–Yates shuffle.
std::vector<uint32_t> places_to_mask(const Config& c, const Sequence& row, Draws& draws) {
  std::vector<uint32_t> places;
  for (uint32_t t = 0; t < row.tokens.size(); ++t)
    if (row.tokens[t] < static_cast<uint32_t>(c.d_vocab)) places.push_back(t);
  const auto all = static_cast<uint32_t>(places.size());
  const auto wanted = std::min(all, std::max(1u, static_cast<uint32_t>(std::floor(c.mask_share * all + 0.5))));
  for (uint32_t i = 0; i < wanted; ++i) std::swap(places[i], places[i + draws.below(all - i)]);
  places.resize(wanted);
  std::sort(places.begin(), places.end());
  return places;
}

// Per position, those that hold the same token because the task repeated it, before and after it. What is repeated is a pair: a token
// and what follows it, so both of its places are copies.
std::vector<std::vector<uint32_t>> copies_in(const Sequence& row, const Sources& sources) {
  std::vector<std::vector<uint32_t>> copies(row.tokens.size());
  const auto link = [&](uint32_t a, uint32_t b) {
    if (row.tokens[a] == row.tokens[b]) copies[a].push_back(b), copies[b].push_back(a);
  };
  for (uint32_t t = 0; t + 1 < row.tokens.size(); ++t) {
    if (!row.inducible[t] || row.targets[t] != static_cast<int32_t>(row.tokens[t + 1])) continue;
    for (const uint32_t source : sources(row, t)) {
      if (row.tokens[source] != row.tokens[t + 1]) continue;
      link(source, t + 1);
      if (source > 0) link(source - 1, t);
    }
  }
  return copies;
}

// Does the same visible token stand beside both positions, on the same side?
bool same_neighbour(const Sequence& row, uint32_t mask, uint32_t a, uint32_t b) {
  const auto same = [&](uint32_t x, uint32_t y) { return row.tokens[x] == row.tokens[y] && row.tokens[x] != mask; };
  const size_t length = row.tokens.size();
  return (a > 0 && b > 0 && same(a - 1, b - 1)) || (a + 1 < length && b + 1 < length && same(a + 1, b + 1));
}

void mask(const Config& c, const Sources& sources, Draws& draws, Sequence& row) {
  const std::vector<uint32_t> places = places_to_mask(c, row, draws);
  const std::vector<std::vector<uint32_t>> copies = copies_in(row, sources);
  std::fill(row.targets.begin(), row.targets.end(), kNoTarget);
  std::fill(row.inducible.begin(), row.inducible.end(), uint8_t{0});
  const uint32_t token = mask_token(c);
  for (const uint32_t t : places) row.targets[t] = static_cast<int32_t>(row.tokens[t]), row.tokens[t] = token;
  for (const uint32_t t : places)
    row.inducible[t] = std::any_of(copies[t].begin(), copies[t].end(),
                                   [&](uint32_t s) { return row.tokens[s] != token && same_neighbour(row, token, t, s); });
  if (!places.empty()) row.query = places.back();
}

}  // namespace

void apply_objective(const Config& c, const Sources& sources, Draws& draws, Sequence& row) {
  if (c.objective == kind::objective::masked) mask(c, sources, draws, row);
  if (c.objective != kind::objective::inducible && c.objective != kind::objective::query) return;
  for (uint32_t t = 0; t < row.targets.size(); ++t) {
    if (c.objective == kind::objective::inducible ? row.inducible[t] != 0 : t == row.query) continue;
    row.targets[t] = kNoTarget;
    row.inducible[t] = 0;
  }
}

std::vector<uint32_t> masked_sources(const Config& c, const Sequence& row, uint32_t t) {
  std::vector<uint32_t> keys;
  const uint32_t token = mask_token(c);
  if (row.tokens[t] != token) return keys;
  for (uint32_t s = 0; s < row.tokens.size(); ++s)
    if (s != t && row.tokens[s] != token && same_neighbour(row, token, t, s)) keys.push_back(s);
  return keys;
}

bool weights_differ(const Config& c) { return c.objective != kind::objective::next || c.inducible_weight != 1 || c.position_power != 0; }

std::vector<double> position_factors(const Config& c) {
  std::vector<double> factors;
  for (int64_t t = 0; t < c.n_ctx; ++t)
    factors.push_back(exact_exp2(c.position_power * (exact_ln(static_cast<double>(t + 1)) / exact_ln(2.0))));
  return factors;
}

void append_weights(const Config& c, const Sequence& row, std::span<const double> factors, std::vector<double>& relative) {
  for (size_t t = 0; t < row.targets.size(); ++t) {
    const double weight = row.inducible[t] ? c.inducible_weight : 1.0;
    relative.push_back(row.targets[t] == kNoTarget ? 0.0 : weight * factors[t]);
  }
}

void normalise_weights(std::span<const double> relative, float* weights) {
  double sum = 0;
  for (const double x : relative) sum += x;
  for (const double x : relative) *weights++ = sum > 0 ? static_cast<float>(x / sum) : 0.0f;
}

}  // namespace induction
