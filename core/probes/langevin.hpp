#pragma once
// The local learning coefficient by Langevin sampling, over any loss with a gradient. docs/maths.md (95), (96).

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "../exact.hpp"
#include "../rng.hpp"

namespace induction {

struct LangevinSettings {
  double samples = 256;  // n: the loss is the mean over so many
  double rate = 5e-4;    // ε
  double pull = 100;     // γ: spring towards the point that is measured
  uint32_t chains = 4, burn_in = 200, draws = 200;
  uint32_t seed = 0;
  double beta() const { return 1 / std::log(samples); }
};

struct LangevinEstimate {
  double coefficient = 0;                       // nβ (mean loss − loss at the point)
  double standard_error = 0;                    // over the chains; NaN for a single one
  double loss = 0;                              // at the point
  std::vector<double> chains;                   // the coefficient of each chain
  std::vector<double> first_half, second_half;  // and of the halves of its draws: apart, it has not settled
  bool finite = true;                           // false: the chains ran away, the rate is too large
};

/// A normal variate per (chain, step, element): Box & Muller on the pair of words of a stream of its own.
inline double langevin_noise(uint32_t seed, uint32_t chain_step, uint32_t element) {
  constexpr auto kStream = static_cast<Stream>(0x4c4c43);
  const Random2 word = random2(seed, kStream, chain_step, element / 2);
  const double u1 = ((word.a >> 8) + 0.5) / 16777216.0, u2 = ((word.b >> 8) + 0.5) / 16777216.0;
  const double angle = 2 * 3.14159265358979323846 * u2, radius = std::sqrt(-2 * exact_ln(u1));
  return radius * exact_cos(element % 2 ? angle - 1.57079632679489661923 : angle);  // sin a = cos(a − π/2)
}

/// One chain from `point`: w ← w − ε/2 (nβ ∇L(w) + γ (w − point)) + √ε ξ. Returns the losses of the draws after the burn-in.
/// `loss(w, gradient)`: L(w), and ∇L(w) into `gradient`.
template <class Loss>
std::vector<double> langevin_chain(const LangevinSettings& s, std::span<const double> point, uint32_t chain, Loss& loss) {
  std::vector<double> w(point.begin(), point.end()), gradient(point.size()), losses;
  const double strength = s.samples * s.beta(), noise = std::sqrt(s.rate);
  const uint32_t steps = s.burn_in + s.draws;
  for (uint32_t step = 0; step <= steps; ++step) {
    const double here = loss(std::span<const double>(w), std::span<double>(gradient));
    if (step > s.burn_in) losses.push_back(here);
    if (step == steps || !std::isfinite(here)) break;
    for (uint32_t i = 0; i < w.size(); ++i)
      w[i] += noise * langevin_noise(s.seed, chain * (steps + 1) + step, i) -
              s.rate / 2 * (strength * gradient[i] + s.pull * (w[i] - point[i]));
  }
  return losses;
}

/// nβ (E L(w) − L(point)), E over localised Langevin chains with the full gradient at β = 1/ln n. Where n is large and the chains stay near
/// the point it tends to the local learning coefficient λ: half the number of dimensions at a regular minimum, less at a degenerate one.
/// Error: of sampling (standard_error), of order ε·curvature from the finite rate, and too small by what γ holds back in flat directions.
/// Source: Watanabe 2013 (β = 1/ln n), Lau et al. 2023.
template <class Loss>
LangevinEstimate langevin_estimate(const LangevinSettings& s, std::span<const double> point, Loss loss) {
  LangevinEstimate found;
  std::vector<double> unused(point.size());
  found.loss = loss(point, std::span<double>(unused));
  const auto coefficient = [&](std::span<const double> losses) {
    double sum = 0;
    for (const double x : losses) sum += x;
    return s.samples * s.beta() * (sum / static_cast<double>(losses.size()) - found.loss);
  };
  double sum = 0, squares = 0;
  for (uint32_t chain = 0; chain < s.chains; ++chain) {
    const std::vector<double> losses = langevin_chain(s, point, chain, loss);
    found.finite = found.finite && losses.size() == s.draws && std::isfinite(coefficient(losses));
    if (!found.finite) return found;
    const std::span<const double> all(losses);
    found.chains.push_back(coefficient(all));
    found.first_half.push_back(coefficient(all.first(s.draws / 2)));
    found.second_half.push_back(coefficient(all.subspan(s.draws / 2)));
    sum += found.chains.back(), squares += found.chains.back() * found.chains.back();
  }
  const double n = s.chains;
  found.coefficient = sum / n;
  found.standard_error =
      s.chains > 1 ? std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)) / (n - 1)) : std::numeric_limits<double>::quiet_NaN();
  return found;
}

}  // namespace induction
