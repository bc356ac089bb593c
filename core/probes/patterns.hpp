#pragma once
// More of what a head's attention pattern tells, beside heads.hpp: stripe, current token, blur around the target, coherence.

#include <optional>

#include "heads.hpp"

namespace induction {

/// Means over the rows of a batch. Shares in [0, 1]; NaN where no position qualifies. docs/maths.md (23)–(26).
/// The sink score is PatternScores::first_token, its entropy is PatternScores::entropy.
struct PatternProfile {
  double current_token = 0;     // A[t, t], over all t
  double induction_stripe = 0;  // A[t, t − (P−1)], over t ≥ P of rows with period P: a ruler passes it too, see docs/probes.md
  // Attention beside, on and after the induction targets (on = PatternScores::induction). The three never count a key twice:
  // a target is never 'beside', and the position before one is never 'after' one.
  double before_target = 0, on_target = 0, after_target = 0;
  double coherence = 0;  // 1 − H(A[t,·]) / ln(number of visible keys), over t ≥ 1: 0 for even attention, 1 for attention to one key
};

/// Rows that a profile is about. tokens: rows × T; periods: one per row, 0 where nothing repeats at a fixed distance; sources: as in
/// PatternScorer, what 'the target' is.
struct ProfileRows {
  std::span<const std::vector<uint32_t>> tokens;
  std::span<const uint32_t> periods;
  std::span<const RowSources> sources = {};
  Sight sight = Sight::causal;
};

/// One head over a batch. pattern: [rows, T, T] through `stride` floats from row to row.
PatternProfile profile_pattern(const ProfileRows& rows, const float* pattern, size_t stride);

/// What attention spread evenly over all visible keys gets on the same rows.
PatternProfile uniform_profile(const ProfileRows& rows);

/// Olsson et al. 2022: a start token, then a block of random tokens four times; prefix matching is PatternScores::induction of
/// PatternScorer on these rows. The paper's block has 25 tokens; a context of fewer than 101 tokens gets the longest that fits.
/// The start token is the model's own, `start`, or a token that does not occur in the block where the vocabulary allows it. block = 0, no
/// rows: the context is below 9.
struct OlssonRows {
  uint32_t block = 0;
  std::vector<std::vector<uint32_t>> tokens;
};
inline constexpr uint32_t kOlssonRows = 10, kOlssonBlock = 25, kOlssonCopies = 4;
OlssonRows olsson_rows(uint32_t n_ctx, uint32_t d_vocab, uint32_t seed, std::optional<uint32_t> start = {});

/// Rows without a repeated token, for copying_behaviour: kOlssonRows of min(n_ctx, d_vocab, 25) tokens, behind the model's own start token
/// where it has one.
std::vector<std::vector<uint32_t>> distinct_rows(uint32_t n_ctx, uint32_t d_vocab, uint32_t seed, std::optional<uint32_t> start = {});

}  // namespace induction
