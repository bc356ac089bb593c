#pragma once
// Measures a model on fixed held-out rows: losses by kind of position, head scores, roles.

#include <limits>
#include <optional>
#include <string>

#include "../cpu.hpp"
#include "../data/dataset.hpp"
#include "../model.hpp"
#include "alarms.hpp"
#include "strategy.hpp"

namespace induction {

/// Rows of a probe: enough for a standard error of about 0.02 on loss_rep with the default task, at a third of a training
/// step's cost.
inline constexpr uint32_t kHeldOutRows = 32;

/// Nats; NaN where the rows have no such positions. accuracy_query: share of rows whose query is answered, in tasks with a labelled
/// query. Source: docs/maths.md (12), (80).
struct Losses {
  double loss = 0, loss_new = 0, loss_rep = 0, accuracy_rep = 0;
  double accuracy_query = std::numeric_limits<double>::quiet_NaN();
};

/// Losses on a set of held-out rows that is neither `seen` nor `unseen`.
struct SetLosses {
  std::string name;
  Losses losses;
};

struct HeadRecord {
  uint32_t layer = 0, head = 0;
  PatternScores scores;
  RoleVerdict verdict;
  std::string evidence;  // a sentence: what speaks for the role
  // Share of tokens whose row of the token K-composition peaks on its diagonal (docs/maths.md (32)); none in layer 0, where it is
  // not defined, or with more than kLargestTokenComposition tokens.
  std::optional<double> token_k_composition;
};

/// Above this vocabulary the d_vocab² products of token K-composition would cost more than the training between two probes.
inline constexpr uint32_t kLargestTokenComposition = 256;

/// What a run's probes so far have seen.
struct Onset {
  std::optional<uint64_t> previous_token, induction;  // first probed step at which a head had that role
  Peak best;                                          // accuracy on repeated tokens
};

/// One probe of the held-out rows: one line of metrics.jsonl.
struct ProbeRecord {
  uint64_t step = 0;
  Losses seen;
  std::vector<double> loss_by_position;
  std::optional<Losses> unseen;
  std::vector<SetLosses> held_out;              // the task's further sets, in its order
  std::optional<StrategyDistances> strategies;  // on the seen rows, for tasks that draw a chain in each context
  std::vector<HeadRecord> heads;
  std::vector<Alarm> alarms;  // of this probe; fading is added by whoever knows the probes before
  Onset onset;
};

/// The induction sources of rows where the task has its own rule; else nothing: content prefix matching.
std::vector<RowSources> own_sources(const Dataset& dataset, std::span<const Sequence> rows);

/// What the queries of a model see.
inline Sight sight_of(const Config& c) { return c.bidirectional ? Sight::whole : Sight::causal; }

class Prober {
 public:
  /// `held`: what is held in the model while it is measured; measured interventions have their values.
  Prober(const Config& config, const Dataset& dataset, const KernelTable<float>& kernels = default_kernels<float>(),
         const Interventions& held = {});
  bool ok() const { return cpu_.ok(); }
  /// `parameters`: the parameter region of any Program of the same Config. Everything but step and onset is filled in.
  ProbeRecord measure(std::span<const float> parameters);

 private:
  struct Rows {
    std::string name;
    std::vector<Sequence> sequences;
    std::vector<std::vector<uint32_t>> tokens;
    PatternScorer scorer;
    PatternScores chance;
  };
  Rows make_rows(const Dataset& dataset, uint32_t set) const;
  void forward(const Rows& rows);
  Losses losses(const Rows& rows);
  std::vector<double> loss_by_position(const Rows& rows);
  StrategyDistances strategies(const Rows& rows);
  template <class Of>
  std::vector<PatternScores> scores(Of of);
  void add_token_composition(std::vector<HeadRecord>& heads);
  std::vector<Alarm> alarms_of(const ProbeRecord& record, const std::vector<HeadEvidence>& evidence);
  double loss_without(const HeadRecord& head);

  Config config_;
  uint32_t layers_, heads_, length_;
  uint32_t states_;  // d_vocab, without special tokens
  Program program_;
  Cpu<float> cpu_;
  bool labelled_query_;
  uint32_t answers_;
  std::optional<double> chain_alpha_;  // there are strategies to compare with
  std::vector<size_t> copied_;         // layer · heads + head of those with a held copy, whose output matrix does nothing
  std::vector<Rows> sets_;             // the first is `seen`
  size_t intact_ = 0;                  // the forward pass's steps before this one hold what the unchanged model makes of the seen rows
};

}  // namespace induction
