// Losses and their reverse against docs/maths.md (60)–(63) written out naively: weights, smoothed targets, Brier scores.

#include "support/one_op.hpp"

namespace test_kernels_loss {

using namespace induction;
using namespace induction::tests;

namespace {

constexpr uint32_t B = 3, T = 5, V = 19;  // V: one whole round of the sixteen lanes and a rest
// Float against double: sums of 19 terms, and exp and log at 1.2e-7 each.
constexpr double kFloat = 2e-6, kReverse = 1e-5;

std::vector<double> probabilities(const double* x) {
  std::vector<double> p(V);
  double sum = 0;
  for (uint32_t v = 0; v < V; ++v) sum += p[v] = std::exp(x[v]);
  for (double& one : p) one /= sum;
  return p;
}

double naive_loss(const double* x, double target, double smoothing, bool brier) {
  if (target < 0) return 0;
  const std::vector<double> p = probabilities(x);
  double loss = 0;
  for (uint32_t v = 0; v < V; ++v) {
    const double wanted = (v == target ? 1 - smoothing : 0) + smoothing / V;
    loss += brier ? (p[v] - wanted) * (p[v] - wanted) : -wanted * std::log(p[v]);
  }
  return loss;
}

// Every third position has no target. Weights add up to 1.
void check_loss(double smoothing, bool brier, bool weighted) {
  CAPTURE(smoothing);
  CAPTURE(brier);
  CAPTURE(weighted);
  OpBuilder build(B, T);
  std::vector<double> targets, weights = random_values(B * T, 40);
  double sum = 0;
  for (uint32_t i = 0; i < B * T; ++i) {
    targets.push_back(i % 3 == 1 ? -1.0 : (7 * i + 2) % V);
    weights[i] = targets[i] < 0 ? 0 : std::abs(weights[i]);
    sum += weights[i];
  }
  for (double& w : weights) w = static_cast<float>(w / sum);
  const TensorId target = build.fixed("bt", {B, T}, targets);
  const TensorId weight = weighted ? build.fixed("bt", {B, T}, weights) : kNoTensor;
  const TensorId logits = build.input("btv", {B, T, V}, 4.0);
  std::vector<double> expected;
  for (uint32_t row = 0; row < B * T; ++row)
    expected.push_back(naive_loss(build.values(logits).data() + row * V, targets[row], static_cast<float>(smoothing), brier));
  OneOp op = build.finish(build.rec.loss("loss", logits, {target, 3, weight, static_cast<float>(smoothing), brier}));
  for (uint32_t i = 0; i < B * T; ++i) op.cotangent[i] = weighted ? weights[i] : targets[i] < 0 ? 0 : 1.0 / (3 * B);
  check_forward(op, expected, kFloat);
  check_reverse(op, kReverse);
}

}  // namespace

TEST_CASE("cross-entropy and its reverse equal docs/maths.md (61), (62), with and without weights and smoothing") {
  for (const double smoothing : {0.0, 0.1, 0.9})
    for (const bool weighted : {false, true}) check_loss(smoothing, false, weighted);
}

TEST_CASE("the Brier score and its reverse equal docs/maths.md (63), with and without weights and smoothing") {
  for (const double smoothing : {0.0, 0.1, 0.9})
    for (const bool weighted : {false, true}) check_loss(smoothing, true, weighted);
}

TEST_CASE("the Brier score of huge logits is finite: 0 for a sure right answer, 2 for a sure wrong one") {
  OpBuilder build(1, 2);
  const TensorId target = build.fixed("bt", {1, 2}, {0, 1});
  const TensorId logits = build.fixed("btv", {1, 2, 3}, {});
  const OneOp op = build.finish(build.rec.loss("loss", logits, {target, 2, kNoTensor, 0, true}));
  Cpu<float> cpu(op.program);
  cpu.write(target, std::vector<float>{0, 1});
  cpu.write(logits, std::vector<float>{3000, 0, 0, 3000, 0, 0});
  cpu.run(true);
  CHECK(cpu.read(op.out) == std::vector<float>{0, 2});
  for (const float gradient : cpu.read(op.program.gradient[logits])) CHECK(gradient == 0);  // both lie where the softmax is flat
}

TEST_CASE("the trained loss is the weighted sum of the positions' losses") {
  OpBuilder build(B, T);
  const TensorId target = build.fixed("bt", {B, T}, std::vector<double>(B * T, 2.0));
  std::vector<double> numbers(B * T);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<double>(i) / 105;  // 0 + … + 14 = 105
  const TensorId weight = build.fixed("bt", {B, T}, numbers);
  const TensorId logits = build.input("btv", {B, T, V}, 4.0);
  const OneOp op = build.finish(build.rec.loss("loss", logits, {target, T, weight}));
  Cpu<double> cpu(op.program);
  for (size_t i = 0; i < op.in.size(); ++i) cpu.write(op.in[i], op.values[i]);
  cpu.run(true);
  cpu.finish_gradient();
  const std::vector<double> losses = cpu.read(op.out);
  double expected = 0;
  for (size_t i = 0; i < losses.size(); ++i) expected += numbers[i] * losses[i];
  CHECK(cpu.read(op.program.statistics)[kMeanLoss] == doctest::Approx(expected).epsilon(1e-12));
}

}  // namespace test_kernels_loss
