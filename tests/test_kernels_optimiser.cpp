// Gradient sums, clipping, the three optimisers and the schedule against docs/maths.md (13)–(16) written out naively.

#include <limits>

#include "support/support.hpp"
#include "trainer.hpp"

namespace test_kernels_optimiser {

using namespace induction;
using namespace induction::tests;

namespace {

constexpr uint32_t N = 1037;  // more than one block of the gradient's norm, and no multiple of any vector width

Step flat_step(Kernel kernel, std::initializer_list<uint32_t> sizes) {
  Step step;
  step.kernel = kernel;
  std::copy(sizes.begin(), sizes.end(), step.size);
  return step;
}

template <class Real>
void call(const KernelTable<Real>& table, const Step& step, std::initializer_list<Real*> operands, const Hyper* hyper = nullptr) {
  Slice<Real> slice{};
  std::copy(operands.begin(), operands.end(), slice.p);
  slice.n = 1;
  slice.hyper = hyper;
  table.run[static_cast<int>(step.kernel)](step, slice);
}

struct Moments {
  std::vector<double> p, g, m, v;
};

double norm_of(const std::vector<double>& g) {
  double sum = 0;
  for (const double x : g) sum += x * x;
  return std::sqrt(sum);
}

// One step of docs/maths.md (13)–(15), s from 1.
void naive_update(const Config& c, Moments& x, uint64_t s, double lr) {
  const double size = norm_of(x.g), clip = c.grad_clip > 0 ? std::min(1.0, c.grad_clip / size) : 1.0;
  for (size_t i = 0; i < x.p.size(); ++i) {
    double g = x.g[i] * clip;
    if (c.optimizer == kind::optimizer::lion) {
      const double direction = c.beta1 * x.m[i] + (1 - c.beta1) * g;
      x.p[i] -= lr * (c.weight_decay * x.p[i] + (direction > 0 ? 1 : direction < 0 ? -1 : 0));
      x.m[i] = c.beta2 * x.m[i] + (1 - c.beta2) * g;
      continue;
    }
    if (c.optimizer != kind::optimizer::adamw) g += c.weight_decay * x.p[i];
    if (c.optimizer == kind::optimizer::sgd) {
      x.m[i] = c.momentum * x.m[i] + g;
      x.p[i] -= lr * x.m[i];
      continue;
    }
    if (c.optimizer == kind::optimizer::adamw) x.p[i] -= lr * c.weight_decay * x.p[i];
    x.m[i] = c.beta1 * x.m[i] + (1 - c.beta1) * g;
    x.v[i] = c.beta2 * x.v[i] + (1 - c.beta2) * g * g;
    const double step_size = lr / (1 - std::pow(c.beta1, static_cast<double>(s)));
    x.p[i] -= step_size * x.m[i] / (std::sqrt(x.v[i]) / std::sqrt(1 - std::pow(c.beta2, static_cast<double>(s))) + 1e-8);
  }
}

Kernel kernel_of(kind::optimizer optimizer) {
  if (optimizer == kind::optimizer::lion) return Kernel::lion;
  return optimizer == kind::optimizer::sgd ? Kernel::sgd : optimizer == kind::optimizer::adam ? Kernel::adam : Kernel::adamw;
}

// Ten steps with fresh gradients by the kernels; then the distance of p from the naive rule.
template <class Real>
double distance_after_ten(const KernelTable<Real>& table, const Config& c) {
  Moments naive{random_values(N, 1), {}, std::vector<double>(N), std::vector<double>(N)};
  std::vector<Real> p(naive.p.begin(), naive.p.end()), m(N), v(N);
  for (uint32_t s = 0; s < 10; ++s) {
    naive.g = random_values(N, 100 + s, 0.3);
    naive_update(c, naive, s + 1, learning_rate(c, s));
    std::vector<Real> g(naive.g.begin(), naive.g.end());
    Real loss = 0, statistics[kStatistics] = {};
    call<Real>(table, flat_step(Kernel::measure, {N, 1, 1}), {g.data(), &loss, statistics});
    const Hyper hyper = hyper_at(c, s);
    call<Real>(table, flat_step(kernel_of(c.optimizer), {N}), {p.data(), g.data(), m.data(), v.data(), statistics}, &hyper);
  }
  return relative_distance(as_double(p), naive.p);
}

Config rates(kind::optimizer optimizer, double clip, double decay) {
  Config c;
  c.optimizer = optimizer, c.grad_clip = clip, c.weight_decay = decay;
  c.lr = 0.02, c.warmup_steps = 4, c.schedule = kind::schedule::cosine, c.steps = 15;
  return c;
}

}  // namespace

TEST_CASE("gradient chunks are added in ascending order") {
  for (const uint32_t chunks : {1u, 3u, 7u, 8u}) {
    const std::vector<double> source = random_values(static_cast<size_t>(N) * chunks, 3);
    std::vector<float> values(source.begin(), source.end()), expected(N), sum(N);
    for (uint32_t i = 0; i < N; ++i) {
      expected[i] = values[i];
      for (uint32_t c = 1; c < chunks; ++c) expected[i] += values[c * N + i];
    }
    for (const auto* table : available_kernels()) {
      call<float>(*table, flat_step(Kernel::reduce_chunks, {N, chunks}), {values.data(), sum.data()});
      CHECK(same_bits(sum, expected));
    }
  }
}

TEST_CASE("the statistics are the root of the gradient's sum of squares and the mean loss over the counted positions") {
  const std::vector<double> source = random_values(N, 4), nats = random_values(N, 5, 3.0);
  std::vector<float> g(source.begin(), source.end()), losses;
  double sum = 0;
  for (const double x : nats) sum += std::abs(x), losses.push_back(static_cast<float>(std::abs(x)));
  for (const auto* table : available_kernels()) {
    float statistics[kStatistics] = {0, 0, 7};
    call<float>(*table, flat_step(Kernel::measure, {N, N, N - 5}), {g.data(), losses.data(), statistics});
    CHECK(statistics[kGradientNorm] == doctest::Approx(norm_of(source)).epsilon(1e-6));  // ~66 additions per lane, 6e-8 each
    CHECK(statistics[kMeanLoss] == doctest::Approx(sum / (N - 5)).epsilon(1e-6));
    CHECK(statistics[kStopped] == 0);
  }
}

TEST_CASE("a loss or a gradient that is not a finite number stops the step") {
  for (const auto* table : available_kernels())
    for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN(), 3e38f}) {
      std::vector<float> fine(N, 1), broken(N, 1);
      broken[N - 1] = bad;
      float statistics[kStatistics] = {};
      call<float>(*table, flat_step(Kernel::measure, {N, N, N}), {broken.data(), fine.data(), statistics});
      CHECK(statistics[kStopped] == 1);  // 3e38: its square overflows
      call<float>(*table, flat_step(Kernel::measure, {N, N, N}), {fine.data(), fine.data(), statistics});
      CHECK(statistics[kStopped] == 0);
      call<float>(*table, flat_step(Kernel::measure, {N, N, N}), {fine.data(), broken.data(), statistics});
      CHECK(statistics[kStopped] == (bad == 3e38f ? 0 : 1));
    }
}

