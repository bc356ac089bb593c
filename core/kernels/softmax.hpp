// Scores and the causal softmax, one row at a time: shared by the plain kernels and by fused attention, so both give the
// same bits. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// pattern[k] = exp(x[k] − max) / Σ exp for k ≤ q, 0 for q < k < length. May run in place.
template <class Real>
inline void softmax_row(const Real* x, Real* y, uint32_t q, uint32_t length) {
  const uint32_t n = q + 1;
  const Real inverse = Real(1) / exp_sum(x, y, n, length, highest_of(x, n));
  for_row<Real>(n, length, [&](auto at) { at.put(y, at.get(y) * inverse); });
  for (uint32_t k = n; k < length; ++k) y[k] = 0;
}

/// dx[k] = y[k]·(dy[k] − Σ_j y[j] dy[j]) for k ≤ q, 0 beyond. May run in place on dy.
template <class Real>
inline void softmax_row_backward(const Real* y, const Real* dy, Real* dx, uint32_t q, uint32_t length) {
  const uint32_t n = q + 1;
  const Real inner = row_sum<Real>(n, length, [&](auto at) { return at.get(y) * at.get(dy); });
  for_row<Real>(n, length, [&](auto at) { at.put(dx, at.get(y) * (at.get(dy) - inner)); });
  for (uint32_t k = n; k < length; ++k) dx[k] = 0;
}

/// out[k] = x[k]·scale (− slope·(q − k)) for k ≤ q; anything up to `length`.
template <class Real>
inline void scale_row(const Real* x, Real* out, uint32_t q, uint32_t length, Real scale, Real slope) {
  for_row<Real>(q + 1, length, [&](auto at) { at.put(out, at.get(x) * scale - slope * at.behind(q)); });
}

// The last key that a query sees.
inline uint32_t last_key(const Step& step, uint32_t q) { return step.flags & kBidirectional ? step.size[0] - 1 : q; }

// kBidirectional: the scores of the keys after the query; the distance in ALiBi's bias is absolute.
template <class Real>
inline void scale_later_keys(const Real* x, Real* out, uint32_t q, const Step& step, Real slope) {
  for (uint32_t k = q + 1; k < step.size[0]; ++k)
    out[k] = x[k] * Real(step.value[0]) - slope * static_cast<Real>(static_cast<int32_t>(k - q));
}

/// attn_scores = q·k scaled, biased and masked: −inf for k > q (but with kBidirectional). Operands products, slopes (kAlibi),
/// attn_scores, and (kRelative) bias [buckets, H], buckets [2T − 1]: that of distance q − k at q − k + T − 1.
/// products, attn_scores: [b, h, T, T]. size: T, H. value[0]: 1/√d_head. Source: docs/maths.md (7), (51), (53).
template <class Real>
void mask_scores(const Step& step, const Slice<Real>& s) {
  const uint32_t length = step.size[0], heads = step.size[1];
  for (uint32_t row = 0; row < s.n * heads * length; ++row) {
    const uint32_t q = row % length;
    const Real slope = step.flags & kAlibi ? s.p[1][row / length % heads] : Real(0);
    const size_t at = static_cast<size_t>(row) * length;
    scale_row<Real>(s.p[0] + at, s.p[2] + at, q, length, Real(step.value[0]), slope);
    if (step.flags & kBidirectional) scale_later_keys<Real>(s.p[0] + at, s.p[2] + at, q, step, slope);
    const uint32_t last = last_key(step, q);
    if (step.flags & kRelative) {
      const Real *bias = s.p[3] + row / length % heads, *bucket = s.p[4] + q + length - 1;
      for (uint32_t k = 0; k <= last; ++k) s.p[2][at + k] += bias[static_cast<size_t>(*(bucket - k)) * heads];
    }
    for (uint32_t k = last + 1; k < length; ++k) s.p[2][at + k] = -INFINITY;
  }
}

/// Reverse of mask_scores: dproducts = scale·dattn_scores (0 for k > q already). Operands dattn_scores, dproducts.
template <class Real>
void mask_scores_backward(const Step& step, const Slice<Real>& s) {
  const size_t n = static_cast<size_t>(s.n) * step.size[1] * step.size[0] * step.size[0];
  for (size_t i = 0; i < n; ++i) s.p[1][i] = s.p[0][i] * Real(step.value[0]);
}

/// Reverse of the biases of relative positions: dbias[i,h] = Σ dattn_scores[b,h,q,k] over the pairs of bucket i; b, q, k ascending.
/// Operands dattn_scores, buckets, dbias. size: T, H, buckets. Flags as in mask_scores. Source: docs/maths.md (51).
template <class Real>
void relative_bias_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t length = step.size[0], heads = step.size[1];
  std::memset(s.p[2], 0, sizeof(Real) * step.size[2] * heads);
  for (uint32_t row = 0; row < s.n * heads * length; ++row) {
    const uint32_t q = row % length;
    const Real *dscores = s.p[0] + static_cast<size_t>(row) * length, *bucket = s.p[1] + q + length - 1;
    Real* dbias = s.p[2] + row / length % heads;
    for (uint32_t k = 0; k <= last_key(step, q); ++k) dbias[static_cast<size_t>(*(bucket - k)) * heads] += dscores[k];
  }
}

/// Causal softmax over keys (all keys with kBidirectional): pattern[b,h,q,k] = softmax_k(attn_scores[b,h,q,k]), 0 for k > q. Rows sum to 1.
/// Operands attn_scores, pattern: [b, h, T, T]. size: T, H. Error: of exp, ≤ 1e-6 relative; the row maximum is subtracted
/// first, so no overflow. Source: Vaswani et al. 2017, eq. 1; docs/maths.md (8).
template <class Real>
void softmax(const Step& step, const Slice<Real>& s) {
  const uint32_t length = step.size[0];
  for (uint32_t row = 0; row < s.n * step.size[1] * length; ++row)
    softmax_row<Real>(s.p[0] + static_cast<size_t>(row) * length, s.p[1] + static_cast<size_t>(row) * length, last_key(step, row % length),
                      length);
}

/// Reverse of softmax. Operands pattern, dpattern, dattn_scores. size: T, H.
template <class Real>
void softmax_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t length = step.size[0];
  for (uint32_t row = 0; row < s.n * step.size[1] * length; ++row) {
    const size_t at = static_cast<size_t>(row) * length;
    softmax_row_backward<Real>(s.p[0] + at, s.p[1] + at, s.p[2] + at, last_key(step, row % length), length);
  }
}

}  // namespace induction::INDUCTION_ISA
