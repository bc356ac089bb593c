#pragma once
// Does a later head's key read, through previous-token heads, the very token that its query asks for? From weights alone.

#include "weights.hpp"

namespace induction {

/// M = Σ_e w_e · W_E W_QK^h (W_OV^e)ᵀ W_Eᵀ, [d_vocab, d_vocab] (row: the query's token, column: the token before the key).
/// docs/maths.md (32).
struct TokenComposition {
  double diagonal_share = 0;  // rows whose largest entry is the diagonal: 1/d_vocab at random, 1 for a perfect matcher
  double margin = 0;          // (mean diagonal − mean off-diagonal) / √d_head, in units of the attention scores: 0 at random
};

/// An earlier head and its weight: its previous-token score.
struct WeightedHead {
  HeadPlace place;
  double weight = 0;
};

/// Row by row through [d_vocab, d_head] factors; M is never held. Heads of `earlier` that are not before `to` are left out.
/// Not defined under a norm, rotary positions or smeared keys, nor in layer 0.
Measured<TokenComposition> token_composition(const ModelWeights& weights, HeadPlace to, std::span<const WeightedHead> earlier);

/// For M = left · rightᵀ, of equal height: share of rows whose largest entry is on the diagonal (a tie with it does not
/// count), and mean diagonal − mean off-diagonal.
struct DiagonalScores {
  double share = 0, margin = 0;
};
DiagonalScores diagonal_scores(const Matrix& left, const Matrix& right);

}  // namespace induction
