// Cross-entropy of the next token. Included once per instruction set.

namespace induction::INDUCTION_ISA {

// y[i] = exp(x[i] − max x): a loop of its own, so that it vectorises.
template <class Real>
inline void exp_row(const Real* x, Real* y, uint32_t n) {
  const Real highest = highest_of(x, n);
  for (uint32_t i = 0; i < n; ++i) y[i] = exact_exp(x[i] - highest);
}

/// loss[b,t] = ln Σ_v exp(logits[b,t,v]) − logits[b,t,target]; 0 where target < 0 (no target). Nats.
/// Operands logits, targets, loss. size: T, d_vocab. Error ≤ 2e-6 absolute plus exp's and log's. Source: docs/maths.md (12).
template <class Real>
void cross_entropy(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    const Real* x = s.p[0] + static_cast<size_t>(row) * width;
    const Real target = s.p[1][row];
    if (target < Real(0)) {
      s.p[2][row] = 0;
      continue;
    }
    exp_row(x, s.scratch, width);
    const Real sum = lane_sum<Real>(width, [&](uint32_t v) { return s.scratch[v]; });
    s.p[2][row] = exact_log(sum) + (highest_of(x, width) - x[static_cast<size_t>(target)]);
  }
}

/// Reverse of the mean loss: dlogits = (softmax(logits) − onehot(target))·weight, 0 where there is no target.
/// Operands logits, targets, dlogits. size: T, d_vocab, targets in the whole batch (weight = 1 / that).
template <class Real>
void cross_entropy_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  const Real weight = Real(1) / Real(step.size[2]);
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    const Real* x = s.p[0] + static_cast<size_t>(row) * width;
    Real* dx = s.p[2] + static_cast<size_t>(row) * width;
    const Real target = s.p[1][row];
    exp_row(x, dx, width);
    const Real scale = target < Real(0) ? Real(0) : weight / lane_sum<Real>(width, [&](uint32_t v) { return dx[v]; });
    for (uint32_t v = 0; v < width; ++v) dx[v] *= scale;
    if (!(target < Real(0))) dx[static_cast<size_t>(target)] -= weight;
  }
}

}  // namespace induction::INDUCTION_ISA
