// The register-blocked matrix product under every contraction and under attention.
// C[m,n] = D[m,n] + Σ_k A[m,k] B[k,n], k ascending, one multiply and one add per term, so each element's bits are the
// same for every tile shape and vector width. Included once per instruction set.

namespace induction::INDUCTION_ISA {

// A tile's rows, and the registers that lie side by side in each: as many as keep all accumulators in registers.
#if INDUCTION_WIDTH == 16
inline constexpr int kRows = 8, kAcross = 2;
#elif INDUCTION_WIDTH == 8 && defined(__AVX512VL__)  // of the same width, twice the registers
inline constexpr int kRows = 6, kAcross = 4;
#elif INDUCTION_WIDTH == 8
inline constexpr int kRows = 6, kAcross = 2;
#else
inline constexpr int kRows = 2, kAcross = 4;
#endif
inline constexpr int kTall = kRows * kAcross / 2;  // rows where only two registers fit side by side

/// One matrix product of k ≥ 1 terms: `n` is contiguous in C and D, and in B unless it has a `panel`; A has any strides. D may be C (add)
/// or null (write).
template <class Real>
struct Product {
  uint32_t m, n, k;
  const Real* a;
  uint32_t a_m, a_k;
  const Real* b;
  uint32_t b_k;
  Real* c;
  uint32_t c_m;
  const Real* d;
  uint32_t d_m;
  Real* panel = nullptr;  // workspace, k · min(n, kPanelColumns) floats: columns of B are copied there where that helps
  uint32_t b_n = 1;
};

// Rows of B that lie so far apart share few sets of the nearest cache, so that a block of columns does not stay in it.
inline constexpr uint32_t kFarApart = 128;
// As many rows pay for a copy of B, which each of their tiles reads.
inline constexpr uint32_t kWorthACopy = 32;

// A column of A: anyhow in memory; with its rows side by side; or in rows whose terms lie side by side, with an address for each row.
template <class Real>
struct AnyColumn {
  const Real* a;
  size_t a_m, a_k;
  __attribute__((always_inline)) Real row(int r) const { return a[r * a_m]; }
  __attribute__((always_inline)) void next() { a += a_k; }
};
template <class Real>
struct ColumnOfNeighbours {
  const Real* a;
  size_t a_k;
  __attribute__((always_inline)) Real row(int r) const { return a[r]; }
  __attribute__((always_inline)) void next() { a += a_k; }
};
template <class Real, int M>
struct ColumnOfRows {
  const Real* at[M];
  __attribute__((always_inline)) Real row(int r) const { return *at[r]; }
  __attribute__((always_inline)) void next() {
#pragma GCC unroll 16
    for (int r = 0; r < M; ++r) ++at[r];
  }
};
// acc[r][v] += a(r) b[v] for every term, of which there is one at least; b_k > 0 where there are more.
template <class Real, int W, int M, int NV, class V, class Column>
inline __attribute__((always_inline)) void add_terms(V (&acc)[M][NV], uint32_t terms, Column a, const Real* b, size_t b_k) {
  const Real* end = b + terms * b_k;
  do {
    V row[NV];
#pragma GCC unroll 4
    for (int v = 0; v < NV; ++v) std::memcpy(&row[v], b + v * W, sizeof(V));
#pragma GCC unroll 16
    for (int r = 0; r < M; ++r) {
      const Real x = a.row(r);
#pragma GCC unroll 4
      for (int v = 0; v < NV; ++v) acc[r][v] += row[v] * x;
    }
    a.next(), b += b_k;
  } while (b != end);
}

// M rows by NV vectors of W lanes at column j, where b has those columns: accumulators are named by unrolling, so they stay in registers.
template <class Real, int W, int M, int NV>
inline __attribute__((always_inline)) void tile(const Product<Real>& g, uint32_t i, uint32_t j, const Real* b, uint32_t b_k) {
  using V = typename VectorOf<Real, W>::type;
  // As many products are worth a loop of their own; with more, the addresses do not fit into the registers.
  constexpr bool kSome = M * NV >= 4 && M * NV <= 16, kFewAddresses = kSome && M <= 6;
  V acc[M][NV];
#pragma GCC unroll 16
  for (int r = 0; r < M; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < NV; ++v) acc[r][v] = V{};
  const Real* a = g.a + static_cast<size_t>(i) * g.a_m;
  if (kSome && g.a_m == 1) {
    add_terms<Real, W>(acc, g.k, ColumnOfNeighbours<Real>{a, g.a_k}, b, b_k);
  } else if (kFewAddresses && g.a_k == 1) {
    ColumnOfRows<Real, M> rows;
#pragma GCC unroll 16
    for (int r = 0; r < M; ++r) rows.at[r] = a + r * static_cast<size_t>(g.a_m);
    add_terms<Real, W>(acc, g.k, rows, b, b_k);
  } else {
    add_terms<Real, W>(acc, g.k, AnyColumn<Real>{a, g.a_m, g.a_k}, b, b_k);
  }
  // Written numbers could be the Product's own as far as the compiler knows: what is still needed of it is read before.
  const size_t d_m = g.d_m, c_m = g.c_m;
  Real* c = g.c + i * c_m + j;
  if (const Real* d = g.d) {
    d += i * d_m + j;
#pragma GCC unroll 16
    for (int r = 0; r < M; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < NV; ++v) acc[r][v] = load<V>(d + r * d_m + v * W) + acc[r][v];
  }
#pragma GCC unroll 16
  for (int r = 0; r < M; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < NV; ++v) store(c + r * c_m + v * W, acc[r][v]);
}

// to[k][n] of n columns of B.
template <class Real>
inline void copy_columns(const Product<Real>& g, const Real* from, uint32_t n, Real* __restrict to) {
  if (g.b_n != 1) return pack_transposed(n, g.k, from, g.b_n, g.b_k, to);
  for (uint32_t k = 0; k < g.k; ++k, from += g.b_k, to += n) std::memcpy(to, from, n * sizeof(Real));
}

// All rows of the column block at j.
template <class Real, int W, int NV>
inline void column_block(const Product<Real>& g, uint32_t j) {
  const Real* b = g.b + static_cast<size_t>(j) * g.b_n;
  uint32_t b_k = g.b_k;
  if (g.b_n != 1 || (g.panel && b_k >= kFarApart && g.m >= kWorthACopy)) copy_columns(g, b, NV * W, g.panel), b = g.panel, b_k = NV * W;
  constexpr int kHigh = NV < kAcross ? kTall : kRows;
  uint32_t i = 0;
  for (; i + kHigh <= g.m; i += kHigh) tile<Real, W, kHigh, NV>(g, i, j, b, b_k);
  if constexpr (kHigh > 8)
    for (; i + 8 <= g.m; i += 8) tile<Real, W, 8, NV>(g, i, j, b, b_k);
  if constexpr (kHigh > 4)
    for (; i + 4 <= g.m; i += 4) tile<Real, W, 4, NV>(g, i, j, b, b_k);
  if constexpr (kHigh > 2)
    for (; i + 2 <= g.m; i += 2) tile<Real, W, 2, NV>(g, i, j, b, b_k);
  for (; i < g.m; ++i) tile<Real, W, 1, NV>(g, i, j, b, b_k);
}

// Columns that fill no vector.
template <class Real>
inline void last_columns(const Product<Real>& g, uint32_t j) {
  for (uint32_t i = 0; i < g.m; ++i)
    for (uint32_t n = j; n < g.n; ++n) {
      Real acc = 0;
      for (uint32_t k = 0; k < g.k; ++k)
        acc += g.b[static_cast<size_t>(k) * g.b_k + static_cast<size_t>(n) * g.b_n] *
               g.a[static_cast<size_t>(i) * g.a_m + static_cast<size_t>(k) * g.a_k];
      if (g.d) acc = g.d[static_cast<size_t>(i) * g.d_m + n] + acc;
      g.c[static_cast<size_t>(i) * g.c_m + n] = acc;
    }
}

template <class Real>
inline void multiply(const Product<Real>& g) {
  constexpr uint32_t kWidth = sizeof(Real) == 4 ? INDUCTION_WIDTH : 4;
  static_assert(kAcross * kWidth <= kPanelColumns);
  uint32_t j = 0;
  for (; j + kAcross * kWidth <= g.n; j += kAcross * kWidth) column_block<Real, kWidth, kAcross>(g, j);
  if constexpr (kAcross > 2)
    if (j + 2 * kWidth <= g.n) column_block<Real, kWidth, 2>(g, j), j += 2 * kWidth;
  if (j + kWidth <= g.n) column_block<Real, kWidth, 1>(g, j), j += kWidth;
  if constexpr (kWidth >= 16)
    if (j + 8 <= g.n) column_block<Real, 8, 1>(g, j), j += 8;
  if constexpr (kWidth >= 8)
    if (j + 4 <= g.n) column_block<Real, 4, 1>(g, j), j += 4;
  if (j < g.n) last_columns(g, j);
}

}  // namespace induction::INDUCTION_ISA
