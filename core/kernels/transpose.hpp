// Matrices turned over in registers. Included once per instruction set.

#include <utility>

namespace induction::INDUCTION_ISA {

// Every other lane of two registers put side by side: a0 b0 a1 b1 …, from their lower or upper halves. `Lane`: a vector of whole numbers.
template <bool Upper, class V, size_t... I>
inline V zip(V a, V b, std::index_sequence<I...>) {
  constexpr size_t W = sizeof...(I), kFirst = Upper ? W / 2 : 0;
#if defined(__clang__) || __GNUC__ >= 12
  return __builtin_shufflevector(a, b, (kFirst + I / 2 + I % 2 * W)...);
#else
  V both;
  for (size_t i = 0; i < W; ++i) both[i] = i % 2 ? b[kFirst + i / 2] : a[kFirst + i / 2];
  return both;
#endif
}

// W rows of W: log2 W times, each row zipped with the one half a matrix further on.
template <class Real, int W>
inline __attribute__((always_inline)) void transpose_square(const Real* from, uint32_t from_row, Real* to, uint32_t to_row,
                                                            const Real* scale) {
  using V = typename VectorOf<Real, W>::type;
  constexpr auto kLanes = std::make_index_sequence<W>();
  V x[W], y[W];
#pragma GCC unroll 16
  for (int i = 0; i < W; ++i) std::memcpy(&x[i], from + static_cast<size_t>(i) * from_row, sizeof(V));
  if (scale) {
    V by;
    std::memcpy(&by, scale, sizeof by);
#pragma GCC unroll 16
    for (int i = 0; i < W; ++i) x[i] *= by;
  }
#pragma GCC unroll 4
  for (int half = W; half > 1; half /= 2) {
#pragma GCC unroll 8
    for (int i = 0; i < W / 2; ++i) y[2 * i] = zip<false>(x[i], x[i + W / 2], kLanes), y[2 * i + 1] = zip<true>(x[i], x[i + W / 2], kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < W; ++i) x[i] = y[i];
  }
#pragma GCC unroll 16
  for (int i = 0; i < W; ++i) std::memcpy(to + static_cast<size_t>(i) * to_row, &x[i], sizeof(V));
}

/// to[c][r] = from[r][c] (times scale[c], where there is one), r < rows, c < columns: in squares of W, what is left over in smaller ones.
template <class Real, int W = INDUCTION_WIDTH>
inline void transpose(uint32_t rows, uint32_t columns, const Real* from, uint32_t from_row, Real* to, uint32_t to_row,
                      const Real* scale = nullptr) {
  if constexpr (W < 4) {
    for (uint32_t r = 0; r < rows; ++r)
      for (uint32_t c = 0; c < columns; ++c)
        to[static_cast<size_t>(c) * to_row + r] =
            scale ? from[static_cast<size_t>(r) * from_row + c] * scale[c] : from[static_cast<size_t>(r) * from_row + c];
  } else {
    const uint32_t whole_rows = rows - rows % W, whole_columns = columns - columns % W;
    for (uint32_t r = 0; r < whole_rows; r += W)
      for (uint32_t c = 0; c < whole_columns; c += W)
        transpose_square<Real, W>(from + static_cast<size_t>(r) * from_row + c, from_row, to + static_cast<size_t>(c) * to_row + r, to_row,
                                  scale ? scale + c : nullptr);
    if (whole_columns < columns)
      transpose<Real, W / 2>(whole_rows, columns - whole_columns, from + whole_columns, from_row,
                             to + static_cast<size_t>(whole_columns) * to_row, to_row, scale ? scale + whole_columns : nullptr);
    if (whole_rows < rows)
      transpose<Real, W / 2>(rows - whole_rows, columns, from + static_cast<size_t>(whole_rows) * from_row, from_row, to + whole_rows,
                             to_row, scale);
  }
}

/// to[k][n] = from[n·s_n + k·s_k]: makes n contiguous so that `multiply` can take it as B.
template <class Real>
inline void pack_transposed(uint32_t n, uint32_t k, const Real* from, uint32_t s_n, uint32_t s_k, Real* __restrict to) {
  if (s_k == 1) return transpose<Real>(n, k, from, s_n, to, n);
  for (uint32_t j = 0; j < n; ++j)
    for (uint32_t i = 0; i < k; ++i) to[static_cast<size_t>(i) * n + j] = from[static_cast<size_t>(j) * s_n + static_cast<size_t>(i) * s_k];
}

}  // namespace induction::INDUCTION_ISA
