// Fused attention: scores, softmax and weighted values of one head at a time, without the masked half. Queries lie side by side in the
// lanes of a register, so that sums and maxima over keys need no lane of a neighbour.
// Bit-equal to contract + mask_scores + softmax + contract (tests/test_bits.cpp): skipped terms are exact zeros.
// Included once per instruction set.

namespace induction::INDUCTION_ISA {

// Queries handled together: two registers where they are short, so that the products fill their tiles. At most kQueriesTogether.
inline constexpr uint32_t kQueryBlock = INDUCTION_WIDTH >= 16 ? 16 : 2 * INDUCTION_WIDTH;
inline constexpr uint32_t kKeyBlock = 8;  // of the gradients of keys and values
inline constexpr uint32_t kTogether = 4;  // keys whose exponentials are computed step by step; a divisor of 16
static_assert(kQueryBlock <= kQueriesTogether && kQueryBlock % kKeyBlock == 0);

/// Sizes and strides of one head's matrices; q, k, v, z rows are strided views.
template <class Real>
struct Head {
  uint32_t length, width, q_row, k_row, v_row, z_row;
  explicit Head(const Step& step)
      : length(step.size[0]), width(step.size[2]), q_row(step.size[3]), k_row(step.size[4]), v_row(step.size[5]), z_row(step.size[6]) {}
};

/// The rows of kQueryBlock queries as columns, [columns, kQueryBlock]; zeros for queries beyond the last one.
template <class Real>
inline void side_by_side(uint32_t rows, uint32_t columns, const Real* from, uint32_t from_row, Real* to) {
  if (rows < kQueryBlock) clear(to, columns * kQueryBlock);
  transpose<Real>(rows, columns, from, from_row, to, kQueryBlock);
}

/// f(register, its first query, keys that one of its queries sees) for each register of the queries from q0 on, which see `seen` keys at
/// most.
template <class F>
inline void for_queries(uint32_t q0, uint32_t seen, F f) {
  for (uint32_t lane = 0; lane < kQueryBlock; lane += INDUCTION_WIDTH) f(lane, q0 + lane, smaller(q0 + lane + INDUCTION_WIDTH, seen));
}

/// scores [keys, kQueryBlock] of the queries that lie in one register's lanes, q, q + 1, …, are scaled, biased and masked. Returns each
/// query's highest.
template <class Real, class V>
inline V scale_side(Real* scores, uint32_t q, uint32_t keys, Real scale, Real slope) {
  const V query = lane_numbers<V>() + static_cast<Real>(q);
  V highest = V{} - static_cast<Real>(INFINITY);
  const auto take = [&](uint32_t k, V x) __attribute__((always_inline)) {
    store(scores + k * kQueryBlock, x);
    highest = x > highest ? x : highest;
  };
  const auto scaled = [&](uint32_t k) __attribute__((always_inline)) { return load<V>(scores + k * kQueryBlock) * scale; };
  const auto bias = [&](uint32_t k) __attribute__((always_inline)) { return slope * (query - static_cast<Real>(k)); };
  const uint32_t all = smaller(q + 1, keys);  // keys that all of them see
  uint32_t k = 0;
  if (slope == Real(0))
    for (; k < all; ++k) take(k, scaled(k));
  else
    for (; k < all; ++k) take(k, scaled(k) - bias(k));
  for (; k < keys; ++k) {
    const V x = slope == Real(0) ? scaled(k) : scaled(k) - bias(k);
    take(k, query < static_cast<Real>(k) ? V{} - static_cast<Real>(INFINITY) : x);
  }
  return highest;
}

/// The same scores become the numerators of the causal softmax over the keys; returns one over their sums, whose order is lane_sum's: keys
/// sixteen apart, then a binary tree.
template <class Real, class V>
inline V softmax_side(Real* scores, uint32_t q, uint32_t keys, Real scale, Real slope) {
  const V highest = scale_side<Real, V>(scores, q, keys, scale, slope);
  V lane[16] = {}, e[kTogether], one[1];
  uint32_t k = 0;
  for (; k + kTogether <= keys; k += kTogether) {
    V* sums = lane + k % 16;
#pragma GCC unroll 4
    for (uint32_t j = 0; j < kTogether; ++j) e[j] = load<V>(scores + (k + j) * kQueryBlock) - highest;
    exact_exp_each(e);
#pragma GCC unroll 4
    for (uint32_t j = 0; j < kTogether; ++j) store(scores + (k + j) * kQueryBlock, e[j]), sums[j] += e[j];
  }
  for (; k < keys; ++k) {
    one[0] = load<V>(scores + k * kQueryBlock) - highest;
    exact_exp_each(one);
    store(scores + k * kQueryBlock, one[0]), lane[k % 16] += one[0];
  }
  return Real(1) / tree_sum(lane);
}

/// The reverse: dpattern [keys, row] becomes dscores·scale, given the pattern [keys, kQueryBlock] of one register's queries.
template <class Real>
inline void softmax_side_backward(const Real* pattern, Real* dpattern, uint32_t row, uint32_t keys, Real scale) {
  using V = typename VectorOf<Real, INDUCTION_WIDTH>::type;
  V lane[16] = {};
  for (uint32_t k = 0; k < keys; ++k) lane[k % 16] += load<V>(pattern + k * kQueryBlock) * load<V>(dpattern + static_cast<size_t>(k) * row);
  const V inner = tree_sum(lane);
  for (uint32_t k = 0; k < keys; ++k) {
    Real* at = dpattern + static_cast<size_t>(k) * row;
    store(at, load<V>(pattern + k * kQueryBlock) * (load<V>(at) - inner) * scale);
  }
}

// Of the keys from `from` on, none is seen by a register's queries.
template <class Real>
inline void clear_keys(Real* at, uint32_t row, uint32_t from, uint32_t to) {
  for (uint32_t k = from; k < to; ++k) clear(at + static_cast<size_t>(k) * row, INDUCTION_WIDTH);
}

/// pattern = causal softmax(q·k scale − ALiBi); z[q] = Σ_k pattern[q,k] v[k]. Operands q, k, v, pattern [b,h,T,T], z, slopes.
/// size: T, H, E, row strides of q, k, v, z. value[0]: 1/√d_head. Source: docs/maths.md (7)–(9).
template <class Real>
void attention(const Step& step, const Slice<Real>& s) {
  using Register = typename VectorOf<Real, INDUCTION_WIDTH>::type;
  const Head<Real> head(step);
  const uint32_t length = head.length, width = head.width, heads = step.size[1];
  Real *queries = s.scratch, *scores = queries + width * kQueryBlock;  // [E, kQueryBlock], [T, kQueryBlock]
  for (uint32_t index = 0; index < s.n * heads; ++index) {
    const size_t b = index / heads, h = index % heads, column = h * width;
    const Real* q = s.p[0] + b * length * head.q_row + column;
    const Real* k = s.p[1] + b * length * head.k_row + column;
    const Real* v = s.p[2] + b * length * head.v_row + column;
    Real* z = s.p[4] + b * length * head.z_row + column;
    Real* pattern = s.p[3] + static_cast<size_t>(index) * length * length;
    const Real slope = step.flags & kAlibi ? s.p[5][h] : Real(0);
    for (uint32_t q0 = 0; q0 < length; q0 += kQueryBlock) {
      const uint32_t rows = smaller(kQueryBlock, length - q0), seen = q0 + rows;
      side_by_side(rows, width, q + static_cast<size_t>(q0) * head.q_row, head.q_row, queries);
      multiply<Real>({seen, kQueryBlock, width, k, head.k_row, 1, queries, kQueryBlock, scores, kQueryBlock, nullptr, 0});
      Real inverse[kQueryBlock];
      for_queries(q0, seen, [&](uint32_t lane, uint32_t first, uint32_t keys) {
        store(inverse + lane, softmax_side<Real, Register>(scores + lane, first, keys, Real(step.value[0]), slope));
      });
      Real* block = pattern + static_cast<size_t>(q0) * length;
      transpose<Real>(seen, rows, scores, kQueryBlock, block, length, inverse);
      for_queries(q0, seen, [&](uint32_t lane, uint32_t, uint32_t keys) {
        for (uint32_t r = lane; r < smaller(lane + INDUCTION_WIDTH, rows); ++r)
          clear(block + static_cast<size_t>(r) * length + keys, length - keys);
      });
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
  const uint32_t row = (length + kQueryBlock - 1) / kQueryBlock * kQueryBlock;
  // dzᵀ and the pattern of a block of queries, [E, kQueryBlock] and [T, kQueryBlock]; dscoresᵀ of all, [T, row].
  Real *dzs = s.scratch, *side = dzs + width * kQueryBlock, *dscores = side + length * kQueryBlock;
  for (uint32_t index = 0; index < s.n * heads; ++index) {
    const size_t b = index / heads, column = index % heads * width;
    const Real* q = s.p[0] + b * length * head.q_row + column;
    const Real* k = s.p[1] + b * length * head.k_row + column;
    const Real* v = s.p[2] + b * length * head.v_row + column;
    const Real* dz = s.p[4] + b * length * head.z_row + column;
    const Real* pattern = s.p[3] + static_cast<size_t>(index) * length * length;
    Real* dq = s.p[5] + b * length * head.q_row + column;
    for (uint32_t q0 = 0; q0 < length; q0 += kQueryBlock) {
      const uint32_t rows = smaller(kQueryBlock, length - q0), seen = q0 + rows;
      side_by_side(rows, width, dz + static_cast<size_t>(q0) * head.z_row, head.z_row, dzs);
      side_by_side(rows, seen, pattern + static_cast<size_t>(q0) * length, length, side);
      Real* block = dscores + q0;
      multiply<Real>({seen, kQueryBlock, width, v, head.v_row, 1, dzs, kQueryBlock, block, row, nullptr, 0});
      for_queries(q0, seen, [&](uint32_t lane, uint32_t, uint32_t keys) {
        softmax_side_backward<Real>(side + lane, block + lane, row, keys, Real(step.value[0]));
        clear_keys(block + lane, row, keys, seen);
      });
      multiply<Real>({rows, width, seen, block, 1, row, k, head.k_row, dq + static_cast<size_t>(q0) * head.q_row, head.q_row, nullptr, 0});
    }
    // Keys k0.. are seen by the queries from k0 on only.
    for (uint32_t k0 = 0; k0 < length; k0 += kKeyBlock) {
      const uint32_t rows = smaller(kKeyBlock, length - k0), queries = length - k0;
      multiply<Real>({rows, width, queries, dscores + static_cast<size_t>(k0) * row + k0, row, 1, q + static_cast<size_t>(k0) * head.q_row,
                      head.q_row, s.p[6] + (b * length + k0) * head.k_row + column, head.k_row, nullptr, 0});
      multiply<Real>({rows, width, queries, pattern + static_cast<size_t>(k0) * length + k0, 1, length,
                      dz + static_cast<size_t>(k0) * head.z_row, head.z_row, s.p[7] + (b * length + k0) * head.v_row + column, head.v_row,
                      nullptr, 0});
    }
  }
}

}  // namespace induction::INDUCTION_ISA
