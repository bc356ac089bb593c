#pragma once
// One head's circuits over the vocabulary, from weights alone: what attends to what (QK), what attending writes (OV).

#include "copying.hpp"

namespace induction {

/// Above this vocabulary the maps of token pairs are not made: more cells than a page can show.
inline constexpr uint32_t kLargestTokenMap = 256;

/// [d_vocab, d_vocab] and its diagonal (maths.md (34)).
struct TokenMap {
  Matrix values;
  DiagonalScores diagonal;
};

struct HeadCircuit {
  /// W_E W_QK W_Eᵀ / √d_head: the part of the score that the two tokens themselves give. Row: the token that looks; column: the token
  /// looked at. Not defined where scores are not bilinear, or under a norm.
  Measured<TokenMap> qk;
  /// The same with the key read through an earlier head: W_E W_QK (W_OV¹)ᵀ W_Eᵀ / √d_head, column: the token that the earlier head
  /// attended to; (32) for one earlier head of weight 1.
  Measured<TokenMap> qk_through;
  /// W_E W_OV W_U. Row: the token attended to; column: the token whose logit moves. Not defined under a norm.
  Measured<TokenMap> ov;
  /// Of W_E W_OV W_U, without its zeros: d_head of them; and the copying score (33).
  Measured<std::vector<std::complex<double>>> eigenvalues;
  Measured<double> copying;
};

/// `through`: the earlier head of qk_through.
HeadCircuit head_circuit(const ModelWeights& weights, HeadPlace head, std::optional<HeadPlace> through);

}  // namespace induction
