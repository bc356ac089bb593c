#pragma once
// A Config's data: rows of its task as pure functions of (config, seed, stream, step, row), batches, held-out rows.

#include "objective.hpp"
#include "task.hpp"

namespace induction {

class Dataset {
 public:
  /// `corpus`: the data of tasks `tokens` and `text`, free of corpus_problems(); others need none.
  explicit Dataset(const Config& config, std::shared_ptr<const Corpus> corpus = nullptr);

  /// Row `row` of batch `index` of a stream; with a pool the rows of Stream::train are drawn from it. Source: docs/maths.md (17), (18),
  /// (70). With a start token every row begins with token d_vocab, in front of n_ctx − 1 of the task's.
  Sequence row(Stream stream, uint32_t index, uint32_t row) const;

  /// Training batch of a step, as floats: tokens, targets and, unless null, weights, [batch, n_ctx] each. Source: docs/maths.md (60).
  void fill(uint64_t step, float* tokens, float* targets, float* weights = nullptr) const;

  /// Do positions count differently in the training loss? Then a training Program has weights.
  bool weighted() const { return task_.sparse || weights_differ(config_); }

  /// Can another executor draw the batches itself? Else it gets them from fill().
  bool drawn_on_device() const { return task_.drawn_on_device && config_.pool == 0 && !weighted() && !config_.start_token && all_tokens(); }
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
  bool own_sources() const { return task_.sources || masked(); }
  /// Task::answers; with masked tokens any token is one.
  uint32_t answers() const { return task_.answers > 0 && !masked() ? task_.answers : task_tokens_; }
  bool labelled_query() const { return task_.labelled_query; }
  /// nullptr where the task makes its own rows.
  const Corpus* corpus() const { return own_data(config_) ? corpus_.get() : nullptr; }
  std::string label(uint32_t token) const {
    if (config_.start_token && token == static_cast<uint32_t>(config_.d_vocab)) return "^";  // the start token
    if (masked() && token + 1 == token_count(config_)) return "_";
    return task_.label
               ? task_.label(renumbered(token, static_cast<uint32_t>(config_.d_vocab) - first_, static_cast<uint32_t>(config_.d_vocab)))
               : std::to_string(token);
  }
  std::vector<Line> lines() const { return task_.lines ? task_.lines() : std::vector<Line>{}; }

 private:
  Sequence row_of(Draws& draws, uint32_t set) const;
  // The task's token v is number (v + tokens_first) mod d_vocab of the model's.
  Sequence as_the_task(Sequence sequence) const;
  bool all_tokens() const { return first_ == 0 && task_tokens_ == static_cast<uint32_t>(config_.d_vocab); }
  bool masked() const { return config_.objective == kind::objective::masked; }
  std::vector<uint32_t> task_sources(const Sequence& sequence, uint32_t t) const;

  Config config_;
  uint32_t seed_, task_tokens_, first_;
  std::shared_ptr<const Corpus> corpus_;
  Task task_;
  std::vector<double> position_factors_;
};

}  // namespace induction
