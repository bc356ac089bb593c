#include "exact.hpp"

#include <algorithm>
#include <cstring>

namespace induction {
namespace {

constexpr double kPi = 3.14159265358979323846, kLn2 = 0.69314718055994530942;

// Taylor polynomials on |x| ≤ π/4: remainders below 1e-16.
double sine_polynomial(double x) {
  const double x2 = x * x;
  double sum = 0;
  for (int n = 17; n >= 3; n -= 2) sum = (1.0 + sum) * (-x2 / static_cast<double>(n * (n - 1)));
  return x * (1.0 + sum);
}
double cosine_polynomial(double x) {
  const double x2 = x * x;
  double sum = 0;
  for (int n = 18; n >= 2; n -= 2) sum = (1.0 + sum) * (-x2 / static_cast<double>(n * (n - 1)));
  return 1.0 + sum;
}

// x − n·π/2 with n the nearest whole number, and n mod 4. π/2 in two parts keeps 1e-16·|n| of error.
double reduce(double x, int& quadrant) {
  constexpr double kHigh = 1.57079632673412561417, kLow = 6.07710050650619224932e-11;  // Cody & Waite
  const double scaled = x * (2.0 / kPi);
  const auto n = static_cast<int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
  quadrant = static_cast<int>(n & 3);
  return (x - static_cast<double>(n) * kHigh) - static_cast<double>(n) * kLow;
}

}  // namespace

double exact_sin(double x) {
  int quadrant;
  const double r = reduce(x, quadrant);
  const double y = quadrant % 2 ? cosine_polynomial(r) : sine_polynomial(r);
  return quadrant >= 2 ? -y : y;
}

double exact_cos(double x) {
  int quadrant;
  const double r = reduce(x, quadrant);
  const double y = quadrant % 2 ? sine_polynomial(r) : cosine_polynomial(r);
  return quadrant == 1 || quadrant == 2 ? -y : y;
}

double exact_exp2(double x) {
  const auto n = static_cast<int64_t>(x + (x < 0 ? -0.5 : 0.5));
  const double r = (x - static_cast<double>(n)) * kLn2;
  double sum = 1;
  for (int k = 18; k >= 1; --k) sum = 1.0 + sum * r / static_cast<double>(k);
  const uint64_t bits = static_cast<uint64_t>(n + 1023) << 52;
  double scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return sum * scale;
}

double exact_ln(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  int64_t n = static_cast<int64_t>(bits >> 52) - 1023;
  bits = (bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull;
  double m;
  std::memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) m /= 2, ++n;
  const double s = (m - 1) / (m + 1), s2 = s * s;  // ln m = 2 artanh s, |s| ≤ 0.172
  double sum = 0;
  for (int k = 21; k >= 1; k -= 2) sum = 1.0 / static_cast<double>(k) + s2 * sum;
  return static_cast<double>(n) * kLn2 + 2 * s * sum;
}

double exact_power(double x, uint64_t n) {
  double result = 1;
  for (; n > 0; n /= 2, x *= x)
    if (n % 2) result *= x;
  return result;
}

std::vector<double> rotary_table(uint32_t length, uint32_t width, double base) {
  const uint32_t half = width / 2;
  const double log2_base = exact_ln(base) / kLn2;
  std::vector<double> table(static_cast<size_t>(length) * width);
  for (uint32_t t = 0; t < length; ++t)
    for (uint32_t i = 0; i < half; ++i) {
      const double angle = t * exact_exp2(-log2_base * i / half);
      table[static_cast<size_t>(t) * width + i] = exact_cos(angle);
      table[static_cast<size_t>(t) * width + half + i] = exact_sin(angle);
    }
  return table;
}

std::vector<double> sinusoids(uint32_t length, uint32_t width) {
  const double log2_base = exact_ln(10000) / kLn2;
  std::vector<double> table(static_cast<size_t>(length) * width);
  for (uint32_t t = 0; t < length; ++t)
    for (uint32_t d = 0; d < width; ++d) {
      const double angle = t * exact_exp2(-log2_base * (d - d % 2) / width);
      table[static_cast<size_t>(t) * width + d] = d % 2 ? exact_cos(angle) : exact_sin(angle);
    }
  return table;
}

std::vector<double> relative_buckets(uint32_t length, bool bidirectional) {
  const uint32_t buckets = bidirectional ? kRelativeBuckets / 2 : kRelativeBuckets, exact = buckets / 2;
  const double per_e_fold = (buckets - exact) / exact_ln(static_cast<double>(kRelativeMost) / exact);
  std::vector<double> table;
  for (int64_t distance = 1 - static_cast<int64_t>(length); distance < static_cast<int64_t>(length); ++distance) {
    const auto size = static_cast<uint32_t>(distance < 0 ? -distance : distance);
    const uint32_t first = bidirectional && distance < 0 ? buckets : 0;
    uint32_t bucket = size;
    // 1e-9: a distance on a border (64 = 8·2³ with 8 of 16) must not fall below it by rounding.
    if (size >= exact) bucket = exact + static_cast<uint32_t>(exact_ln(static_cast<double>(size) / exact) * per_e_fold + 1e-9);
    if (distance < 0 && !bidirectional) bucket = 0;
    table.push_back(first + std::min(bucket, buckets - 1));
  }
  return table;
}

std::vector<double> alibi_slopes(uint32_t heads) {
  uint32_t power = 1;
  while (power * 2 <= heads) power *= 2;
  std::vector<double> slopes;
  for (uint32_t h = 0; h < power; ++h) slopes.push_back(exact_exp2(-8.0 * (h + 1) / power));
  for (uint32_t h = 0; slopes.size() < heads; h += 2) slopes.push_back(exact_exp2(-8.0 * (h + 1) / (2 * power)));
  return slopes;
}

}  // namespace induction
