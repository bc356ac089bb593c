#pragma once
// Does a head raise the logit of the token that it attends to? Three answers: eigenvalues, diagonal, behaviour.

#include "token_composition.hpp"

namespace induction {

/// Re Σλ / Σ|λ| over the eigenvalues of W_E W_OV W_U, which are those of the d_head × d_head matrix W_O W_U W_E W_V (the rest
/// are 0). In [−1, 1]; random about 0 ± 1/√d_head. Positive does not imply a positive diagonal. docs/maths.md (33).
/// Not defined under a norm, or for a head of zeros.
Measured<double> copying_eigenvalue(const ModelWeights& weights, HeadPlace head);

/// Those eigenvalues, in no particular order. Not defined under a norm.
Measured<std::vector<std::complex<double>>> copying_spectrum(const ModelWeights& weights, HeadPlace head);
/// The score from the eigenvalues.
Measured<double> copying_score(const Measured<std::vector<std::complex<double>>>& spectrum);

/// Diagonal of W_E W_OV W_U: rows whose largest entry is their own token (1/d_vocab at random), and mean diagonal − mean
/// off-diagonal in logits. docs/maths.md (34). Not defined under a norm.
Measured<DiagonalScores> copying_diagonal(const ModelWeights& weights, HeadPlace head);

/// 4r − 1 with r = rise of the attended token's logit / rise of all logits; rises are the positive parts of z W_O W_U with its
/// mean over the vocabulary removed; the attended token is that of the largest attention. Summed over all positions.
/// r lies in [0, 1] and is small for a head that copies nothing: about 1/d_vocab, so a score near −1.
/// Source: Olsson et al. 2022, head activation evaluators; docs/maths.md (35). Not defined under a norm, or where nothing rises.
/// rows: sequences without repeated tokens; pattern: [T, T] and z: [T, d_head] per row.
struct HeadSample {
  std::vector<uint32_t> tokens;
  Matrix pattern, z;
};
Measured<double> copying_behaviour(const ModelWeights& weights, HeadPlace head, std::span<const HeadSample> rows);

}  // namespace induction
