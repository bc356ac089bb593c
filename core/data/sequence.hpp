#pragma once
// One sequence of a task: what the model reads, what it shall predict, and where it could have found it.

#include <cstdint>
#include <string>
#include <vector>

namespace induction {

/// No target at this position.
inline constexpr int32_t kNoTarget = -1;

/// All vectors have n_ctx elements.
struct Sequence {
  std::vector<uint32_t> tokens;    // what the model reads
  std::vector<int32_t> targets;    // what it shall predict at each position; kNoTarget: nothing
  std::vector<uint8_t> inducible;  // 1: the target is a copy that can be found in the context (science.md: L_rep)
  uint32_t query = 0;              // the position that asks, in tasks with a labelled query; else the last one
  uint32_t period = 0;             // distance of the copies; 0 when nothing repeats at a fixed one
};

/// The sequence of a next-token task from n_ctx + 1 tokens. Nothing is inducible yet.
inline Sequence next_token_sequence(const std::vector<uint32_t>& all) {
  Sequence s;
  s.tokens.assign(all.begin(), all.end() - 1);
  s.targets.assign(all.begin() + 1, all.end());
  s.inducible.assign(s.tokens.size(), 0);
  s.query = static_cast<uint32_t>(s.tokens.size()) - 1;
  return s;
}

/// Token v becomes number (v + by) mod `all`; special tokens behind those stay.
inline uint32_t renumbered(uint32_t token, uint32_t by, uint32_t all) { return token < all ? (token + by) % all : token; }
void renumber(Sequence& sequence, uint32_t by, uint32_t all);

/// Positions s with x_{s−1} = x_t and x_s = the target of t, 1 ≤ s ≤ t: where t's target can be copied by content.
inline std::vector<uint32_t> copy_sources(const Sequence& sequence, uint32_t t) {
  std::vector<uint32_t> keys;
  for (uint32_t s = 1; s <= t; ++s)
    if (sequence.tokens[s - 1] == sequence.tokens[t] && static_cast<int32_t>(sequence.tokens[s]) == sequence.targets[t]) keys.push_back(s);
  return keys;
}

}  // namespace induction
