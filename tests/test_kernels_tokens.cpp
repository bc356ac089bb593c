// Embedding, positions, norms, smearing and rotation against docs/maths.md written out naively.

#include "exact.hpp"
#include "support/one_op.hpp"

namespace test_kernels_tokens {

using namespace induction;
using namespace induction::tests;

namespace {

constexpr uint32_t B = 3, T = 9, D = 7, V = 11, H = 3;
constexpr double kFloat = 4e-6;  // a few roundings of 6e-8 each, over sums of at most 30 terms

std::vector<double> some_tokens() {
  std::vector<double> tokens;
  for (uint32_t i = 0; i < B * T; ++i) tokens.push_back((7 * i * i + 3 * i + 5) % V);
  return tokens;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

TEST_CASE("embed copies rows of W_E, and its reverse adds up the rows of equal tokens") {
  OpBuilder build(B, T);
  const TensorId W = build.parameter({V, D});
  const TensorId tokens = build.fixed("bt", {B, T}, some_tokens());
  std::vector<double> expected;
  for (const double token : some_tokens())
    for (uint32_t d = 0; d < D; ++d) expected.push_back(build.values(W)[static_cast<size_t>(token) * D + d]);
  const OneOp op = build.finish(build.rec.embed("", tokens, W));
  check_forward(op, expected, 0);
  check_reverse(op, kFloat);
}

TEST_CASE("add_position adds row t of W_pos; rows beyond the sequence get no gradient") {
  OpBuilder build(B, T);
  const TensorId W = build.parameter({T + 2, D});
  const TensorId x = build.input("btd", {B, T, D});
  std::vector<double> expected = build.values(x);
  for (size_t i = 0; i < expected.size(); ++i) expected[i] += build.values(W)[i % (T * D)];
  const OneOp op = build.finish(build.rec.add_position("", x, W));
  check_forward(op, expected, kFloat);
  check_reverse(op, kFloat);
}

TEST_CASE("RMS norm and layer norm equal docs/maths.md (3)") {
  for (const bool layer : {false, true}) {
    OpBuilder build(B, T);
    const TensorId w = build.parameter({D}), b = layer ? build.parameter({D}) : kNoTensor;
    const TensorId x = build.input("btd", {B, T, D});
    const auto &xs = build.values(x), &ws = build.values(w), &bs = build.values(b);
    std::vector<double> expected;
    for (uint32_t row = 0; row < B * T; ++row) {
      double mean = 0, square = 0;
      for (uint32_t d = 0; d < D; ++d) mean += layer ? xs[row * D + d] / D : 0;
      for (uint32_t d = 0; d < D; ++d) square += (xs[row * D + d] - mean) * (xs[row * D + d] - mean) / D;
      // The recorded 1e-5 is a float.
      for (uint32_t d = 0; d < D; ++d)
        expected.push_back((xs[row * D + d] - mean) / std::sqrt(square + static_cast<double>(1e-5f)) * ws[d] + (layer ? bs[d] : 0));
    }
    const OneOp op = build.finish(build.rec.norm("", x, w, b));
    check_forward(op, expected, kFloat);
    check_reverse(op, 2e-5);  // differences of means cancel once more
  }
}

TEST_CASE("a norm's reverse adds to a gradient that is there already") {
  OpBuilder build(B, T, Mode::training);
  const TensorId w = build.parameter({D});
  const TensorId x = build.input("btd", {B, T, D});
  const OneOp op = build.finish(build.rec.add("", build.rec.norm("", x, w, kNoTensor), x));
  check_reverse(op, 2e-5);
}

TEST_CASE("smeared keys equal docs/maths.md (5), also through a strided view") {
  constexpr uint32_t E = 5;
  for (const uint32_t chosen : {0u, 1u}) {
    OpBuilder build(B, T);
    const TensorId alpha = build.parameter({H}, 2.0);
    const TensorId both = build.input("btche", {B, T, 2, H, E});
    const TensorId k = build.rec.select("", both, 'c', chosen);
    const auto& ks = build.values(both);
    const auto at = [&](uint32_t b, uint32_t t, uint32_t h, uint32_t e) { return ks[(((b * T + t) * 2 + chosen) * H + h) * E + e]; };
    std::vector<double> expected;
    for (uint32_t b = 0; b < B; ++b)
      for (uint32_t t = 0; t < T; ++t)
        for (uint32_t h = 0; h < H; ++h)
          for (uint32_t e = 0; e < E; ++e) {
            const double keep = sigmoid(build.values(alpha)[h]);
            expected.push_back(t == 0 ? at(b, t, h, e) : keep * at(b, t, h, e) + (1 - keep) * at(b, t - 1, h, e));
          }
    const OneOp op = build.finish(build.rec.smear("", k, alpha));
    check_forward(op, expected, kFloat);
    check_reverse(op, 2e-5);  // the sum over all rows for alpha cancels
  }
}

TEST_CASE("rotary positions equal docs/maths.md (6), and the reverse rotates back") {
  constexpr uint32_t E = 6, half = E / 2;
  OpBuilder build(B, T);
  const TensorId table = build.fixed("te", {T, E}, rotary_table(T, E, 10000));
  const TensorId both = build.input("btche", {B, T, 2, H, E});
  const TensorId x = build.rec.select("", both, 'c', 1);
  const auto& xs = build.values(both);
  std::vector<double> expected;
  for (uint32_t row = 0; row < B * T; ++row)
    for (uint32_t h = 0; h < H; ++h)
      for (uint32_t e = 0; e < E; ++e) {
        const double* v = xs.data() + ((row * 2 + 1) * H + h) * E;
        const double angle = (row % T) * std::pow(10000.0, -static_cast<double>(e % half) / half);
        expected.push_back(e < half ? v[e] * std::cos(angle) - v[e + half] * std::sin(angle)
                                    : v[e] * std::cos(angle) + v[e - half] * std::sin(angle));
      }
  const OneOp op = build.finish(build.rec.rotary("", x, table));
  check_forward(op, expected, kFloat);
  check_reverse(op, kFloat);
}

TEST_CASE("rotation makes a product of query and key depend on their distance only") {
  constexpr uint32_t E = 6, length = 9;
  OpBuilder build(1, length);
  const std::vector<double> one = random_values(E, 5);
  std::vector<double> same;
  for (uint32_t t = 0; t < length; ++t) same.insert(same.end(), one.begin(), one.end());
  const TensorId table = build.fixed("te", {length, E}, rotary_table(length, E, 10000));
  const TensorId x = build.fixed("bthe", {1, length, 1, E}, same);
  const OneOp op = build.finish(build.rec.rotary("", x, table));
  Cpu<double> cpu(op.program);
  for (size_t i = 0; i < op.in.size(); ++i) cpu.write(op.in[i], op.values[i]);
  cpu.run(false);
  const std::vector<double> y = cpu.read(op.out);
  const auto product = [&](uint32_t q, uint32_t k) {
    double sum = 0;
    for (uint32_t e = 0; e < E; ++e) sum += y[q * E + e] * y[k * E + e];
    return sum;
  };
  for (uint32_t distance = 0; distance < length; ++distance)
    for (uint32_t k = 0; k + distance < length; ++k)
      CHECK(product(k + distance, k) == doctest::Approx(product(distance, 0)).epsilon(1e-12));
}

}  // namespace test_kernels_tokens
