#pragma once
// Tasks: sequences as pure functions of (config, seed, stream, step, row). A new task is one more case of Dataset::row.

#include <cstdint>
#include <vector>

#include "../config.hpp"
#include "../rng.hpp"
#include "../step.hpp"

namespace induction {

/// One sequence: n_ctx + 1 tokens, so that every position that is read has a next token. period: 0 when nothing repeats.
struct Sequence {
  std::vector<uint32_t> tokens;
  uint32_t period = 0;
};

class Dataset {
 public:
  explicit Dataset(const Config& config);

  /// Row `row` of batch `index` of a stream. Source: docs/maths.md (17), (18).
  Sequence row(Stream stream, uint32_t index, uint32_t row) const;

  /// Training batch of a step, as floats: tokens and targets, [batch, n_ctx] each.
  void fill(uint64_t step, float* tokens, float* targets) const;

  /// What fill() does as a Step for another executor, whose kernel is the task's: kernel number Kernel::count + the task's. Writes
  /// tokens and targets, [batch, n_ctx] each, at the given arena offsets. size: n_ctx, d_vocab, shortest and longest period, seed, counters
  /// per row. The training step (32 bits) comes from outside.
  Step draw(uint32_t tokens, uint32_t targets) const;

  /// bigram: [d_vocab, d_vocab] thresholds; the next token is the first whose threshold lies above a random word. Else empty.
  const std::vector<uint32_t>& table() const { return markov_; }

  /// Held-out rows; with `unseen` their periods lie outside the training range (none when there are no such periods).
  std::vector<Sequence> held_out(uint32_t rows, bool unseen) const;

  /// A held-out row that shows the task well: its block is repeated at least twice where the periods allow it.
  Sequence example() const;

  /// Is the token after position t a copy that the model can find (its own token has occurred before)? docs/maths.md (12).
  static bool repeated(const Sequence& sequence, uint32_t t) { return sequence.period != 0 && t >= sequence.period; }

  /// Periods that training never shows, near its range on both sides.
  const std::vector<uint32_t>& unseen_periods() const { return unseen_periods_; }

 private:
  void fill_repeat(Sequence& sequence, Stream stream, uint32_t index, uint32_t first_draw) const;
  void fill_bigram(Sequence& sequence, Stream stream, uint32_t index, uint32_t first_draw) const;

  Config config_;
  uint32_t seed_;
  std::vector<uint32_t> unseen_periods_;
  std::vector<uint32_t> markov_;  // bigram: per row, cumulative probability of each next token in units of 2^-32
};

}  // namespace induction
