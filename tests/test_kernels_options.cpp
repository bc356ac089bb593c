// Operations that options need: the MLP's biases and GELU, dropout, scores with learned biases or without the causal mask.

#include "exact.hpp"
#include "rng.hpp"
#include "support/one_op.hpp"

namespace test_kernels_options {

using namespace induction;
using namespace induction::tests;

namespace {

constexpr uint32_t B = 3, T = 5, H = 2, M = 7;
// Float against double: a few roundings of 6e-8 each; with exp 1e-7 more.
constexpr double kFloat = 1e-6, kReverse = 2e-6;

std::vector<double> scores_of(const std::vector<double>& products, const std::vector<double>& bias, bool bidirectional) {
  const std::vector<double> buckets = relative_buckets(T, bidirectional);
  std::vector<double> scores(products.size());
  for (uint32_t i = 0; i < scores.size(); ++i) {
    const uint32_t k = i % T, q = i / T % T, h = i / (T * T) % H;
    const double added = bias.empty() ? 0 : bias[static_cast<size_t>(buckets[q + T - 1 - k]) * H + h];
    scores[i] = k <= q || bidirectional ? products[i] * 0.5 + added : -HUGE_VAL;
  }
  return scores;
}

}  // namespace

TEST_CASE("add_bias adds along the last axis, onto a stream or not, and its bias' gradient is the sum over positions") {
  for (const Mode mode : {Mode::plain, Mode::training})
    for (const bool with_onto : {false, true}) {
      OpBuilder build(B, T, mode);
      const TensorId bias = build.parameter({M}), w = build.parameter({4, M});
      const TensorId in = build.input("btd", {B, T, 4}), onto = with_onto ? build.input("btm", {B, T, M}) : kNoTensor;
      // In place while training, so x must be something made.
      const TensorId x = build.rec.einsum("", "btd,dm->btm", in, w);
      std::vector<double> expected(B * T * M);
      for (uint32_t i = 0; i < expected.size(); ++i) {
        for (uint32_t d = 0; d < 4; ++d) expected[i] += build.values(in)[i / M * 4 + d] * build.values(w)[d * M + i % M];
        expected[i] += build.values(bias)[i % M] + (with_onto ? build.values(onto)[i] : 0);
      }
      const OneOp op = build.finish(build.rec.add_bias("", x, bias, onto));
      check_forward(op, expected, kFloat);
      check_reverse(op, kReverse);
    }
}

TEST_CASE("gelu is x times the normal distribution's tanh form, and its reverse that function's slope") {
  for (const Mode mode : {Mode::plain, Mode::training}) {
    OpBuilder build(B, T, mode);
    const TensorId x = build.input("btm", {B, T, M}, 4.0);
    std::vector<double> expected;
    for (const double v : build.values(x)) expected.push_back(0.5 * v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v))));
    const OneOp op = build.finish(build.rec.gelu("", x));
    check_forward(op, expected, kFloat);
    if (mode == Mode::plain) check_reverse(op, kReverse);
  }
}

TEST_CASE("gelu of large numbers is the number itself or 0, and never NaN") {
  OpBuilder build(1, 1);
  const TensorId x = build.fixed("btm", {1, 1, 4}, {1e6, -1e6, 300, -300});
  const OneOp op = build.finish(build.rec.gelu("", x));
  for (const auto* kernels : available_kernels()) {
    Cpu<float> cpu(op.program, 1, *kernels);
    cpu.write(x, std::vector<float>{1e6f, -1e6f, 300, -300});
    cpu.run(false);
    const std::vector<float> values = cpu.read(op.out);
    CHECK(values[0] == 1e6f);
    CHECK(values[1] == 0);
    CHECK(values[2] == 300);
    CHECK(values[3] == 0);
  }
}

TEST_CASE("dropout keeps what its counters say, scaled, in a batch of several chunks, onto a stream or not; its reverse drops the same") {
  const double rate = 0.25;
  for (const bool with_onto : {false, true}) {
    OpBuilder build(11, 3);  // six chunks; 15 floats per sequence, so pairs of words go across sequences
    const TensorId x = build.input("btd", {11, 3, 5}), onto = with_onto ? build.input("btd", {11, 3, 5}) : kNoTensor;
    std::vector<double> expected;
    for (uint32_t i = 0; i < 165; ++i) {
      const Random2 pair = random2(7, static_cast<Stream>(77), 0, i / 2);
      const uint32_t word = i % 2 ? pair.b : pair.a;
      const double left = (word >> 8) / 16777216.0 < rate ? 0 : build.values(x)[i] * static_cast<double>(static_cast<float>(1 / 0.75));
      expected.push_back(left + (with_onto ? build.values(onto)[i] : 0));
    }
    const OneOp op = build.finish(build.rec.dropout("", x, {rate, 7, 77}, onto));
    check_forward(op, expected, kFloat);
    check_reverse(op, kReverse);
  }
}

