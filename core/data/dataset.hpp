#pragma once
// A Config's data: rows of its task as pure functions of (config, seed, stream, step, row), batches, held-out rows.

#include "objective.hpp"
#include "task.hpp"

namespace induction {

class Dataset {
 public:
  explicit Dataset(const Config& config);

  /// Row `row` of batch `index` of a stream; with a pool the rows of Stream::train are drawn from it. Source: docs/maths.md (17), (18),
  /// (70).
  Sequence row(Stream stream, uint32_t index, uint32_t row) const;

  /// Training batch of a step, as floats: tokens, targets and, unless null, weights, [batch, n_ctx] each. Source: docs/maths.md (60).
  void fill(uint64_t step, float* tokens, float* targets, float* weights = nullptr) const;

  /// Do positions count differently in the training loss? Then a training Program has weights.
  bool weighted() const { return task_.sparse || weights_differ(config_); }

  /// Can another executor draw the batches itself? Else it gets them from fill().
  bool drawn_on_device() const { return task_.drawn_on_device && config_.pool == 0 && !weighted(); }
  /// What fill() does as a Step for such an executor, whose kernel is the task's: kernel number Kernel::count + the task's. Writes
  /// tokens and targets, [batch, n_ctx] each, at the given arena offsets. size: n_ctx, d_vocab, the task's (2), seed, counters per row.
  /// The training step (32 bits) comes from outside.
  Step draw(uint32_t tokens, uint32_t targets) const;
  /// The task's table for draw(); may be empty.
  const std::vector<uint32_t>& table() const { return task_.table; }

  /// The sets of held-out rows that the task has; the first is its training distribution.
  const std::vector<HeldOutSet>& sets() const { return task_.sets; }
  std::vector<Sequence> held_out(uint32_t rows, uint32_t set = 0) const;

  /// A held-out row that shows the task well: its block is repeated at least twice where the periods allow it.
  Sequence example() const;

  /// Key positions from which position t's target could be copied, ascending; empty where it is not inducible from any.
  std::vector<uint32_t> sources(const Sequence& sequence, uint32_t t) const;
  /// Is that the task's own rule, rather than content prefix matching?
  bool own_sources() const { return static_cast<bool>(task_.sources); }
  std::string label(uint32_t token) const { return task_.label ? task_.label(token) : std::to_string(token); }
  std::vector<Line> lines() const { return task_.lines ? task_.lines() : std::vector<Line>{}; }

 private:
  Sequence row_of(Draws& draws, uint32_t set) const;

  Config config_;
  uint32_t seed_;
  Task task_;
  std::vector<double> position_factors_;
};

}  // namespace induction
