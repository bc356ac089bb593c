// RMS and layer norm over the residual stream. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// RMS: y = x·r·w, r = 1/√(mean x² + ε). With kLayerNorm: y = (x − m)·r·w + b, r = 1/√(mean (x − m)² + ε).
/// Operands x, w, y, b, moments [b,t,2] = (m, r). size: T, d_model. value[0]: ε. Source: docs/maths.md (3).
template <class Real>
void norm(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  const bool layer = step.flags & kLayerNorm;
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    const Real* x = s.p[0] + static_cast<size_t>(row) * width;
    Real* y = s.p[2] + static_cast<size_t>(row) * width;
    const Real mean = layer ? lane_sum<Real>(width, [&](uint32_t i) { return x[i]; }) / Real(width) : Real(0);
    const Real square = lane_sum<Real>(width, [&](uint32_t i) { return (x[i] - mean) * (x[i] - mean); }) / Real(width);
    const Real scale = Real(1) / std::sqrt(square + Real(step.value[0]));
    for (uint32_t i = 0; i < width; ++i) {
      const Real scaled = (x[i] - mean) * scale * s.p[1][i];
      y[i] = layer ? scaled + s.p[3][i] : scaled;
    }
    s.p[4][2 * static_cast<size_t>(row)] = mean;
    s.p[4][2 * static_cast<size_t>(row) + 1] = scale;
  }
}

/// Reverse of norm. With n = (x − m)·r and g = dy·w: dx (+)= r·(g − mean(g) − n·mean(g·n)) (RMS: without mean(g));
/// dw (+)= Σ dy·n; db (+)= Σ dy (kAddToSums: +). Operands x, w, dy, dx, moments, dw, db. size: T, d_model.
template <class Real>
void norm_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  const bool layer = step.flags & kLayerNorm;
  const Real* w = s.p[1];
  Real *dw = s.p[5], *db = s.p[6];
  const bool fresh = !(step.flags & kAddToSums);
  if (fresh) std::memset(dw, 0, sizeof(Real) * width);
  if (fresh && layer) std::memset(db, 0, sizeof(Real) * width);
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    const Real* x = s.p[0] + static_cast<size_t>(row) * width;
    const Real* dy = s.p[2] + static_cast<size_t>(row) * width;
    Real* dx = s.p[3] + static_cast<size_t>(row) * width;
    const Real mean = s.p[4][2 * static_cast<size_t>(row)], scale = s.p[4][2 * static_cast<size_t>(row) + 1];
    const auto n = [&](uint32_t i) { return (x[i] - mean) * scale; };
    const Real mean_g = layer ? lane_sum<Real>(width, [&](uint32_t i) { return dy[i] * w[i]; }) / Real(width) : Real(0);
    const Real mean_gn = lane_sum<Real>(width, [&](uint32_t i) { return dy[i] * w[i] * n(i); }) / Real(width);
    for (uint32_t i = 0; i < width; ++i) {
      const Real dxi = scale * (dy[i] * w[i] - mean_g - n(i) * mean_gn);
      dw[i] += dy[i] * n(i);
      if (layer) db[i] += dy[i];
      dx[i] = step.flags & kAccumulate ? dx[i] + dxi : dxi;
    }
  }
}

}  // namespace induction::INDUCTION_ISA
