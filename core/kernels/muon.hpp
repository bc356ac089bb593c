// What Muon needs beside contractions. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// Nesterov momentum, then each matrix to Frobenius norm 1: m = μ·m + (1−μ)·g; u = μ·m + (1−μ)·g; x = u / (‖u‖ + 1e-7).
/// Operands g, m, x, (unused), statistics. size: matrices, rows, columns. stride[0]: floats between matrices and between rows of g and m,
/// whose columns are contiguous; x is contiguous. Source: Jordan 2024; docs/maths.md (66).
template <class Real>
void muon_direction(const Step& step, const Slice<Real>& s) {
  constexpr Real kEpsilon = Real(1e-7);  // Jordan's
  const Real clip = clip_factor(s), keep = Real(s.hyper->momentum), rest = Real(1) - keep;
  const uint32_t rows = step.size[1], columns = step.size[2];
  for (uint32_t matrix = 0; matrix < step.size[0]; ++matrix) {
    Real* x = s.p[2] + static_cast<size_t>(matrix) * rows * columns;
    Real squares = 0;
    for (uint32_t row = 0; row < rows; ++row) {
      const size_t at = static_cast<size_t>(matrix) * step.stride[0][0] + static_cast<size_t>(row) * step.stride[0][1];
      Real *m = s.p[1] + at, *u = x + static_cast<size_t>(row) * columns;
      for (uint32_t j = 0; j < columns; ++j) {
        const Real g = rest * (s.p[0][at + j] * clip);
        m[j] = keep * m[j] + g;
        u[j] = keep * m[j] + g;
      }
      squares += lane_sum<Real>(columns, [&](uint32_t j) { return u[j] * u[j]; });
    }
    const Real scale = Real(1) / (std::sqrt(squares) + kEpsilon);
    for (size_t i = 0; i < static_cast<size_t>(rows) * columns; ++i) x[i] *= scale;
  }
}

/// square = a·1 + b·gram + c·square, for square matrices one after the other. Operands gram, square. size: floats, rows of one.
/// value: a, b, c. Source: docs/maths.md (67).
template <class Real>
void muon_polynomial(const Step& step, const Slice<Real>& s) {
  const uint32_t n = step.size[1];
  const Real a = Real(step.value[0]), b = Real(step.value[1]), c = Real(step.value[2]);
  for (uint32_t i = 0; i < step.size[0]; ++i) {
    const Real one = i % (n * n) % (n + 1) == 0 ? a : Real(0);
    s.p[1][i] = one + (b * s.p[0][i] + c * s.p[1][i]);
  }
}

/// p = (1 − lr·wd)·p − lr·scale·x. Operands p, x, (unused) 2, statistics. size: matrices, rows, columns. stride[0]: as muon_direction, of
/// p. value: scale. Source: Liu et al. 2025; docs/maths.md (68).
template <class Real>
void muon_update(const Step& step, const Slice<Real>& s) {
  const Real keep = Real(1) - Real(s.hyper->lr_decay), rate = Real(s.hyper->lr) * Real(step.value[0]);
  const uint32_t rows = step.size[1], columns = step.size[2];
  for (uint32_t row = 0; row < step.size[0] * rows; ++row) {
    Real* p = s.p[0] + static_cast<size_t>(row / rows) * step.stride[0][0] + static_cast<size_t>(row % rows) * step.stride[0][1];
    const Real* x = s.p[1] + static_cast<size_t>(row) * columns;
    for (uint32_t j = 0; j < columns; ++j) p[j] = keep * p[j] - rate * x[j];
  }
}

}  // namespace induction::INDUCTION_ISA