TEST_CASE("ten steps of every optimiser equal the naive rules, with and without clipping and decay") {
  for (const kind::optimizer optimizer : {kind::optimizer::sgd, kind::optimizer::adam, kind::optimizer::adamw, kind::optimizer::lion})
    for (const double clip : {0.0, 2.0, 1e4})
      for (const double decay : {0.0, 0.1}) {
        const Config c = rates(optimizer, clip, decay);
        CAPTURE(static_cast<int>(optimizer));
        CAPTURE(clip);
        CAPTURE(decay);
        // Hyper is float also for double kernels, so both are limited by its roundings: about 1e-7 per step's change.
        CHECK(distance_after_ten(kernels_double(), c) <= 1e-6);
        for (const auto* table : available_kernels()) CHECK(distance_after_ten(*table, c) <= 2e-6);
      }
}

TEST_CASE("clipping scales a long gradient to the limit and leaves a short one to the bit") {
  Config c = rates(kind::optimizer::sgd, 1.0, 0.0);
  c.momentum = 0, c.lr = 1, c.warmup_steps = 0, c.schedule = kind::schedule::constant;
  const Hyper hyper = hyper_at(c, 0);
  for (const float length : {0.5f, 1.0f, 4.0f}) {
    std::vector<float> p = {0, 0}, g = {length * 0.6f, length * 0.8f}, m(2), v(2);
    float statistics[kStatistics] = {0, length, 0};
    call<float>(kernels_generic(), flat_step(Kernel::sgd, {2}), {p.data(), g.data(), m.data(), v.data(), statistics}, &hyper);
    const float factor = length > 1 ? 1 / length : 1;
    CHECK(p == std::vector<float>{-(g[0] * factor), -(g[1] * factor)});
  }
}

