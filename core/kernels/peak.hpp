// What one core can do at most with the table's own arithmetic, without fused multiply-add in exact mode: the yardstick of `induction
// bench`. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// The plainest register-blocked product: C[M, NV·W] = Σ_k A[M, k] B[k, NV·W], all in the nearest cache, `turns` times over.
/// Operations: turns · k · M · NV·W · 2. Its accumulators never leave the registers within a turn; a longer k hides the rest.
template <int M, int NV>
inline void peak_product(const float* a, const float* b, float* c, uint32_t k, uint32_t turns) {
  constexpr uint32_t kColumns = NV * INDUCTION_WIDTH;
  const Product<float> product = {M, kColumns, k, a, 1, M, b, kColumns, c, kColumns, nullptr, 0};
  for (uint32_t turn = 0; turn < turns; ++turn) tile<float, INDUCTION_WIDTH, M, NV>(product, 0, 0, b, kColumns);
}
// The shapes of tile that most of a product is made of; where two registers lie side by side they are one.
inline constexpr ProductPeak kPeaks[] = {{kRows, kAcross* INDUCTION_WIDTH, peak_product<kRows, kAcross>},
                                         {kTall, 2 * INDUCTION_WIDTH, peak_product<kTall, 2>}};

}  // namespace induction::INDUCTION_ISA
