// Dropout from counters: which elements are dropped depends on seed, place in the model, training step and element alone.
// Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// out[i] = x[i]/(1 − rate) where element i is kept, else 0; (value[1] ≠ 0) added to onto[i]; with kAccumulate added to out[i].
/// Kept: the upper 24 bits of the element's random word are not below the threshold rate·2²⁴. The word of element i, counted over
/// the whole batch, is the (i mod 2)-th of the pair (training step, i div 2) of the stream. Its own reverse.
/// Operands x, out, onto. size: floats per sequence, threshold, seed, stream. value[0]: 1/(1 − rate).
/// Source: Srivastava et al. 2014; docs/maths.md (50).
template <class Real>
void dropout(const Step& step, const Slice<Real>& s) {
  const size_t n = static_cast<size_t>(s.n) * step.size[0];
  const uint32_t first = s.first * step.size[0];
  const bool onto = step.value[1] != 0.0f, accumulate = step.flags & kAccumulate;
  for (size_t i = 0; i < n; ++i) {
    const uint32_t index = first + static_cast<uint32_t>(i);
    const Random2 pair = random2(step.size[2], static_cast<Stream>(step.size[3]), s.training_step, index / 2);
    const uint32_t word = index % 2 ? pair.b : pair.a;
    const Real kept = word >> 8 < step.size[1] ? Real(0) : s.p[0][i] * Real(step.value[0]);
    s.p[1][i] = onto ? s.p[2][i] + kept : accumulate ? s.p[1][i] + kept : kept;
  }
}

}  // namespace induction::INDUCTION_ISA
