// What one core can do at most with the table's own arithmetic, without fused multiply-add in exact mode: the yardstick of `induction
// bench`. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// The plainest register-blocked product: C[kRows, 2W] = Σ_k A[kRows, k] B[k, 2W], all in the nearest cache, `turns` times over.
/// Operations: turns · k · kRows · 2W · 2. Its accumulators never leave the registers within a turn; a longer k hides the rest.
inline void peak_product(const float* a, const float* b, float* c, uint32_t k, uint32_t turns) {
  constexpr uint32_t kColumns = 2 * INDUCTION_WIDTH;
  const Product<float> product = {kRows, kColumns, k, a, 1, kRows, b, kColumns, c, kColumns, nullptr, 0};
  for (uint32_t turn = 0; turn < turns; ++turn) tile<float, INDUCTION_WIDTH, kRows, 2>(product, 0, 0, b, kColumns);
}

}  // namespace induction::INDUCTION_ISA
