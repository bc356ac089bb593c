#pragma once
// Head scores: what a head's attention pattern does, measured against what the tokens say. Pure functions.

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace induction {

/// A mean over the positions at which a score is defined; NaN where there are none.
struct Mean {
  double sum = 0;
  uint64_t count = 0;
  void take(double x) { sum += x, ++count; }
  double value() const { return count ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN(); }
};

/// Means over the rows of a batch, docs/maths.md (19)–(22). Shares in [0, 1]; entropy in nats, within 2e-7 relative. NaN where no position
/// qualifies.
struct PatternScores {
  double previous_token = 0, induction = 0, duplicate_token = 0, first_token = 0, entropy = 0;
};

/// 1 where key s follows an earlier copy of the token at query t (1 ≤ s ≤ t and x_{s−1} = x_t): [T, T].
/// As TransformerLens' head_detector "induction_head".
std::vector<uint8_t> induction_targets(std::span<const uint32_t> tokens);

/// A row's induction sources by a task's own rule: for each query position the keys, ascending; may be empty.
using RowSources = std::vector<std::vector<uint32_t>>;

/// Which keys a query sees: those up to its own position, or, without the causal mask, all of the row.
enum class Sight : uint8_t { causal, whole };

/// Scores of heads that see the same rows, whose own part is found once. tokens: rows × T. `sources`: where induction should look, one
/// entry per row; without it where induction_targets says. Only the entropy depends on `sight`.
class PatternScorer {
 public:
  explicit PatternScorer(std::span<const std::vector<uint32_t>> tokens, std::span<const RowSources> sources = {},
                         Sight sight = Sight::causal);
  /// Of one head. pattern: [rows, T, T] through `stride` floats from row to row.
  PatternScores of(const float* pattern, size_t stride) const;
  /// The same with entropy NaN, in half the time: its logarithms are.
  PatternScores without_entropy(const float* pattern, size_t stride) const;
  /// What attention spread evenly over all visible keys would get.
  PatternScores uniform() const;

 private:
  // Position t of a row, the keys it sees, and its lists: where its token was earlier, and where induction should look.
  struct Place {
    uint32_t row, t, length, keys, earlier, earlier_end, targets, targets_end;
  };
  template <class Entropy, class Attention>
  PatternScores means(Entropy entropy, Attention attention) const;
  template <class Entropy>
  PatternScores read(const float* pattern, size_t stride, Entropy entropy) const;

  std::vector<Place> places_;
  std::vector<uint32_t> earlier_, targets_;  // keys, ascending for each place
};

}  // namespace induction
