// From gradient chunks to new parameters: each rule is one flat pass over all of them. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// g[i] = Σ_c chunks[c][i], c ascending. Operands chunks, g. size: parameters, chunks.
template <class Real>
void reduce_chunks(const Step& step, const Slice<Real>& s) {
  const uint32_t n = step.size[0];
  std::memcpy(s.p[1], s.p[0], sizeof(Real) * n);
  for (uint32_t c = 1; c < step.size[1]; ++c) {
    const Real* chunk = s.p[0] + static_cast<size_t>(c) * n;
    for (uint32_t i = 0; i < n; ++i) s.p[1][i] += chunk[i];
  }
}

// Σ_i f(i): lane sums of blocks of 1024, then the blocks in order.
template <class Real, class F>
inline Real block_sum(uint32_t n, F f) {
  constexpr uint32_t kBlock = 1024;
  Real total = 0;
  for (uint32_t i = 0; i < n; i += kBlock) total += lane_sum<Real>(smaller(kBlock, n - i), [&](uint32_t j) { return f(i + j); });
  return total;
}

// Mean loss over the counted positions, or with kWeighted Σ weight·loss. docs/maths.md (61).
template <class Real>
inline Real mean_loss(const Step& step, const Slice<Real>& s) {
  const Real *loss = s.p[1], *weight = s.p[3];
  if (!(step.flags & kWeighted)) return block_sum<Real>(step.size[1], [=](uint32_t i) { return loss[i]; }) / Real(step.size[2]);
  return block_sum<Real>(step.size[1], [=](uint32_t i) { return loss[i] * weight[i]; });
}

/// The step's statistics (Statistic of step.hpp): mean loss in nats, ‖g‖₂, and whether either is not finite.
/// Operands g, loss, statistics, weights with kWeighted. size: parameters, positions, counted positions. Error of the mean ≤ 1e-6
/// relative. Source: docs/maths.md (13).
template <class Real>
void measure(const Step& step, const Slice<Real>& s) {
  const Real loss = mean_loss(step, s);
  const Real norm = std::sqrt(block_sum<Real>(step.size[0], [g = s.p[0]](uint32_t i) { return g[i] * g[i]; }));
  s.p[2][kMeanLoss] = loss;
  s.p[2][kGradientNorm] = norm;
  s.p[2][kStopped] = loss - loss == Real(0) && norm - norm == Real(0) ? Real(0) : Real(1);  // ∞ − ∞ and NaN − NaN are NaN
}

// Factor of clipping by global norm. Source: Pascanu et al. 2013; docs/maths.md (13).
template <class Real>
inline Real clip_factor(const Slice<Real>& s) {
  const Real limit = Real(s.hyper->grad_clip), size = s.p[4][kGradientNorm];
  return limit > Real(0) && size > limit ? limit / size : Real(1);
}

/// u = momentum·u + (g + wd·p); p −= lr·u. Operands p, g, u, (unused), statistics. size: parameters. Source: docs/maths.md (15).
template <class Real>
void sgd(const Step& step, const Slice<Real>& s) {
  const Hyper& hyper = *s.hyper;
  const Real clip = clip_factor(s), decay = Real(hyper.weight_decay), momentum = Real(hyper.momentum), lr = Real(hyper.lr);
  for (uint32_t i = 0; i < step.size[0]; ++i) {
    const Real update = momentum * s.p[2][i] + (s.p[1][i] * clip + decay * s.p[0][i]);
    s.p[2][i] = update;
    s.p[0][i] -= lr * update;
  }
}

// m, v and p of Adam, `g` already with everything added. Source: Kingma & Ba 2015, algorithm 1.
template <class Real, bool Decoupled>
inline void adam_pass(const Step& step, const Slice<Real>& s) {
  constexpr Real kEpsilon = Real(1e-8);  // keeps √v away from 0; the value of the paper and of PyTorch
  const Hyper& hyper = *s.hyper;
  const Real clip = clip_factor(s), decay = Real(hyper.weight_decay), keep = Real(1) - Real(hyper.lr_decay);
  const Real beta1 = Real(hyper.beta1), rest1 = Real(hyper.one_minus_beta1), beta2 = Real(hyper.beta2), rest2 = Real(hyper.one_minus_beta2);
  const Real size = Real(hyper.step_size), correction = Real(hyper.inv_sqrt_bc2);
  Real* __restrict p = s.p[0], * __restrict m = s.p[2], * __restrict v = s.p[3];
  const Real* __restrict gradient = s.p[1];
  for (uint32_t i = 0; i < step.size[0]; ++i) {
    const Real g = Decoupled ? gradient[i] * clip : gradient[i] * clip + decay * p[i];
    const Real mean = beta1 * m[i] + rest1 * g, square = beta2 * v[i] + rest2 * (g * g);
    m[i] = mean;
    v[i] = square;
    p[i] = (Decoupled ? keep * p[i] : p[i]) - size * mean / (std::sqrt(square) * correction + kEpsilon);
  }
}

/// Adam with weight decay in the gradient. Operands p, g, m, v, statistics. size: parameters. Source: docs/maths.md (14).
template <class Real>
void adam(const Step& step, const Slice<Real>& s) {
  adam_pass<Real, false>(step, s);
}

/// AdamW: weight decay beside the gradient. Operands p, g, m, v, statistics. size: parameters. Source: docs/maths.md (14).
template <class Real>
void adamw(const Step& step, const Slice<Real>& s) {
  adam_pass<Real, true>(step, s);
}

}  // namespace induction::INDUCTION_ISA
