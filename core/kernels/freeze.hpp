// Frozen parameters: their gradient counts as 0, and an update leaves them and their moments alone, whatever the optimiser.
// Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// g[i] = 0 where trainable[i] is 0, so that clipping measures what is trained alone. Operands g, trainable. size: parameters.
/// Source: docs/maths.md (59).
template <class Real>
void mask_gradient(const Step& step, const Slice<Real>& s) {
  for (uint32_t i = 0; i < step.size[0]; ++i) s.p[0][i] = s.p[1][i] == Real(0) ? Real(0) : s.p[0][i];
}

/// held = x, in front of the optimiser. Operands x, held. size: parameters.
template <class Real>
void hold(const Step& step, const Slice<Real>& s) {
  std::memcpy(s.p[1], s.p[0], sizeof(Real) * step.size[0]);
}

/// x[i] = held[i] where trainable[i] is 0, behind the optimiser. Operands x, held, trainable. size: parameters.
template <class Real>
void release(const Step& step, const Slice<Real>& s) {
  for (uint32_t i = 0; i < step.size[0]; ++i) s.p[0][i] = s.p[2][i] == Real(0) ? s.p[1][i] : s.p[0][i];
}

}  // namespace induction::INDUCTION_ISA
