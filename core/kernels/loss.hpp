// Losses of a prediction: cross-entropy and the Brier score, with smoothed targets. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// What a row shall predict: probability `rest` for each token, and `hit` more for the target. docs/maths.md (62).
template <class Real>
struct Wanted {
  Real hit, rest;
  Wanted(const Step& step) : hit(Real(1) - Real(step.value[0])), rest(Real(step.value[0]) / Real(step.size[1])) {}
  Real of(uint32_t v, Real target) const { return Real(v) == target ? rest + hit : rest; }
};

/// loss[b,t] = ln Σ_v exp(logits[b,t,v]) − Σ_v wanted_v logits[b,t,v]; 0 where target < 0 (no target). Nats.
/// Operands logits, targets, loss. size: T, d_vocab. value: label smoothing. Error ≤ 2e-6 absolute plus exp's and log's.
/// Source: docs/maths.md (12), (62).
template <class Real>
void cross_entropy(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  const Wanted<Real> wanted(step);
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    const Real* x = s.p[0] + static_cast<size_t>(row) * width;
    const Real target = s.p[1][row];
    if (target < Real(0)) {
      s.p[2][row] = 0;
      continue;
    }
    const Real highest = highest_of(x, width), sum = exp_sum(x, s.scratch, width, width, highest);
    Real distance = highest - x[static_cast<size_t>(target)];
    if (step.value[0] != 0.0f)
      distance = wanted.hit * distance + wanted.rest * lane_sum<Real>(width, [&](uint32_t v) { return highest - x[v]; });
    s.p[2][row] = exact_log(sum) + distance;
  }
}

// Weight of a row in the training loss: its own, or the same for each that has a target.
template <class Real>
inline Real row_weight(const Step& step, const Slice<Real>& s, uint32_t row) {
  return step.flags & kWeighted ? s.p[3][row] : Real(1) / Real(step.size[2]);
}

/// Reverse of the weighted sum of losses: dlogits = (softmax(logits) − wanted)·weight, 0 where there is no target.
/// Operands logits, targets, dlogits, weights with kWeighted. size: T, d_vocab, targets in the whole batch (weight = 1 / that).
/// value: label smoothing. Source: docs/maths.md (61), (62).
template <class Real>
void cross_entropy_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  const Wanted<Real> wanted(step);
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    const Real* x = s.p[0] + static_cast<size_t>(row) * width;
    Real* dx = s.p[2] + static_cast<size_t>(row) * width;
    const Real target = s.p[1][row], weight = row_weight(step, s, row);
    const Real sum = exp_sum(x, dx, width, width, highest_of(x, width));
    const Real scale = target < Real(0) ? Real(0) : weight / sum;
    for (uint32_t v = 0; v < width; ++v) dx[v] *= scale;
    if (target < Real(0)) continue;
    if (step.value[0] != 0.0f)
      for (uint32_t v = 0; v < width; ++v) dx[v] -= weight * wanted.rest;
    dx[static_cast<size_t>(target)] -= weight * wanted.hit;
  }
}

// p = softmax(x) in place of y.
template <class Real>
inline void softmax_row(const Real* x, Real* y, uint32_t n) {
  const Real scale = Real(1) / exp_sum(x, y, n, n, highest_of(x, n));
  for (uint32_t v = 0; v < n; ++v) y[v] *= scale;
}

/// Brier score: loss[b,t] = Σ_v (softmax(logits[b,t])_v − wanted_v)²; 0 where target < 0 (no target). 0 to 2, no unit.
/// Operands logits, targets, loss. size: T, d_vocab. value: label smoothing. Error ≤ 1e-6 absolute.
/// Source: Brier 1950; docs/maths.md (63).
template <class Real>
void brier(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  const Wanted<Real> wanted(step);
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    const Real target = s.p[1][row];
    softmax_row(s.p[0] + static_cast<size_t>(row) * width, s.scratch, width);
    const Real sum = lane_sum<Real>(width, [&](uint32_t v) {
      const Real off = s.scratch[v] - wanted.of(v, target);
      return off * off;
    });
    s.p[2][row] = target < Real(0) ? Real(0) : sum;
  }
}

/// Reverse of the weighted sum of Brier scores, p = softmax(logits): dlogits_v = 2·weight·p_v (p_v − wanted_v − Σ_u p_u (p_u − wanted_u)),
/// 0 where there is no target. Operands, sizes and value as cross_entropy_backward. Source: docs/maths.md (63).
template <class Real>
void brier_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  const Wanted<Real> wanted(step);
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    Real* dx = s.p[2] + static_cast<size_t>(row) * width;
    const Real target = s.p[1][row], weight = target < Real(0) ? Real(0) : Real(2) * row_weight(step, s, row);
    softmax_row(s.p[0] + static_cast<size_t>(row) * width, dx, width);
    const Real mean = lane_sum<Real>(width, [&](uint32_t v) { return dx[v] * (dx[v] - wanted.of(v, target)); });
    for (uint32_t v = 0; v < width; ++v) dx[v] = weight * (dx[v] * ((dx[v] - wanted.of(v, target)) - mean));
  }
}

}  // namespace induction::INDUCTION_ISA
