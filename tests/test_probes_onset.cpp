// Onsets of synthetic curves with known midpoints: clean, noisy, flat, cut off; and the order of two.

#include <cmath>

#include "probes/onset.hpp"
#include "support/support.hpp"

namespace test_probes_onset {

using namespace induction;
using namespace induction::tests;

namespace {

struct Curve {
  std::vector<double> steps, values;
};

// Probed every 25 steps up to 2000. noise: evenly spread over ±noise, so a standard deviation of noise/√3.
Curve logistic(double midpoint, double width, double before, double after, double noise = 0, uint32_t seed = 1) {
  Curve c;
  const auto random = random_values(81, seed, 1.0);
  for (int i = 0; i <= 80; ++i) {
    const double s = 25.0 * i;
    const double g = s > 0 ? 1 / (1 + std::exp(-(std::log(s) - std::log(midpoint)) / width)) : 0.0;
    c.steps.push_back(s), c.values.push_back(before + (after - before) * g + noise * random[static_cast<size_t>(i)]);
  }
  return c;
}

Measured<OnsetFit> fit(const Curve& c, double smallest = 0.2) { return fit_onset(c.steps, c.values, smallest); }

bool refused(const Measured<OnsetFit>& found, const char* words) {
  return !found.value && found.reason.find("no onset") == 0 && found.reason.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("the fit finds midpoint, width and plateaus of a clean transition, falling or rising") {
  for (const auto& [before, after] : {std::pair{2.7, 0.2}, {0.05, 0.9}}) {
    const OnsetFit found = *fit(logistic(600, 0.1, before, after)).value;
    // The grid ends at steps of 1e-4 of the range it began with.
    CHECK(found.midpoint == doctest::Approx(600).epsilon(2e-3));
    CHECK(found.width == doctest::Approx(0.1).epsilon(2e-2));
    CHECK(found.before == doctest::Approx(before).scale(1).epsilon(2e-3));
    CHECK(found.after == doctest::Approx(after).scale(1).epsilon(2e-3));
    CHECK(found.explained > 0.9999);
    CHECK(found.first() == doctest::Approx(600 * std::pow(9, -0.1)).epsilon(5e-3));
    CHECK(found.last() == doctest::Approx(600 * std::pow(9, 0.1)).epsilon(5e-3));
  }
}

TEST_CASE("with noise of a tenth of the change the midpoint is still right to 3 %, for twenty seeds") {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    const auto found = fit(logistic(700, 0.12, 2.8, 0.3, 0.25, seed));
    REQUIRE(found.value.has_value());
    CHECK(found.value->midpoint == doctest::Approx(700).epsilon(0.03));
  }
}

TEST_CASE("a sudden step between two probes is dated between them") {
  Curve c = logistic(600, 0.1, 0, 0);
  for (size_t i = 0; i < c.steps.size(); ++i) c.values[i] = c.steps[i] < 810 ? 3.0 : 0.1;
  const OnsetFit found = *fit(c).value;
  CHECK(found.midpoint > 800);
  CHECK(found.midpoint < 825);
}

TEST_CASE("flat curves and noise have no onset, for twenty seeds") {
  for (uint32_t seed = 1; seed <= 20; ++seed) CHECK_FALSE(fit(logistic(600, 0.1, 2.7, 2.7, 0.3, seed)).value.has_value());
  CHECK(refused(fit(logistic(600, 0.1, 2.7, 2.7)), "the value never changes"));
  CHECK(refused(fit(logistic(600, 0.1, 2.7, 2.6)), "changes by 0.1"));
  CHECK(refused(fit(logistic(600, 0.1, 2.7, 2.3, 0.5), 0.1), "noise"));
}

TEST_CASE("a transition that the record cuts off has no onset, and a straight slope has none") {
  CHECK(refused(fit(logistic(1950, 0.15, 2.7, 0.2)), "still under way where the record ends"));
  CHECK(refused(fit(logistic(30, 0.4, 2.7, 0.2)), "under way when the record begins"));
  Curve slope = logistic(600, 0.1, 0, 0);
  for (size_t i = 0; i < slope.steps.size(); ++i) slope.values[i] = slope.steps[i] > 0 ? 3 - 0.3 * std::log(slope.steps[i]) : 3;
  CHECK_FALSE(fit(slope).value.has_value());
}

TEST_CASE("step 0 and values that are not finite are left out; too few points are refused with their number") {
  Curve c = logistic(600, 0.1, 2.7, 0.2);
  c.values[0] = 1e9, c.values[40] = std::nan("");
  CHECK(fit(c).value->midpoint == doctest::Approx(600).epsilon(2e-3));
  c.steps.resize(8), c.values.resize(8);
  CHECK(refused(fit(c), "7 points are too few"));
}

TEST_CASE("two onsets far apart are ordered, close ones likely, equal ones not") {
  const auto at = [](double midpoint) { return *fit(logistic(midpoint, 0.08, 0.1, 0.9)).value; };
  const OnsetOrder far = order_of("previous token", at(300), "induction", at(900));
  CHECK(far.gap > 1);
  CHECK(far.sentence == "previous token (step 300) came before induction (step 900): the two transitions do not overlap");
  const OnsetOrder back = order_of("induction", at(900), "previous token", at(300));
  CHECK(back.gap == doctest::Approx(-far.gap));
  CHECK(back.sentence == far.sentence);
  const OnsetOrder near = order_of("previous token", at(500), "induction", at(600));
  CHECK(near.sentence == "previous token (step 500) came before induction (step 600): likely, though the two transitions overlap");
  CHECK(order_of("previous token", at(500), "induction", at(505)).sentence.find("came together") != std::string::npos);
}

}  // namespace test_probes_onset
