#pragma once
// When did it happen? A logistic curve against the logarithm of the step, and the order of the two stages.

#include <span>
#include <string>

#include "weights.hpp"

namespace induction {

/// value(s) = low + (high − low) / (1 + exp(−(ln s − ln midpoint) / width)); docs/maths.md (40). The transition's middle 80 %
/// lies between steps midpoint · 9^∓width.
struct OnsetFit {
  double midpoint = 0;           // steps
  double width = 0;              // in ln(step)
  double before = 0, after = 0;  // the value's two plateaus
  double explained = 0;          // share of the variance that the curve explains, 0 to 1
  double first() const;          // step at which 10 % of the way is done
  double last() const;           // step at which 90 % is done
};

/// Least squares over midpoint and width, the plateaus solved exactly. steps: rising, those of 0 are left out (no logarithm).
/// Values that are not finite are left out. No onset, with a sentence why: fewer than 8 points; a change below `smallest_change`
/// (in the value's unit) or below 4 standard deviations of what the curve leaves; under half the variance explained; less than
/// 80 % of the transition inside the recorded steps.
/// The midpoint is no regular parameter: it has no bootstrap interval. Compare the order of midpoints within one seed.
Measured<OnsetFit> fit_onset(std::span<const double> steps, std::span<const double> values, double smallest_change);

/// Order of two onsets. gap: difference of the ln midpoints over the sum of the half-widths (10 to 90 %); beyond ±1 the two
/// transitions do not overlap.
struct OnsetOrder {
  double gap = 0;
  std::string sentence;  // "… came before …: the transitions do not overlap", "… overlap", "… cannot be told apart"
};
OnsetOrder order_of(const std::string& first_name, const OnsetFit& first, const std::string& second_name, const OnsetFit& second);

}  // namespace induction
