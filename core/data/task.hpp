#pragma once
// What a task is: a handful of functions. Each task is one file in tasks/, which makes one of these from a Config, and one line in
// the list at the end of this file. docs/tasks.md shows how to add one.

#include <functional>

#include "../config.hpp"
#include "../rng.hpp"
#include "../step.hpp"
#include "corpus.hpp"
#include "sequence.hpp"

namespace induction {

/// The random numbers of one row: counters of its stream, one after the other.
class Draws {
 public:
  Draws(uint32_t seed, Stream stream, uint32_t index, uint32_t first) : seed_(seed), stream_(stream), index_(index), next_(first) {}
  uint32_t word() { return random2(seed_, stream_, index_, next_++).a; }
  /// Uniform in {0 .. n-1}; the bias of the remainder is below n / 2^32.
  uint32_t below(uint32_t n) { return word() % n; }
  /// Uniform in (0, 1), in steps of 2^-24.
  double uniform() { return ((word() >> 8) + 0.5) / 16777216.0; }
  void skip(uint32_t n) { next_ += n; }
  /// Is it a row of training rather than a held-out one?
  bool training() const { return stream_ == Stream::train || stream_ == Stream::pool; }

 private:
  uint32_t seed_;
  Stream stream_;
  uint32_t index_, next_;
};

/// Counters reserved for one sequence: more than a shuffled vocabulary needs.
inline constexpr uint32_t kDrawsPerRow = 8192;

/// A kind of held-out rows. The first of a task is its training distribution, `seen`; the second, if any, asks the same of what
/// training never shows, `unseen`.
struct HeldOutSet {
  const char* name;  // snake_case, as in records: "unseen"
  const char* doc;   // a sentence for people
};

/// A level that a loss curve can be held against. nats per token.
struct Line {
  const char* name;  // "uniform", "first copy", …
  double value;
  const char* doc;
  bool inducible;  // a line of L_rep, else of the other positions' loss
};

struct Task {
  std::vector<HeldOutSet> sets = {{"seen", "Rows as in training."}};
  /// A row of a set. A pure function of the Config and the draws.
  std::function<Sequence(Draws& draws, uint32_t set)> row;
  /// Key positions from which position t's target could be copied; empty function: the tokens after earlier copies of token t.
  std::function<std::vector<uint32_t>(const Sequence& sequence, uint32_t t)> sources;
  /// Are there positions without a target? The training loss is then the mean over those that have one.
  bool sparse = false;
  /// Does every row ask one thing, at Sequence::query? Probes then record its accuracy.
  bool labelled_query = false;
  /// How many answers a question of the task can have: what a model that knows only them loses is its ln. 0: any of d_vocab tokens.
  uint32_t answers = 0;
  /// A token's name for people; empty function: its number.
  std::function<std::string(uint32_t token)> label;
  /// Closed forms that belong into the loss chart, worked out when somebody asks; empty function: none. docs/maths.md.
  std::function<std::vector<Line>()> lines;
  /// Is there a WGSL twin (tasks' draw_<name>)? Else a second executor gets its batches from outside.
  bool drawn_on_device = false;
  /// The twin's table and sizes.
  std::vector<uint32_t> table;
  Step draw;
};

Task repeat_task(const Config& config);  // repeat and repeat_fixed
Task bigram_task(const Config& config);
Task segment_task(const Config& config);
Task trigger_task(const Config& config);
Task distance_task(const Config& config);
Task skewed_task(const Config& config);
Task tokens_task(const Config& config, std::shared_ptr<const Corpus> corpus);  // tokens and text
Task icl_markov_task(const Config& config);
Task icl_classify_task(const Config& config);
Task sentiment_task(const Config& config);
Task image_task(const Config& config);
Task bandit_task(const Config& config);

}  // namespace induction
