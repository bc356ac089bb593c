#pragma once
// Path expansion: with its patterns held as they are, an attention-only model is a sum over paths from embedding to logits.
// Source: Elhage et al. 2021, 'path expansion trick'; docs/maths.md (37).

#include "weights.hpp"

namespace induction {

/// [layer][head], each [T, T].
using Patterns = std::vector<std::vector<Matrix>>;

/// What the path through `heads` (in order of layers) adds to the logits, [T, d_vocab].
struct PathTerm {
  std::vector<HeadPlace> heads;
  Matrix logits;
};

/// logits = direct + Σ single + Σ pairs + longer, exactly but for rounding.
struct PathExpansion {
  Matrix direct;                 // the embedding (and position) straight to the logits: bigrams
  std::vector<PathTerm> single;  // one head each: layer 0 skip-trigrams, layer 1 with its composed pattern
  std::vector<PathTerm> pairs;   // virtual heads: V-composition of two
  Matrix longer;                 // all paths through three heads or more together; zero with two layers
};

/// One row of tokens with the patterns that the model had on it. Holds for every kind of positions and for smeared keys, which
/// act through the patterns only. Not defined under a norm or with an MLP.
Measured<PathExpansion> expand_paths(const ModelWeights& weights, std::span<const uint32_t> tokens, const Patterns& patterns);

/// The sum of all terms, or of all that avoid `without`. Leaving a head out is its pattern-preserving ablation.
/// With three layers or more the paths of `longer` cannot be told apart, so `without` then needs expand_paths on weights
/// whose W_O of that head is zero.
Matrix sum_of_paths(const PathExpansion& paths, std::span<const HeadPlace> without = {});

/// Direct logit attribution at one position: what each path adds to the logit of `token` over the mean logit.
/// Heads empty: the direct path; the last entry, with heads {} too, is `longer` where there are three layers.
struct Attribution {
  std::vector<HeadPlace> heads;
  double logit = 0;
};
std::vector<Attribution> attribute_logit(const PathExpansion& paths, uint32_t position, uint32_t token);

/// −ln softmax(logits[t])[targets[t]] in nats, per position with a target.
std::vector<double> losses_of(const Matrix& logits, std::span<const int32_t> targets);

}  // namespace induction
