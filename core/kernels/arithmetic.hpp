// Exact arithmetic: functions and sums whose bits do not depend on the processor, its vector width or the C library.
// No #pragma once: included once by each instruction set's copy of the kernels, inside its own namespace.

#include <cmath>
#include <cstdint>
#include <cstring>

namespace induction::INDUCTION_ISA {

#define INDUCTION_EACH _Pragma("GCC unroll 8") for (int i = 0; i < N; ++i)

/// x[i] = exp(x[i]) for N floats, or for each float of N registers (F; I: unsigned numbers of its size): the same operations for each, so
/// the same bits whatever N is. Error ≤ 1.2e-7 relative for −87 < x < 88; 0 below, +inf above 88.7228, NaN for NaN. kAtMost0: for x ≤ 0 and
/// NaN only, with the same bits. x = n ln 2 + r, |r| ≤ ½ ln 2; Taylor to r⁷ (remainder 5e-9), then n is added to the exponent, which is
/// exact: from −87 on the result is a normal number. Step by step for all of them, since the steps of one wait for each other.
template <class I, bool kAtMost0, class F, int N>
__attribute__((always_inline)) inline void exp_each(F (&x)[N]) {
  constexpr float kLog2E = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;  // Cody & Waite
  constexpr float kRound = 12582912.0f;  // 1.5 · 2^23: adding it rounds to a whole number, which is then in the lowest bits
  constexpr float kMost = 88.7228317f;   // the largest number whose exponential is finite
  F shifted[N], n[N], r[N], y[N];
  INDUCTION_EACH shifted[i] = x[i] * kLog2E + kRound;
  INDUCTION_EACH n[i] = shifted[i] - kRound;
  INDUCTION_EACH r[i] = (x[i] - n[i] * kLn2High) - n[i] * kLn2Low;
  INDUCTION_EACH y[i] = (F{} + 1.0f / 5040.0f) * r[i] + 1.0f / 720.0f;
  INDUCTION_EACH y[i] = y[i] * r[i] + 1.0f / 120.0f;
  INDUCTION_EACH y[i] = y[i] * r[i] + 1.0f / 24.0f;
  INDUCTION_EACH y[i] = y[i] * r[i] + 1.0f / 6.0f;
  INDUCTION_EACH y[i] = y[i] * r[i] + 0.5f;
  INDUCTION_EACH y[i] = (y[i] * r[i]) * r[i] + r[i] + 1.0f;
  INDUCTION_EACH {
    I bits, exponent;
    std::memcpy(&exponent, &shifted[i], sizeof exponent);
    std::memcpy(&bits, &y[i], sizeof bits);
    bits += exponent << 23;  // what lies above the lowest nine bits is shifted out
    std::memcpy(&y[i], &bits, sizeof bits);
    const F low_or_y = x[i] < -87.0f ? F{} : y[i];
    if constexpr (kAtMost0)
      x[i] = x[i] == x[i] ? low_or_y : x[i];
    else
      x[i] = x[i] <= kMost ? low_or_y : x[i] * INFINITY;
  }
}
#undef INDUCTION_EACH

template <class I, class F>
__attribute__((always_inline)) inline F exp_of(F x) {
  F one[1] = {x};
  exp_each<I, false>(one);
  return one[0];
}
inline float exact_exp(float x) { return exp_of<uint32_t>(x); }

/// ln(x) for normal float x > 0. Error ≤ 1e-6 relative away from 1, ≤ 1e-7 absolute near 1. 0 → −inf, NaN → NaN.
/// x = 2ⁿ m with m in [√½, √2]; ln m = 2 artanh(s), s = (m−1)/(m+1), series to s⁹ (remainder 3e-9).
inline float exact_log(float x) {
  if (!(x > 0.0f)) return x == 0.0f ? -INFINITY : NAN;
  if (x > 3.4028235e38f) return x;
  int32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  const int32_t shifted = bits - 0x3f3504f3;  // bits of √½
  const int32_t n = shifted >> 23;
  bits = (shifted & 0x007fffff) + 0x3f3504f3;
  float m;
  std::memcpy(&m, &bits, sizeof m);
  const float s = (m - 1.0f) / (m + 1.0f), s2 = s * s;
  float poly = 2.0f / 9.0f;
  poly = poly * s2 + 2.0f / 7.0f;
  poly = poly * s2 + 2.0f / 5.0f;
  poly = poly * s2 + 2.0f / 3.0f;
  const float fn = static_cast<float>(n);
  return fn * 0.693359375f + ((poly * s2) * s + (2.0f * s + fn * -2.12194440e-4f));
}

// In double (gradient checks only) the C library is exact enough and nothing promises bits.
inline double exact_exp(double x) { return std::exp(x); }
inline double exact_log(double x) { return std::log(x); }

template <class Real>
inline Real sigmoid(Real x) {
  return Real(1) / (Real(1) + exact_exp(-x));
}

template <class Real>
inline Real larger(Real a, Real b) {
  return a > b ? a : b;
}
template <class Real>
inline Real highest_of(const Real* x, uint32_t n) {
  Real highest = x[0];
  for (uint32_t i = 1; i < n; ++i) highest = larger(x[i], highest);
  return highest;
}
inline uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

// The sum of sixteen lanes by a binary tree.
template <class Real>
inline Real tree_sum(Real* lane) {
#pragma GCC unroll 4
  for (uint32_t half = 8; half > 0; half /= 2)
#pragma GCC unroll 8
    for (uint32_t j = 0; j < half; ++j) lane[j] += lane[j + half];
  return lane[0];
}

/// Σ_i f(i), i < n, in one fixed order: sixteen virtual lanes (lane = i mod 16), then a binary tree.
template <class Real, class F>
inline Real lane_sum(uint32_t n, F f) {
  Real lane[16] = {};
  uint32_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (uint32_t j = 0; j < 16; ++j) lane[j] += f(i + j);
  for (uint32_t j = 0; i + j < n; ++j) lane[j] += f(i + j);
  return tree_sum(lane);
}

}  // namespace induction::INDUCTION_ISA
