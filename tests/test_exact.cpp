// The project's own elementary functions against the C library, and Threefry against its published vectors.

#include <Eigen/Core>
#include <algorithm>
#include <cstring>

#include "exact.hpp"
#include "rng.hpp"
#include "support/support.hpp"

// A copy of the kernels' arithmetic in a namespace of its own, as every instruction set has one.
#define INDUCTION_ISA tests_arithmetic
#include "kernels/arithmetic.hpp"

namespace test_exact {

using namespace induction;
using induction::tests_arithmetic::exact_exp;
using induction::tests_arithmetic::exact_log;

namespace {

float from_bits(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

double relative_error(double value, double truth) { return std::abs(value - truth) / std::abs(truth); }

}  // namespace

TEST_CASE("exact_exp for float is within 1.2e-7 of e^x from -87 to 88") {
  double worst = 0;
  for (int i = 0; i <= 1'000'000; ++i) {
    const float x = static_cast<float>(-87.0 + 175.0 * i / 1e6);
    worst = std::max(worst, relative_error(exact_exp(x), std::exp(static_cast<double>(x))));
  }
  for (uint32_t bits = 0; bits < 0x40000000; bits += 9973)  // every size down to the denormals, both signs
    for (const uint32_t sign : {0u, 0x80000000u}) {
      const float x = from_bits(bits | sign);
      worst = std::max(worst, relative_error(exact_exp(x), std::exp(static_cast<double>(x))));
    }
  CHECK(worst <= 1.2e-7);
  MESSAGE("worst relative error of exact_exp: ", worst);
}

TEST_CASE("exponentials of several numbers at most 0 have the bits of one exponential each") {
  const auto bits = [](float x) {
    uint32_t of;
    std::memcpy(&of, &x, sizeof of);
    return of;
  };
  const auto number = [](uint32_t of) {
    float x;
    std::memcpy(&x, &of, sizeof x);
    return x;
  };
  for (uint32_t first = 0x80000000u; first <= 0xff800000u - 4 * 997u; first += 4 * 997u) {  // from −0 to beyond −3e38
    float x[4], each[4];
    for (uint32_t i = 0; i < 4; ++i) x[i] = number(first + 997u * i), each[i] = exact_exp(x[i]);
    induction::tests_arithmetic::exp_each<uint32_t, true>(x);
    for (uint32_t i = 0; i < 4; ++i) REQUIRE(bits(x[i]) == bits(each[i]));
  }
  float edges[5] = {0.0f, -87.0f, std::nextafter(-87.0f, -100.0f), -INFINITY, NAN};
  induction::tests_arithmetic::exp_each<uint32_t, true>(edges);
  CHECK(edges[0] == 1.0f);
  CHECK(bits(edges[1]) == bits(exact_exp(-87.0f)));
  CHECK(edges[2] == 0.0f);
  CHECK(edges[3] == 0.0f);
  CHECK(std::isnan(edges[4]));
}

TEST_CASE("exact_exp has the right limits and is exactly 1 at 0") {
  CHECK(exact_exp(0.0f) == 1.0f);
  CHECK(exact_exp(-0.0f) == 1.0f);
  for (const float x : {-87.01f, -1000.0f, -3e38f, -INFINITY}) CHECK(exact_exp(x) == 0.0f);
  for (const float x : {88.8f, 1000.0f, 3e38f, INFINITY}) CHECK(exact_exp(x) == INFINITY);
  CHECK(std::isfinite(exact_exp(88.7f)));
  CHECK(std::isnan(exact_exp(NAN)));
}

TEST_CASE("exact_log for float is within its stated error for every normal size") {
  double far = 0, near = 0;
  for (uint32_t bits = 0x00800000; bits < 0x7f800000; bits += 4001) {
    const float x = from_bits(bits);
    const double truth = std::log(static_cast<double>(x)), error = std::abs(static_cast<double>(exact_log(x)) - truth);
    if (std::abs(truth) > 0.1)
      far = std::max(far, error / std::abs(truth));
    else
      near = std::max(near, error);
  }
  for (int i = -100000; i <= 100000; ++i) {
    const float x = static_cast<float>(1 + 1e-6 * i);
    near = std::max(near, std::abs(static_cast<double>(exact_log(x)) - std::log(static_cast<double>(x))));
  }
  CHECK(far <= 1e-6);
  CHECK(near <= 1e-7);
  MESSAGE("worst errors of exact_log: relative ", far, ", absolute near 1 ", near);
}

TEST_CASE("exact_log has the right limits and is exactly 0 at 1") {
  CHECK(exact_log(1.0f) == 0.0f);
  CHECK(exact_log(0.0f) == -INFINITY);
  CHECK(exact_log(INFINITY) == INFINITY);
  CHECK(std::isnan(exact_log(-1.0f)));
  CHECK(std::isnan(exact_log(NAN)));
}

TEST_CASE("lane_sum adds sixteen virtual lanes and then a tree, whatever the length") {
  for (const uint32_t n : {1u, 7u, 16u, 31u, 100u}) {
    const std::vector<double> values = tests::random_values(n, n);
    float lanes[16] = {};
    for (uint32_t i = 0; i < n; ++i) lanes[i % 16] += static_cast<float>(values[i]);
    for (int half = 8; half > 0; half /= 2)
      for (int j = 0; j < half; ++j) lanes[j] += lanes[j + half];
    CHECK(tests_arithmetic::lane_sum<float>(n, [&](uint32_t i) { return static_cast<float>(values[i]); }) == lanes[0]);
  }
}

TEST_CASE("exact_sin and exact_cos are within 1e-11 of the C library up to 1e5") {
  double worst = 0;
  for (int i = -200000; i <= 200000; ++i) {
    const double x = 0.5 * i + 1e-3 * (i % 977);
    worst = std::max({worst, std::abs(exact_sin(x) - std::sin(x)), std::abs(exact_cos(x) - std::cos(x))});
  }
  CHECK(worst <= 1e-11);
  CHECK(exact_sin(0) == 0);
  CHECK(exact_cos(0) == 1);
}

TEST_CASE("exact_exp2, exact_ln and exact_power are within their stated errors") {
  double exp2_worst = 0, ln_worst = 0, power_worst = 0;
  for (int i = -100000; i <= 100000; ++i) exp2_worst = std::max(exp2_worst, relative_error(exact_exp2(0.01 * i), std::exp2(0.01 * i)));
  for (int i = -3000; i <= 3000; ++i) {
    const double x = std::exp2(0.3 * i + 1e-4 * (i % 7));
    if (std::isnormal(x) && std::abs(std::log(x)) > 0.1) ln_worst = std::max(ln_worst, relative_error(exact_ln(x), std::log(x)));
  }
  for (uint64_t n = 0; n < 3000; ++n)
    power_worst = std::max(power_worst, relative_error(exact_power(0.999, n), std::pow(0.999, static_cast<double>(n))));
  CHECK(exp2_worst <= 1e-14);
  CHECK(ln_worst <= 1e-14);
  CHECK(power_worst <= 3e-13);  // 3000 factors, each with half a unit of 2.2e-16
  for (int n = -1000; n <= 1000; n += 100) CHECK(exact_exp2(n) == std::ldexp(1.0, n));
  CHECK(exact_ln(1) == 0);
  CHECK(exact_power(0, 0) == 1);
}

TEST_CASE("rotary tables, sinusoids and ALiBi slopes equal their formulas") {
  for (const uint32_t width : {2u, 6u, 64u}) {
    const std::vector<double> rotary = rotary_table(256, width, 10000), sinusoid = sinusoids(256, width + 1);
    double worst = 0;
    for (uint32_t t = 0; t < 256; ++t) {
      for (uint32_t i = 0; i < width; ++i) {
        const double angle = t * std::pow(10000.0, -2.0 * (i % (width / 2)) / width);
        worst = std::max(worst, std::abs(rotary[t * width + i] - (i < width / 2 ? std::cos(angle) : std::sin(angle))));
      }
      for (uint32_t d = 0; d <= width; ++d) {
        const double angle = t / std::pow(10000.0, 2.0 * (d / 2) / (width + 1));
        worst = std::max(worst, std::abs(sinusoid[t * (width + 1) + d] - (d % 2 ? std::cos(angle) : std::sin(angle))));
      }
    }
    CHECK(worst <= 1e-11);  // of exact_sin and exact_cos
  }
}

TEST_CASE("ALiBi slopes are powers of two, with every second slope of the next power for odd head counts") {
  CHECK(alibi_slopes(1) == std::vector<double>{std::exp2(-8)});
  CHECK(alibi_slopes(4) == std::vector<double>{0.25, 0.0625, 0.015625, 0.00390625});
  const std::vector<double> six = alibi_slopes(6), wanted = {0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125};
  CHECK(tests::relative_distance(six, wanted) <= 1e-14);
  for (uint32_t heads = 1; heads <= 16; ++heads) CHECK(alibi_slopes(heads).size() == heads);
}

TEST_CASE("Threefry-2x32-20 gives Random123's known answers") {
  const auto check = [](uint32_t k0, uint32_t k1, uint32_t c0, uint32_t c1, uint32_t a, uint32_t b) {
    const Random2 words = random2(k0, static_cast<Stream>(k1), c0, c1);
    CHECK(words.a == a);
    CHECK(words.b == b);
  };
  check(0, 0, 0, 0, 0x6b200159, 0x99ba4efe);
  check(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7);
  check(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0);
}

}  // namespace test_exact
