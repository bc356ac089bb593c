// What one core can do at most without fused multiply-add: the yardstick of `induction bench`. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// The plainest register-blocked product: C[kRows, 2W] = Σ_k A[k, kRows] B[k, 2W], both packed and in the nearest cache, `turns` times
/// over. Operations: turns · k · kRows · 2W · 2. It writes C last, so that nothing is left out.
inline void peak_product(const float* a, const float* b, float* c, uint32_t k, uint32_t turns) {
  constexpr int W = INDUCTION_WIDTH;
  using V = VectorOf<float, W>::type;
  V acc[kRows][2] = {};
  for (uint32_t turn = 0; turn < turns; ++turn)
    for (uint32_t i = 0; i < k; ++i) {
      V row[2];
      std::memcpy(row, b + static_cast<size_t>(i) * 2 * W, sizeof row);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const float x = a[static_cast<size_t>(i) * kRows + r];
        acc[r][0] += row[0] * x;
        acc[r][1] += row[1] * x;
      }
    }
  std::memcpy(c, acc, sizeof acc);
}

}  // namespace induction::INDUCTION_ISA
