// Scores, softmax, fused attention and the loss against docs/maths.md written out naively.

#include <algorithm>

#include "exact.hpp"
#include "support/one_op.hpp"

namespace test_kernels_attention {

using namespace induction;
using namespace induction::tests;

namespace {

constexpr uint32_t B = 3, T = 9, H = 3, V = 11;
constexpr double kFloat = 4e-6;    // exponentials 1.2e-7, sums of at most 30 terms
constexpr double kReverse = 2e-5;  // softmax's reverse cancels: dy minus its mean

bool above_diagonal(size_t i) { return i % T > i / T % T; }

// [B, H, T, T] of docs/maths.md (7) from products.
std::vector<double> naive_scores(const std::vector<double>& products, double scale, const std::vector<double>& slopes) {
  std::vector<double> scores;
  for (size_t i = 0; i < products.size(); ++i) {
    const size_t k = i % T, q = i / T % T, h = i / (T * T) % H;
    const double bias = slopes.empty() ? 0 : slopes[h] * static_cast<double>(q - k);
    scores.push_back(k > q ? -INFINITY : products[i] * scale - bias);
  }
  return scores;
}

std::vector<double> naive_softmax(const std::vector<double>& scores) {
  std::vector<double> pattern(scores.size(), 0.0);
  for (size_t row = 0; row < scores.size(); row += T) {
    double sum = 0;
    for (size_t k = 0; k < T; ++k) sum += std::exp(scores[row + k]);
    for (size_t k = 0; k < T; ++k) pattern[row + k] = std::exp(scores[row + k]) / sum;
  }
  return pattern;
}

struct Heads {
  uint32_t E;
  // Element [b, t, h, e] of one of the three stacked tensors of `qkv` [B, T, 3, H, E].
  double operator()(const std::vector<double>& qkv, uint32_t which, uint32_t b, uint32_t t, uint32_t h, uint32_t e) const {
    return qkv[(((b * T + t) * 3 + which) * H + h) * E + e];
  }
};

std::vector<double> naive_z(const std::vector<double>& qkv, uint32_t E, double scale, const std::vector<double>& slopes) {
  const Heads at{E};
  std::vector<double> products(B * H * T * T), z(B * T * H * E, 0.0);
  for (uint32_t i = 0; i < products.size(); ++i)
    for (uint32_t e = 0; e < E; ++e)
      products[i] += at(qkv, 0, i / (H * T * T), i / T % T, i / (T * T) % H, e) * at(qkv, 1, i / (H * T * T), i % T, i / (T * T) % H, e);
  const std::vector<double> pattern = naive_softmax(naive_scores(products, scale, slopes));
  for (uint32_t i = 0; i < products.size(); ++i) {
    const uint32_t b = i / (H * T * T), h = i / (T * T) % H, q = i / T % T, k = i % T;
    for (uint32_t e = 0; e < E; ++e) z[((b * T + q) * H + h) * E + e] += pattern[i] * at(qkv, 2, b, k, h, e);
  }
  return z;
}

}  // namespace

TEST_CASE("masked scores are scaled, biased by ALiBi and minus infinity for later keys") {
  for (const bool alibi : {false, true}) {
    OpBuilder build(B, T);
    const TensorId slopes = alibi ? build.fixed("h", {H}, alibi_slopes(H)) : kNoTensor;
    const TensorId products = build.input("bhqk", {B, H, T, T}, 3.0);
    const auto expected = naive_scores(build.values(products), 0.5, alibi ? alibi_slopes(H) : std::vector<double>{});
    const OneOp op = build.finish(build.rec.mask_scores("", products, slopes, 0.5f), above_diagonal);
    check_forward(op, expected, kFloat);
    check_reverse(op, kFloat);
  }
}

TEST_CASE("softmax over visible keys equals the textbook formula, and its rows sum to one") {
  OpBuilder build(B, T);
  const TensorId products = build.input("bhqk", {B, H, T, T}, 4.0);
  const auto expected = naive_softmax(naive_scores(build.values(products), 1, {}));
  const TensorId scores = build.rec.mask_scores("", products, kNoTensor, 1.0f);
  const OneOp op = build.finish(build.rec.softmax("", scores));
  check_forward(op, expected, kFloat);
  check_reverse(op, kReverse);
}

TEST_CASE("softmax stays finite and exact for scores of a thousand, and for rows of equal scores") {
  OpBuilder build(1, T);
  std::vector<double> extreme(T * T, 1000.0);
  for (uint32_t k = 0; k < T; ++k) extreme[(T - 1) * T + k] = k == 3 ? 1000.0 : -1000.0;
  const TensorId products = build.fixed("bhqk", {1, 1, T, T}, extreme);
  const OneOp op = build.finish(build.rec.softmax("", build.rec.mask_scores("", products, kNoTensor, 1.0f)));
  Cpu<float> cpu(op.program);
  const std::vector<float> values(extreme.begin(), extreme.end());
  cpu.write(products, values);
  cpu.run(false);
  const std::vector<float> pattern = cpu.read(op.out);
  for (uint32_t q = 0; q + 1 < T; ++q)
    for (uint32_t k = 0; k < T; ++k) CHECK(pattern[q * T + k] == (k <= q ? 1.0f / static_cast<float>(q + 1) : 0.0f));
  for (uint32_t k = 0; k < T; ++k) CHECK(pattern[(T - 1) * T + k] == (k == 3 ? 1.0f : 0.0f));
}

TEST_CASE("fused attention equals the naive composition, forward and reverse") {
  for (const uint32_t E : {1u, 5u, 8u})
    for (const bool alibi : {false, true}) {
      CAPTURE(E);
      CAPTURE(alibi);
      OpBuilder build(B, T, Mode::training);
      const TensorId slopes = alibi ? build.fixed("h", {H}, alibi_slopes(H)) : kNoTensor;
      const TensorId qkv = build.input("btche", {B, T, 3, H, E}, 1.5);
      const auto view = [&](uint32_t which) { return build.rec.select("", qkv, 'c', which); };
      const float scale = 0.625f;
      const auto expected = naive_z(build.values(qkv), E, 0.625, alibi ? alibi_slopes(H) : std::vector<double>{});
      const TensorId q = view(0), k = view(1), v = view(2);
      const OneOp op = build.finish(build.rec.attention("", "", {q, k, v, slopes, scale}));
      check_forward(op, expected, kFloat);
      check_reverse(op, kReverse);
    }
}

TEST_CASE("cross-entropy equals docs/maths.md (12) and its reverse is that of the mean over counted positions") {
  for (const uint32_t counted : {T, T - 1}) {
    CAPTURE(counted);
    OpBuilder build(B, T);
    std::vector<double> targets;
    for (uint32_t i = 0; i < B * T; ++i) targets.push_back(i % T < counted ? static_cast<double>((5 * i + 2) % V) : -1.0);
    const TensorId target = build.fixed("bt", {B, T}, targets);
    const TensorId logits = build.input("btv", {B, T, V}, 5.0);
    std::vector<double> expected;
    for (uint32_t row = 0; row < B * T; ++row) {
      const double* x = build.values(logits).data() + row * V;
      double sum = 0;
      for (uint32_t v = 0; v < V; ++v) sum += std::exp(x[v]);
      expected.push_back(targets[row] < 0 ? 0 : std::log(sum) - x[static_cast<size_t>(targets[row])]);
    }
    const TensorId loss = build.rec.loss("loss", logits, {target, counted});
    OneOp op = build.finish(loss);
    for (uint32_t row = 0; row < B * T; ++row) op.cotangent[row] = targets[row] < 0 ? 0 : 1.0 / (B * counted);
    check_forward(op, expected, kFloat);
    check_reverse(op, kReverse);
  }
}

TEST_CASE("cross-entropy of huge logits is finite: a sure right answer costs nothing, a sure wrong one its margin") {
  OpBuilder build(1, 2);
  const TensorId target = build.fixed("bt", {1, 2}, {0, 1});
  const TensorId logits = build.fixed("btv", {1, 2, 3}, {3000, 0, 0, 3000, 0, 0});
  const OneOp op = build.finish(build.rec.loss("loss", logits, {target, 2}));
  Cpu<float> cpu(op.program);
  cpu.write(target, std::vector<float>{0, 1});
  cpu.write(logits, std::vector<float>{3000, 0, 0, 3000, 0, 0});
  cpu.run(false);
  CHECK(cpu.read(op.out) == std::vector<float>{0, 3000});
}

}  // namespace test_kernels_attention
