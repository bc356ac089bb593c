#pragma once
// Memory recall: the induction circuit as three associative memories, each a share of right answers. Bietti et al. 2023, §5.

#include "copying.hpp"

namespace induction {

/// W_K⁰: share of positions t ≥ 1 whose largest positional score (W_pos W_QK W_posᵀ)[t, s] over the visible s (s ≤ t under the causal mask)
/// is at s = t − 1. Random: mean of 1/(t+1). docs/maths.md (36). Not defined without position vectors (rotary, ALiBi, none), under a norm,
/// with smeared keys, or where positions are in the stream and the head is not in layer 0 (earlier heads then move them).
Measured<double> recall_previous(const ModelWeights& weights, HeadPlace head);

/// W_K¹ ∘ W_O⁰ W_V⁰: share of tokens v whose query finds, among all keys written by `from`, the one that has v before it:
/// the diagonal share of W_E W_QK^to (W_OV^from)ᵀ W_Eᵀ. Random: 1/d_vocab. Not defined as token_composition.
Measured<double> recall_match(const ModelWeights& weights, HeadPlace from, HeadPlace to);

/// W_O¹ W_V¹: share of tokens v whose value raises v's logit most: the share of copying_diagonal. Random: 1/d_vocab.
Measured<double> recall_copy(const ModelWeights& weights, HeadPlace head);

}  // namespace induction
