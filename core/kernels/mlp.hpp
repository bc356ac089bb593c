// What the MLP needs beside its two products: biases and GELU. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// out[b,t,m] = x[b,t,m] + bias[m], and (value[0] ≠ 0) onto[b,t,m] + that. Operands x, bias, out, onto. size: T, width.
/// May run in place. Source: docs/maths.md (48).
template <class Real>
void add_bias(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  const bool onto = step.value[0] != 0.0f;
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    const size_t at = static_cast<size_t>(row) * width;
    for (uint32_t m = 0; m < width; ++m) {
      const Real sum = s.p[0][at + m] + s.p[1][m];
      s.p[2][at + m] = onto ? s.p[3][at + m] + sum : sum;
    }
  }
}

/// Reverse of add_bias for the bias: dbias[m] (+)= Σ_{b,t} dout[b,t,m] (kAccumulate: +), rows in ascending order. Operands dout, dbias.
/// size: T, width.
template <class Real>
void add_bias_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  if (!(step.flags & kAccumulate)) std::memset(s.p[1], 0, sizeof(Real) * width);
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row)
    for (uint32_t m = 0; m < width; ++m) s.p[1][m] += s.p[0][static_cast<size_t>(row) * width + m];
}

constexpr double kGeluScale = 1.5957691216057308;  // 2·√(2/π)
constexpr double kGeluCube = 0.044715;

// σ(2√(2/π)(x + 0.044715 x³)) = ½(1 + tanh(√(2/π)(x + 0.044715 x³))).
template <class Real>
inline Real gelu_gate(Real x) {
  return sigmoid(Real(kGeluScale) * (x + Real(kGeluCube) * (x * x * x)));
}

/// post = ½ pre (1 + tanh(√(2/π)(pre + 0.044715 pre³))). Operands pre, post. size: floats per sequence. Error ≤ 5e-7·|pre|.
/// Source: Hendrycks & Gimpel 2016 ('gelu_new'); docs/maths.md (49).
template <class Real>
void gelu(const Step& step, const Slice<Real>& s) {
  const size_t n = static_cast<size_t>(s.n) * step.size[0];
  for (size_t i = 0; i < n; ++i) s.p[1][i] = s.p[0][i] * gelu_gate(s.p[0][i]);
}

/// Reverse of gelu, with the gate g: dpre = dpost·(g + pre·g(1 − g)·2√(2/π)(1 + 3·0.044715 pre²)). Operands pre, dpost, dpre.
/// size: floats per sequence. May run in place on dpost.
template <class Real>
void gelu_backward(const Step& step, const Slice<Real>& s) {
  const size_t n = static_cast<size_t>(s.n) * step.size[0];
  for (size_t i = 0; i < n; ++i) {
    const Real x = s.p[0][i], gate = gelu_gate(x);
    const Real slope = Real(kGeluScale) * (Real(1) + Real(3 * kGeluCube) * (x * x));
    s.p[2][i] = s.p[1][i] * (gate + x * (gate * (Real(1) - gate)) * slope);
  }
}

}  // namespace induction::INDUCTION_ISA
