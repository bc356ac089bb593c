// The local learning coefficient: the sampler on potentials whose answer is known, and on a model. docs/maths.md (95), (96).

#include <doctest/doctest.h>

#include "model.hpp"
#include "probes/learning_coefficient.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

namespace test_langevin {

using namespace induction;
using namespace induction::tests;

namespace {

LangevinSettings settings(double rate, double pull, uint32_t draws) {
  LangevinSettings s;
  s.samples = 1000, s.rate = rate, s.pull = pull, s.chains = 8, s.burn_in = draws / 4, s.draws = draws;
  return s;
}

// Σ of w^p/p per dimension, or the product of two squares.
double power(std::span<const double> w, std::span<double> gradient, int p) {
  double loss = 0;
  for (size_t i = 0; i < w.size(); ++i) gradient[i] = std::pow(w[i], p - 1), loss += std::pow(w[i], p) / p;
  return loss;
}

double product_of_squares(std::span<const double> w, std::span<double> gradient) {
  gradient[0] = 2 * w[0] * w[1] * w[1], gradient[1] = 2 * w[1] * w[0] * w[0];
  return w[0] * w[0] * w[1] * w[1];
}

// nβ E[L] under exp(−nβ L − γ|w|²/2), on a grid.
double exact_coefficient(double strength, double pull) {
  double sum = 0, weight = 0;
  for (double x = -4; x <= 4; x += 0.005)
    for (double y = -4; y <= 4; y += 0.005) {
      const double loss = x * x * y * y, p = std::exp(-strength * loss - pull / 2 * (x * x + y * y));
      sum += p * strength * loss, weight += p;
    }
  return sum / weight;
}

}  // namespace

TEST_CASE("a regular quadratic has half its dimensions, less what the spring holds back and more what the finite rate adds, both exactly") {
  constexpr size_t kDimensions = 20;
  const double curvature[2] = {1, 0.2};
  const auto loss = [&](std::span<const double> w, std::span<double> gradient) {
    double sum = 0;
    for (size_t i = 0; i < w.size(); ++i) gradient[i] = curvature[i % 2] * w[i], sum += 0.5 * curvature[i % 2] * w[i] * w[i];
    return sum;
  };
  const std::vector<double> point(kDimensions, 0.0);
  for (const double pull : {0.0, 20.0}) {
    const LangevinSettings s = settings(2e-3, pull, 4000);
    const double strength = s.samples * s.beta();
    double expected = 0;  // the chain is linear: its variance is 1/(h (1 − εh/4)), h = nβa + γ
    for (size_t i = 0; i < kDimensions; ++i) {
      const double h = strength * curvature[i % 2] + pull;
      expected += 0.5 * strength * curvature[i % 2] / (h * (1 - s.rate * h / 4));
    }
    const LangevinEstimate found = langevin_estimate(s, std::span<const double>(point), loss);
    REQUIRE(found.finite);
    CHECK(found.standard_error < 0.15);
    CHECK(std::abs(found.coefficient - expected) < 0.4);  // about three standard errors; half the dimensions are 10
    if (pull == 0) CHECK(std::abs(found.coefficient - kDimensions / 2.0) < 1.2);
  }
}

TEST_CASE("a quartic has a quarter per dimension: half of what a regular minimum has") {
  const LangevinSettings s = settings(2e-3, 0, 20000);
  const auto quartic = [](std::span<const double> w, std::span<double> gradient) { return power(w, gradient, 4); };
  const LangevinEstimate found = langevin_estimate(s, std::span<const double>(std::vector<double>(8, 0.0)), quartic);
  REQUIRE(found.finite);
  CHECK(std::abs(found.coefficient - 8 * 0.25) < 0.15);
}

TEST_CASE("the degenerate potential w₁²w₂² gets what the integral over its own Gibbs density gives, below one half") {
  const LangevinSettings s = settings(1e-3, 10, 40000);
  const LangevinEstimate found = langevin_estimate(s, std::span<const double>(std::vector<double>(2, 0.0)), product_of_squares);
  REQUIRE(found.finite);
  const double expected = exact_coefficient(s.samples * s.beta(), s.pull);
  CHECK(expected < 0.5);  // its coefficient is 1/2, with multiplicity 2, which the finite n still shows
  CHECK(std::abs(found.coefficient - expected) < 0.05);
}

TEST_CASE("the same seed gives the same chains, another seed others, and a rate that is too large is told apart from a result") {
  const auto quadratic = [](std::span<const double> w, std::span<double> gradient) { return power(w, gradient, 2); };
  LangevinSettings s = settings(2e-3, 0, 50);
  const std::vector<double> point(3, 0.1);
  const auto run = [&] { return langevin_estimate(s, std::span<const double>(point), quadratic); };
  const LangevinEstimate first = run();
  CHECK(first.chains == run().chains);
  CHECK(first.chains.size() == 8);
  CHECK(first.loss == doctest::Approx(0.015));
  CHECK(first.coefficient == doctest::Approx((first.chains[0] + first.chains[1] + first.chains[2] + first.chains[3] + first.chains[4] +
                                              first.chains[5] + first.chains[6] + first.chains[7]) /
                                             8));
  s.seed = 1;
  CHECK(first.chains != run().chains);
  s.rate = 1, s.draws = 2000;
  CHECK_FALSE(run().finite);
}

TEST_CASE("noise has mean 0 and variance 1, and neighbours do not go together") {
  double sum = 0, squares = 0, products = 0, before = 0;
  constexpr uint32_t kCount = 20000;
  for (uint32_t i = 0; i < kCount; ++i) {
    const double x = langevin_noise(7, 3, i);
    sum += x, squares += x * x, products += x * before, before = x;
  }
  // Three standard errors of each.
  CHECK(std::abs(sum / kCount) < 0.022);
  CHECK(std::abs(squares / kCount - 1) < 0.03);
  CHECK(std::abs(products / kCount) < 0.022);
}

TEST_CASE("a model's loss is its own training loss without dropout, and its coefficient lies between 0 and half its parameters") {
  Config c = tiny_config();
  c.dropout = 0.5, c.frozen_q = true;
  const Program program = record_model(c, {1, 8, 8});
  Cpu<float> cpu(program);
  initialise(c, cpu);
  const std::vector<float> parameters = copy_of(cpu, program.parameter_region);
  LangevinSettings s;
  s.samples = 16, s.rate = 1e-3, s.burn_in = 20, s.draws = 60, s.chains = 2;
  const auto found = learning_coefficient(c, parameters, s);
  REQUIRE(found);
  REQUIRE(found->finite);
  CHECK(found->loss > 0.5);
  CHECK(found->loss < 4);
  CHECK(found->coefficient > 0);
  CHECK(found->coefficient < static_cast<double>(parameters.size()) / 2);
  const Parallel backwards = [](uint32_t n, const Work& work) {
    for (uint32_t i = n; i-- > 0;) work(i, i);
  };
  CHECK(learning_coefficient(c, parameters, s, nullptr, backwards)->chains == found->chains);
}

}  // namespace test_langevin