TEST_CASE("dropout drops its share, another one at each step and in each stream, and all of it comes back at the same step") {
  constexpr uint32_t n = 20000;
  OpBuilder build(1, 1);
  const TensorId x = build.fixed("btd", {1, 1, n}, std::vector<double>(n, 1.0));
  const TensorId one = build.rec.dropout("one", x, {0.3, 1, 8}), other = build.rec.dropout("other", x, {0.3, 1, 9});
  const OneOp op = build.finish(one);
  Cpu<float> cpu(op.program);
  cpu.write(x, std::vector<float>(n, 1.0f));
  const auto at = [&](uint64_t step, TensorId id) {
    cpu.at_step(step);
    cpu.run(false);
    return cpu.read(id);
  };
  const std::vector<float> zero = at(0, one), five = at(5, one);
  CHECK(at(0, one) == zero);
  CHECK(zero != five);
  CHECK(zero != at(0, other));
  double dropped = 0, both = 0;
  for (uint32_t i = 0; i < n; ++i) dropped += zero[i] == 0 ? 1.0 / n : 0, both += zero[i] == 0 && five[i] == 0 ? 1.0 / n : 0;
  // Four standard errors of 20,000 draws.
  CHECK(std::abs(dropped - 0.3) < 4 * std::sqrt(0.3 * 0.7 / n));
  CHECK(std::abs(both - 0.09) < 4 * std::sqrt(0.09 * 0.91 / n));
}

TEST_CASE("scores take learned biases by bucket of the distance, with the causal mask or without, and so does their gradient") {
  for (const bool bidirectional : {false, true})
    for (const bool biased : {false, true}) {
      CAPTURE(bidirectional);
      OpBuilder build(B, T);
      const TensorId bias = biased ? build.parameter({kRelativeBuckets, H}) : kNoTensor;
      const TensorId products = build.input("bhqk", {B, H, T, T}, 3.0);
      const TensorId buckets = biased ? build.fixed("", {2 * T - 1}, relative_buckets(T, bidirectional)) : kNoTensor;
      const auto expected = scores_of(build.values(products), biased ? build.values(bias) : std::vector<double>{}, bidirectional);
      const TensorId scores = build.rec.mask_scores("", products, kNoTensor, 0.5f, {bias, buckets, bidirectional});
      const OneOp op = build.finish(scores, [=](size_t i) { return !bidirectional && i % T > i / T % T; });
      check_forward(op, expected, kFloat);
      check_reverse(op, kReverse);
    }
}

TEST_CASE("the softmax without the causal mask is over all keys, and ALiBi then counts distances either way") {
  OpBuilder build(B, T);
  const TensorId slopes = build.fixed("h", {H}, alibi_slopes(H)), products = build.input("bhqk", {B, H, T, T}, 3.0);
  std::vector<double> expected(B * H * T * T);
  for (uint32_t row = 0; row < B * H * T; ++row) {
    double sum = 0;
    for (uint32_t k = 0; k < T; ++k) {
      const double away = std::abs(static_cast<double>(row % T) - k);
      sum += expected[row * T + k] = std::exp(build.values(products)[row * T + k] * 0.5 - alibi_slopes(H)[row / T % H] * away);
    }
    for (uint32_t k = 0; k < T; ++k) expected[row * T + k] /= sum;
  }
  const TensorId scores = build.rec.mask_scores("", products, slopes, 0.5f, {kNoTensor, kNoTensor, true});
  const OneOp op = build.finish(build.rec.softmax("", scores, true));
  check_forward(op, expected, kFloat);
  check_reverse(op, kReverse);
}

TEST_CASE("buckets of distances are T5's: one each below half of them, then wider ones up to 128, a half for either direction") {
  const auto bucket = [](int64_t n, int64_t buckets) {
    const int64_t exact = buckets / 2;
    if (n < exact) return n;
    const double place = std::log(static_cast<double>(n) / static_cast<double>(exact)) / std::log(128.0 / static_cast<double>(exact));
    return std::min(exact + static_cast<int64_t>(place * static_cast<double>(exact) + 1e-9), buckets - 1);
  };
  CHECK(bucket(64, 16) == 14);  // 8 + 8 ln(8)/ln(16), a border
  for (const int64_t length : {1, 8, 200}) {
    const auto causal = relative_buckets(static_cast<uint32_t>(length), false),
               both = relative_buckets(static_cast<uint32_t>(length), true);
    REQUIRE(causal.size() == static_cast<size_t>(2 * length - 1));
    for (int64_t d = 1 - length; d < length; ++d) {
      const auto at = static_cast<size_t>(d + length - 1);
      CHECK(causal[at] == static_cast<double>(d < 0 ? 0 : bucket(d, 32)));
      CHECK(both[at] == static_cast<double>(d < 0 ? 16 + bucket(-d, 16) : bucket(d, 16)));
    }
  }
}

}  // namespace test_kernels_options
