#pragma once
// Elementary functions in double with the same bits everywhere, and the constant tables made from them.
// Only + − × ÷ and √, which IEEE 754 fixes; never the C library's sin, cos, exp or log.

#include <cstdint>
#include <vector>

namespace induction {

/// sin and cos for |x| ≤ 1e5. Error ≤ 1e-11 absolute.
double exact_sin(double x);
double exact_cos(double x);
/// 2^x for |x| ≤ 1000. Error ≤ 1e-14 relative.
double exact_exp2(double x);
/// ln x for normal x > 0. Error ≤ 1e-14 relative away from 1.
double exact_ln(double x);
/// xⁿ by repeated squaring.
double exact_power(double x, uint64_t n);

/// [length, width]: cos(tθ_i) for i < width/2, then sin(tθ_i); θ_i = base^(−2i/width). docs/maths.md (6).
std::vector<double> rotary_table(uint32_t length, uint32_t width, double base);
/// [length, width] of docs/maths.md (2).
std::vector<double> sinusoids(uint32_t length, uint32_t width);
/// [2·length − 1]: the bucket of distance q − k at q − k + length − 1, of kRelativeBuckets. Keys after the query share bucket 0, or with
/// `bidirectional` have the upper half of the buckets. docs/maths.md (52).
inline constexpr uint32_t kRelativeBuckets = 32, kRelativeMost = 128;
std::vector<double> relative_buckets(uint32_t length, bool bidirectional);
/// One slope per head, docs/maths.md (7).
std::vector<double> alibi_slopes(uint32_t heads);

}  // namespace induction
