// Token and position embeddings. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// out[b,t,d] = W_E[tokens[b,t], d]. Operands tokens, W_E, out. size: T, d_model.
/// Token numbers are stored as floats, exact below 2^24. Source: docs/maths.md (1).
template <class Real>
void embed(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row)
    std::memcpy(s.p[2] + static_cast<size_t>(row) * width, s.p[1] + static_cast<size_t>(s.p[0][row]) * width, sizeof(Real) * width);
}

/// Reverse of embed: dW_E[x_t] += dout[b,t], rows in ascending order. Operands tokens, dW_E, dout. size: T, d_model, d_vocab.
/// Without kAccumulate dW_E starts from 0.
template <class Real>
void embed_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[1];
  if (!(step.flags & kAccumulate)) std::memset(s.p[1], 0, sizeof(Real) * step.size[2] * width);
  for (uint32_t row = 0; row < s.n * step.size[0]; ++row) {
    const Real* from = s.p[2] + static_cast<size_t>(row) * width;
    Real* to = s.p[1] + static_cast<size_t>(s.p[0][row]) * width;
    for (uint32_t d = 0; d < width; ++d) to[d] += from[d];
  }
}

/// out[b,t,d] = x[b,t,d] + W_pos[t,d]: to the embedding, or (shortformer) to the input of queries and keys. Operands x, W_pos, out. size:
/// T, d_model.
template <class Real>
void add_position(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[0] * step.size[1];
  for (uint32_t b = 0; b < s.n; ++b)
    for (uint32_t i = 0; i < width; ++i)
      s.p[2][static_cast<size_t>(b) * width + i] = s.p[0][static_cast<size_t>(b) * width + i] + s.p[1][i];
}

/// Reverse of add_position for W_pos: dW_pos[t,d] (+)= Σ_b dout[b,t,d]. Operands dout, dW_pos. size: T, d_model, n_ctx
/// (rows of W_pos; those beyond T get 0).
template <class Real>
void add_position_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t width = step.size[0] * step.size[1];
  if (!(step.flags & kAccumulate)) std::memset(s.p[1], 0, sizeof(Real) * step.size[2] * step.size[1]);
  for (uint32_t b = 0; b < s.n; ++b)
    for (uint32_t i = 0; i < width; ++i) s.p[1][i] += s.p[0][static_cast<size_t>(b) * width + i];
}

}  // namespace induction::INDUCTION_ISA
