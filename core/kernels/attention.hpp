// Fused attention: scores, softmax and weighted values of one head at a time, without the masked half.
// Bit-equal to contract + mask_scores + softmax + contract (tests/test_bits.cpp): skipped terms are exact zeros.
// Included once per instruction set.

namespace induction::INDUCTION_ISA {

// Queries handled together: the keys they may see differ by less than one block.
inline constexpr uint32_t kQueryBlock = 8;

/// Sizes and strides of one head's matrices; q, k, v, z rows are strided views.
template <class Real>
struct Head {
  uint32_t length, width, q_row, k_row, v_row, z_row;
  explicit Head(const Step& step)
      : length(step.size[0]), width(step.size[2]), q_row(step.size[3]), k_row(step.size[4]), v_row(step.size[5]), z_row(step.size[6]) {}
};

/// pattern = causal softmax(q·k scale − ALiBi); z[q] = Σ_k pattern[q,k] v[k]. Operands q, k, v, pattern [b,h,T,T], z, slopes.
/// size: T, H, E, row strides of q, k, v, z. value[0]: 1/√d_head. Source: docs/maths.md (7)–(9).
template <class Real>
void attention(const Step& step, const Slice<Real>& s) {
  const Head<Real> head(step);
  const uint32_t length = head.length, width = head.width, heads = step.size[1];
  Real* keys = s.scratch;  // kᵀ: [E, T]
  for (uint32_t index = 0; index < s.n * heads; ++index) {
    const size_t b = index / heads, h = index % heads, column = h * width;
    const Real* q = s.p[0] + b * length * head.q_row + column;
    const Real* v = s.p[2] + b * length * head.v_row + column;
    Real* z = s.p[4] + b * length * head.z_row + column;
    Real* pattern = s.p[3] + static_cast<size_t>(index) * length * length;
    const Real slope = step.flags & kAlibi ? s.p[5][h] : Real(0);
    pack_transposed(length, width, s.p[1] + b * length * head.k_row + column, head.k_row, 1u, keys);
    for (uint32_t q0 = 0; q0 < length; q0 += kQueryBlock) {
      const uint32_t rows = smaller(kQueryBlock, length - q0), seen = q0 + rows;
      Real* block = pattern + static_cast<size_t>(q0) * length;
      multiply<Real>({rows, seen, width, q + static_cast<size_t>(q0) * head.q_row, head.q_row, 1, keys, length, block, length, nullptr, 0});
      for (uint32_t r = 0; r < rows; ++r) {
        Real* row = block + static_cast<size_t>(r) * length;
        scale_row<Real>(row, row, q0 + r, length, Real(step.value[0]), slope);
        softmax_row<Real>(row, row, q0 + r, length);
      }
      multiply<Real>(
          {rows, width, seen, block, length, 1, v, head.v_row, z + static_cast<size_t>(q0) * head.z_row, head.z_row, nullptr, 0});
    }
  }
}

/// Reverse of attention, head by head: dpattern = dz vᵀ; dscores = softmax reverse, scaled; dq = dscores k; dk = dscoresᵀ q;
/// dv = patternᵀ dz. Operands q, k, v, pattern, dz, dq, dk, dv. Sizes as in attention; the gradients have their tensors' strides.
template <class Real>
void attention_backward(const Step& step, const Slice<Real>& s) {
  const Head<Real> head(step);
  const uint32_t length = head.length, width = head.width, heads = step.size[1];
  Real* values = s.scratch;                                              // vᵀ: [E, T]
  Real* dscores = s.scratch + static_cast<size_t>(length) * width + 64;  // [T, T]
  for (uint32_t index = 0; index < s.n * heads; ++index) {
    const size_t b = index / heads, column = index % heads * width;
    const Real* q = s.p[0] + b * length * head.q_row + column;
    const Real* k = s.p[1] + b * length * head.k_row + column;
    const Real* dz = s.p[4] + b * length * head.z_row + column;
    const Real* pattern = s.p[3] + static_cast<size_t>(index) * length * length;
    Real* dq = s.p[5] + b * length * head.q_row + column;
    pack_transposed(length, width, s.p[2] + b * length * head.v_row + column, head.v_row, 1u, values);
    for (uint32_t q0 = 0; q0 < length; q0 += kQueryBlock) {
      const uint32_t rows = smaller(kQueryBlock, length - q0), seen = q0 + rows;
      Real* block = dscores + static_cast<size_t>(q0) * length;
      multiply<Real>(
          {rows, seen, width, dz + static_cast<size_t>(q0) * head.z_row, head.z_row, 1, values, length, block, length, nullptr, 0});
      for (uint32_t r = 0; r < rows; ++r) {
        Real* row = block + static_cast<size_t>(r) * length;
        softmax_row_backward<Real>(pattern + static_cast<size_t>(q0 + r) * length, row, row, q0 + r, length);
        for_row<Real>(seen, length, [&](auto at) { at.put(row, at.get(row) * Real(step.value[0])); });
      }
      multiply<Real>(
          {rows, width, seen, block, length, 1, k, head.k_row, dq + static_cast<size_t>(q0) * head.q_row, head.q_row, nullptr, 0});
    }
    // Keys k0.. are seen by the queries from k0 on only.
    for (uint32_t k0 = 0; k0 < length; k0 += kQueryBlock) {
      const uint32_t rows = smaller(kQueryBlock, length - k0), queries = length - k0;
      const size_t corner = static_cast<size_t>(k0) * length + k0;
      multiply<Real>({rows, width, queries, dscores + corner, 1, length, q + static_cast<size_t>(k0) * head.q_row, head.q_row,
                      s.p[6] + (b * length + k0) * head.k_row + column, head.k_row, nullptr, 0});
      multiply<Real>({rows, width, queries, pattern + corner, 1, length, dz + static_cast<size_t>(k0) * head.z_row, head.z_row,
                      s.p[7] + (b * length + k0) * head.v_row + column, head.v_row, nullptr, 0});
    }
  }
}

}  // namespace induction::INDUCTION_ISA
