#pragma once
// Every circuit probe of one finished model: what `induction probe --circuits` writes.

#include "../data/dataset.hpp"
#include "composition.hpp"
#include "interventions.hpp"
#include "paths.hpp"
#include "patterns.hpp"
#include "prober.hpp"
#include "recall.hpp"

namespace induction {

/// Losses over the held-out rows, by kind of position, in nats; icl = rep − new (ideal −ln d_vocab). NaN where there are none.
struct SplitLoss {
  double loss = 0, loss_new = 0, loss_rep = 0;
  double icl() const { return loss_rep - loss_new; }
};

/// One entry per kind, in the order of kAblations.
using AblationLosses = std::vector<SplitLoss>;

struct HeadCircuits {
  HeadPlace place;
  PatternScores scores;
  PatternProfile profile;
  double olsson = 0;  // NaN where the context is too short
  Measured<double> copying_eigenvalue, copying_behaviour, recall_previous, recall_copy;
  Measured<DiagonalScores> copying_diagonal;
  Measured<TokenComposition> token_composition;
  AblationLosses ablated;
};

struct PairCircuits {
  HeadPlace from, to;
  CompositionResult composition;
  Measured<double> recall_match;
};

/// What the logits of some paths alone would lose. `paths`: "direct", "+ layer 0", …, "+ virtual heads", "+ longer paths".
struct PathLoss {
  std::string paths;
  SplitLoss loss;
};
struct PathReport {
  std::vector<PathLoss> losses;           // each set holds the one before
  std::vector<Attribution> right_logits;  // mean over inducible positions of what a path adds to the right token's logit
};

struct CircuitReport {
  SplitLoss loss;
  PatternScores chance;
  PatternProfile profile_chance;
  uint32_t olsson_block = 0;
  double composition_baseline = 0;
  std::vector<HeadCircuits> heads;
  std::vector<PairCircuits> pairs;            // every head with every head of a later layer
  std::vector<AblationLosses> layer_ablated;  // all heads of a layer at once
  Measured<PathReport> paths;
};

/// Memory for measure_circuits, in bytes.
uint64_t circuits_memory(const Config& config);

/// On the Config's held-out rows, of `corpus` where the task reads data. `parameters`: the parameter region of any Program of the same
/// Config. Nothing when there is not enough memory.
std::optional<CircuitReport> measure_circuits(const Config& config, std::span<const float> parameters,
                                              std::shared_ptr<const Corpus> corpus = nullptr);

}  // namespace induction
