#include "onset.hpp"

#include <algorithm>
#include <cmath>

namespace induction {
namespace {

constexpr size_t kFewest = 8;
constexpr double kSigmas = 4, kExplained = 0.5;
constexpr double kNarrowest = 0.005, kWidest = 2.0;  // width in ln(step): from one step in 50 to a factor of e⁹ for the whole way
const double kLn9 = std::log(9.0);

struct Points {
  std::vector<double> x, y;  // ln(step), value
};

struct Candidate {
  double middle = 0, width = 0, before = 0, after = 0, residual = 0;
};

// The best plateaus for a given middle and width: linear least squares of y on the logistic g; residual: sum of squares.
Candidate solve(const Points& p, double middle, double width) {
  const auto n = static_cast<double>(p.x.size());
  double g1 = 0, g2 = 0, y1 = 0, gy = 0;
  std::vector<double> g(p.x.size());
  for (size_t i = 0; i < g.size(); ++i) {
    g[i] = 1 / (1 + std::exp(-(p.x[i] - middle) / width));
    g1 += g[i], g2 += g[i] * g[i], y1 += p.y[i], gy += g[i] * p.y[i];
  }
  const double spread = g2 - g1 * g1 / n;
  const double slope = spread > 1e-12 ? (gy - g1 * y1 / n) / spread : 0.0, base = (y1 - slope * g1) / n;
  Candidate c{middle, width, base, base + slope, 0};
  for (size_t i = 0; i < g.size(); ++i) c.residual += std::pow(p.y[i] - base - slope * g[i], 2);
  return c;
}

// A grid over (middle, ln width), then the grid again around its best point, three times finer each time.
Candidate best_fit(const Points& p) {
  constexpr int kSide = 12, kRounds = 9;
  double x_half = (p.x.back() - p.x.front()) / 2, w_half = std::log(kWidest / kNarrowest) / 2;
  double x_mid = p.x.front() + x_half, w_mid = std::log(kNarrowest) + w_half;
  Candidate best = solve(p, x_mid, std::exp(w_mid));
  for (int round = 0; round < kRounds; ++round) {
    for (int i = -kSide; i <= kSide; ++i)
      for (int j = -kSide; j <= kSide; ++j) {
        const double width = std::clamp(std::exp(w_mid + w_half * j / kSide), kNarrowest, kWidest);
        const Candidate c = solve(p, std::clamp(x_mid + x_half * i / kSide, p.x.front(), p.x.back()), width);
        if (c.residual < best.residual) best = c;
      }
    x_mid = best.middle, w_mid = std::log(best.width);
    x_half /= 3, w_half /= 3;
  }
  return best;
}

// Sum of squares about the mean; 0 where only rounding is left of it.
double variance_sum(const std::vector<double>& y) {
  double mean = 0, sum = 0;
  for (const double v : y) mean += v / static_cast<double>(y.size());
  for (const double v : y) sum += (v - mean) * (v - mean);
  const double rounding = 1e-14 * std::abs(mean);
  return sum > rounding * rounding * static_cast<double>(y.size()) ? sum : 0.0;
}

std::string in_short(double x) {
  const std::string text = std::to_string(x);
  return text.substr(0, text.find('.') + 4);
}

// Why a fit is not an onset; empty when it is one.
std::string doubt(const Points& p, const Candidate& c, double explained, double smallest_change) {
  const double change = std::abs(c.after - c.before);
  const double noise = std::sqrt(c.residual / static_cast<double>(p.x.size() - 4));
  if (change < smallest_change) return "no onset: the value changes by " + in_short(change) + ", less than " + in_short(smallest_change);
  if (change < kSigmas * noise)
    return "no onset: the change of " + in_short(change) + " does not stand out from the noise of " + in_short(noise);
  if (explained < kExplained) return "no onset: a single step up or down explains only " + in_short(100 * explained) + " % of the variance";
  if (c.middle - kLn9 * c.width < p.x.front()) return "no onset: the change was under way when the record begins";
  if (c.middle + kLn9 * c.width > p.x.back()) return "no onset: the change is still under way where the record ends";
  return {};
}

}  // namespace

double OnsetFit::first() const { return midpoint * std::pow(9, -width); }
double OnsetFit::last() const { return midpoint * std::pow(9, width); }

Measured<OnsetFit> fit_onset(std::span<const double> steps, std::span<const double> values, double smallest_change) {
  using Result = Measured<OnsetFit>;
  Points p;
  for (size_t i = 0; i < std::min(steps.size(), values.size()); ++i)
    if (steps[i] > 0 && std::isfinite(values[i])) p.x.push_back(std::log(steps[i])), p.y.push_back(values[i]);
  if (p.x.size() < kFewest)
    return Result::not_defined("no onset: " + std::to_string(p.x.size()) + " points are too few, " + std::to_string(kFewest) +
                               " are needed");
  const double total = variance_sum(p.y);
  if (!(total > 0)) return Result::not_defined("no onset: the value never changes");
  const Candidate c = best_fit(p);
  const double explained = 1 - c.residual / total;
  if (const std::string reason = doubt(p, c, explained, smallest_change); !reason.empty()) return Result::not_defined(reason);
  return Result::of({std::exp(c.middle), c.width, c.before, c.after, explained});
}

OnsetOrder order_of(const std::string& first_name, const OnsetFit& first, const std::string& second_name, const OnsetFit& second) {
  constexpr double kSame = 0.25;  // of the half-widths: below this the curves lie on one another
  const double reach = kLn9 * (first.width + second.width);
  const double gap = (std::log(second.midpoint) - std::log(first.midpoint)) / reach;
  const auto at = [](const OnsetFit& fit) { return " (step " + std::to_string(std::llround(fit.midpoint)) + ")"; };
  if (std::abs(gap) < kSame)
    return {gap, first_name + at(first) + " and " + second_name + at(second) + " came together: their order cannot be told"};
  const bool forward = gap > 0;
  std::string text = (forward ? first_name + at(first) : second_name + at(second)) + " came before " +
                     (forward ? second_name + at(second) : first_name + at(first));
  text += std::abs(gap) > 1 ? ": the two transitions do not overlap" : ": likely, though the two transitions overlap";
  return {gap, text};
}

}  // namespace induction
