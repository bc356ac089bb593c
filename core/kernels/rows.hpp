// Loops over a row of numbers, one register at a time: rows are short, so what a compiler leaves for the end of a loop would cost as much
// as the loop. The bits are those of the same loop element by element. Included once per instruction set.

namespace induction::INDUCTION_ISA {

template <class Real, int W>
struct VectorOf {
  typedef Real type __attribute__((vector_size(W * sizeof(Real))));
};
using Floats = VectorOf<float, INDUCTION_WIDTH>::type;  // one register
using Ints = VectorOf<int32_t, INDUCTION_WIDTH>::type;

using Doubles = VectorOf<double, INDUCTION_WIDTH>::type;  // gradient checks only

template <class V, class Real>
inline V load(const Real* x) {
  V v;
  std::memcpy(&v, x, sizeof v);
  return v;
}
template <class V, class Real>
inline void store(Real* x, V v) {
  std::memcpy(x, &v, sizeof v);
}
/// n zeros; by registers, since rows are short for memset.
template <class Real>
inline void clear(Real* at, uint32_t n) {
  using V = typename VectorOf<Real, INDUCTION_WIDTH>::type;
  for (; n >= INDUCTION_WIDTH; n -= INDUCTION_WIDTH, at += INDUCTION_WIDTH) store(at, V{});
  for (uint32_t i = 0; i < n; ++i) at[i] = 0;
}
/// 0, 1, 2, … one to a lane.
template <class V>
inline V lane_numbers() {
  V v;
  for (int j = 0; j < INDUCTION_WIDTH; ++j) v[j] = static_cast<decltype(v[0] + v[0])>(j);
  return v;
}

// In unsigned numbers: what is shifted out overflows.
using Bits = VectorOf<uint32_t, INDUCTION_WIDTH>::type;
__attribute__((always_inline)) inline Floats exact_exp(Floats x) { return exp_of<Bits>(x); }
inline Doubles exact_exp(Doubles x) {
  for (int j = 0; j < INDUCTION_WIDTH; ++j) x[j] = exact_exp(x[j]);
  return x;
}
/// x[i] = exp(x[i]) where x[i] ≤ 0 or NaN.
template <int N>
__attribute__((always_inline)) inline void exact_exp_each(Floats (&x)[N]) {
  exp_each<Bits, true>(x);
}
template <int N>
inline void exact_exp_each(Doubles (&x)[N]) {
  for (Doubles& each : x) each = exact_exp(each);
}

// By registers; the last one begins where it ends with the row, since an element may be looked at twice.
inline float highest_of(const float* x, uint32_t n) {
  constexpr uint32_t W = INDUCTION_WIDTH;
  if (n < W) return highest_of<float>(x, n);
  Floats highest, next;
  std::memcpy(&highest, x, sizeof highest);
  for (uint32_t i = W; i < n; i += W) {
    std::memcpy(&next, x + (i + W <= n ? i : n - W), sizeof next);
    highest = next > highest ? next : highest;
  }
  float lane[W];
  std::memcpy(lane, &highest, sizeof lane);
#pragma GCC unroll 4
  for (uint32_t half = W / 2; half > 0; half /= 2)
#pragma GCC unroll 8
    for (uint32_t j = 0; j < half; ++j) lane[j] = larger(lane[j + half], lane[j]);
  return lane[0];
}

/// Element i of a row.
template <class Real>
struct ElementAt {
  uint32_t i;
  Real get(const Real* x) const { return x[i]; }
  void put(Real* y, Real v) const { y[i] = v; }
  /// q − i.
  Real behind(uint32_t q) const { return static_cast<Real>(static_cast<int32_t>(q - i)); }
};

/// The register of floats that begins at element `at` of a row of n. The last one may reach beyond the row, up to `room` (≥ n); if it would
/// reach further, only the row's elements are moved.
struct RegisterAt {
  uint32_t at, n, room;
  bool fits() const { return at + INDUCTION_WIDTH <= room; }
  Floats get(const float* x) const {
    if (!fits()) return get_some(x);
    Floats v;
    std::memcpy(&v, x + at, sizeof v);
    return v;
  }
  void put(float* y, Floats v) const {
    if (fits())
      std::memcpy(y + at, &v, sizeof v);
    else
      put_some(y, v);
  }
  // Apart from the usual case, which then never leaves the registers.
  __attribute__((noinline)) Floats get_some(const float* x) const {
    Floats v = {};
    std::memcpy(&v, x + at, (n - at) * sizeof(float));
    return v;
  }
  __attribute__((noinline)) void put_some(float* y, Floats v) const { std::memcpy(y + at, &v, (n - at) * sizeof(float)); }
  Floats behind(uint32_t q) const { return __builtin_convertvector(static_cast<int32_t>(q - at) - numbers(), Floats); }
  /// v where it is in the row, 0 beyond.
  Floats inside(Floats v) const { return at + INDUCTION_WIDTH <= n ? v : numbers() < static_cast<int32_t>(n - at) ? v : Floats{}; }
  static Ints numbers() {
    Ints index;
    for (int32_t j = 0; j < INDUCTION_WIDTH; ++j) index[j] = j;
    return index;
  }
};

/// f(at) for every place of a row of n, which may leave anything from n to `room`.
template <class Real, class F>
inline void for_row(uint32_t n, [[maybe_unused]] uint32_t room, F f) {
  if constexpr (sizeof(Real) == sizeof(float))
    for (uint32_t i = 0; i < n; i += INDUCTION_WIDTH) f(RegisterAt{i, n, room});
  else
    for (uint32_t i = 0; i < n; ++i) f(ElementAt<Real>{i});
}

/// Σ f(at) over a row of n, in the order of lane_sum.
template <class Real, class F>
inline Real row_sum(uint32_t n, [[maybe_unused]] uint32_t room, F f) {
  if constexpr (sizeof(Real) == sizeof(float)) {
    constexpr uint32_t W = INDUCTION_WIDTH, kRegisters = 16 / W;
    Floats sum[kRegisters] = {};
    for (uint32_t i = 0; i < n; i += 16)
#pragma GCC unroll 4
      for (uint32_t j = 0; j < kRegisters; ++j) {
        const RegisterAt at{i + j * W, n, room};
        if (at.at < n) sum[j] += at.inside(f(at));
      }
    float lane[16];
    std::memcpy(lane, sum, sizeof lane);
    return tree_sum(lane);
  } else {
    return lane_sum<Real>(n, [&](uint32_t i) { return f(ElementAt<Real>{i}); });
  }
}

/// y[i] = exp(x[i] − highest), i < n; returns their sum. May run in place; from n to `room` it may leave anything in y.
inline double exp_sum(const double* x, double* y, uint32_t n, uint32_t, double highest) {
  return lane_sum<double>(n, [&](uint32_t i) { return y[i] = exact_exp(x[i] - highest); });
}
inline float exp_sum(const float* x, float* y, uint32_t n, uint32_t room, float highest) {
  constexpr uint32_t W = INDUCTION_WIDTH, kRegisters = 16 / W;
  Floats sum[kRegisters] = {}, e[kRegisters];
  uint32_t i = 0;
  for (; i + 16 <= n; i += 16) {
#pragma GCC unroll 4
    for (uint32_t j = 0; j < kRegisters; ++j) e[j] = load<Floats>(x + i + j * W) - highest;
    exact_exp_each(e);
#pragma GCC unroll 4
    for (uint32_t j = 0; j < kRegisters; ++j) store(y + i + j * W, e[j]), sum[j] += e[j];
  }
#pragma GCC unroll 4
  for (uint32_t j = 0; j < kRegisters; ++j) {
    const RegisterAt at{i + j * W, n, room};
    if (at.at >= n) continue;
    const Floats last = exact_exp(at.get(x) - highest);
    at.put(y, last);
    sum[j] += at.inside(last);
  }
  float lane[16];
  std::memcpy(lane, sum, sizeof lane);
  return tree_sum(lane);
}

}  // namespace induction::INDUCTION_ISA