TEST_CASE("Lion does not move a parameter whose direction is exactly 0, but for its decay") {
  Config c = rates(kind::optimizer::lion, 0, 0.5);
  const Hyper hyper = hyper_at(c, 3);
  std::vector<float> p = {1, 1, 1}, g = {0, 2, -2}, m(3), v(3);
  float statistics[kStatistics] = {};
  call<float>(kernels_generic(), flat_step(Kernel::lion, {3}), {p.data(), g.data(), m.data(), v.data(), statistics}, &hyper);
  const float kept = (1 - hyper.lr_decay) * 1.0f;
  CHECK(p == std::vector<float>{kept, kept - hyper.lr, kept + hyper.lr});
}

TEST_CASE("the learning rate warms up, then stays, falls on a line or on a cosine, and ends at zero") {
  Config c;
  c.lr = 0.5, c.warmup_steps = 4, c.steps = 14;
  for (uint64_t s = 0; s < 4; ++s) CHECK(learning_rate(c, s) == doctest::Approx(0.125 * static_cast<double>(s + 1)));
  CHECK(learning_rate(c, 4) == 0.5);
  CHECK(learning_rate(c, 1000) == 0.5);
  c.schedule = kind::schedule::linear;
  CHECK(learning_rate(c, 4) == 0.5);
  CHECK(learning_rate(c, 9) == doctest::Approx(0.25));
  CHECK(learning_rate(c, 13) == doctest::Approx(0.05));
  CHECK(learning_rate(c, 14) == 0.0);
  CHECK(learning_rate(c, 99) == 0.0);
  c.schedule = kind::schedule::cosine;
  CHECK(learning_rate(c, 4) == 0.5);
  CHECK(learning_rate(c, 9) == doctest::Approx(0.25));
  CHECK(learning_rate(c, 6) == doctest::Approx(0.25 * (1 + std::cos(0.2 * 3.14159265358979))));
  CHECK(std::abs(learning_rate(c, 14)) <= 1e-16);
  c.warmup_steps = 0;
  CHECK(learning_rate(c, 0) == 0.5);
  c.warmup_steps = 20;  // longer than the run: no division by zero, and the full rate at its end
  CHECK(learning_rate(c, 19) == 0.5);
  CHECK(std::isfinite(learning_rate(c, 20)));
}

TEST_CASE("no update rate is infinite or not a number at the extremes of the knobs") {
  Config c;
  for (const double beta : {0.0, 0.9999}) {
    c.beta1 = beta, c.beta2 = beta == 0 ? 0.0 : 0.999999;
    for (const uint64_t step : {0ull, 1ull, 100000000ull}) {
      const Hyper h = hyper_at(c, step);
      for (const float x : {h.lr, h.lr_decay, h.step_size, h.inv_sqrt_bc2, h.one_minus_beta1, h.one_minus_beta2}) CHECK(std::isfinite(x));
      CHECK(h.inv_sqrt_bc2 >= 1.0f);
    }
  }
}

}  // namespace test_kernels_optimiser
