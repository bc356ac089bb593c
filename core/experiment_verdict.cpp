// Rules on numbers. Reading results and writing reports is core/experiment_report.cpp.

#include "experiment_verdict.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "text.hpp"

namespace induction {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Three digits after the point are what a sentence needs.
std::string short_text(double x) {
  std::string text = fixed_text(x, 3);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string measured_text(const Measurement& value) {
  if (std::isnan(value.number)) return "undefined";
  return (value.censored ? "none by " : "") + short_text(value.number);
}

Measurement value_of(const Outcome& outcome, const std::string& measure) {
  const auto at = outcome.values.find(measure);
  return outcome.whole && at != outcome.values.end() ? at->second : Measurement{kNaN, false};
}

const ArmOutcomes& outcomes_of(const Experiment& experiment, const std::string& arm, const std::vector<ArmOutcomes>& arms) {
  static const ArmOutcomes none;
  for (size_t i = 0; i < experiment.arms.size() && i < arms.size(); ++i)
    if (experiment.arms[i].name == arm) return arms[i];
  return none;
}

// Is a lower than b by what the rule asks? A censored b is more than its number; a censored a may be any larger one.
int is_lower(const Rule& rule, const Measurement& a, const Measurement& b) {
  const double wanted = (a.number + rule.difference) * rule.ratio;  // one of the two is neutral
  const bool beyond =
      rule.difference == 0 && rule.ratio == 1 ? b.number > wanted || (b.censored && b.number == wanted) : b.number >= wanted;
  if (a.censored) return !b.censored && !beyond ? -1 : 0;
  if (beyond) return 1;
  return b.censored ? 0 : -1;
}

int is_within(const Rule& rule, const Measurement& a, const Measurement& b) {
  const bool swapped = a.censored || (!b.censored && a.number > b.number);
  const Measurement &low = swapped ? b : a, &high = swapped ? a : b;
  if (low.censored) return 0;
  const bool near = rule.difference > 0 ? high.number - low.number <= rule.difference : high.number <= low.number * rule.ratio;
  if (high.censored) return near ? 0 : -1;
  return near ? 1 : -1;
}

std::string wanted_text(const Rule& rule) {
  if (rule.is == Rule::Is::within)
    return rule.difference > 0 ? "within " + short_text(rule.difference) : "within a factor of " + short_text(rule.ratio);
  std::string text = rule.is == Rule::Is::lower ? "lower" : "higher";
  if (rule.difference > 0) text += " by at least " + short_text(rule.difference);
  if (rule.ratio > 1) text += " by a factor of at least " + short_text(rule.ratio);
  return text;
}

std::string claim_text(const Rule& rule) {
  const std::string what = rule.measure + " of " + in_quotes(rule.arm);
  switch (rule.is) {
    case Rule::Is::within: return what + " and " + in_quotes(rule.other) + " are " + wanted_text(rule);
    case Rule::Is::lower:
    case Rule::Is::higher: return what + " is " + wanted_text(rule) + " than of " + in_quotes(rule.other);
    case Rule::Is::below: return what + " is below " + short_text(rule.value);
    case Rule::Is::above: return what + " is above " + short_text(rule.value);
    case Rule::Is::happens: return what + " comes";
    case Rule::Is::never: return what + " never comes";
  }
  return what;
}

struct Count {
  uint32_t seeds = 0, yes = 0, no = 0;
};

// Runs of the same seed stand side by side; a seed that only one arm has stays open.
Count count_seeds(const Rule& rule, const ArmOutcomes& first, const ArmOutcomes& second) {
  Count count;
  for (const Outcome& outcome : first) {
    Measurement other;
    if (rule.kind == Rule::Kind::compare) {
      const auto at = std::find_if(second.begin(), second.end(), [&](const Outcome& o) { return o.seed == outcome.seed; });
      other = at == second.end() ? Measurement{kNaN, false} : value_of(*at, rule.measure);
    }
    const int answer = holds(rule, value_of(outcome, rule.measure), other);
    ++count.seeds;
    count.yes += answer > 0, count.no += answer < 0;
  }
  return count;
}

RuleFinding judge_leaf(const Rule& rule, const ArmOutcomes& first, const ArmOutcomes& second) {
  const Count count = count_seeds(rule, first, second);
  const double needed = rule.share * count.seeds - 1e-9;  // 0.8 of 5 is 4, whatever binary fractions say
  RuleFinding finding;
  if (count.seeds >= kSeedsNeeded && count.yes >= needed) finding.finding = Finding::reproduced;
  if (count.seeds >= kSeedsNeeded && count.no >= needed) finding.finding = Finding::not_reproduced;
  finding.evidence = claim_text(rule) + " in " + std::to_string(count.yes) + " of " + std::to_string(count.seeds) + " seeds";
  const uint32_t open = count.seeds - count.yes - count.no;
  if (open > 0) finding.evidence += ", open in " + std::to_string(open);
  finding.evidence += " (median " + measured_text(quartiles(first, rule.measure).median);
  if (rule.kind == Rule::Kind::compare) finding.evidence += " against " + measured_text(quartiles(second, rule.measure).median);
  finding.evidence += ")";
  return finding;
}

}  // namespace

int holds(const Rule& rule, const Measurement& a, const Measurement& b) {
  if (std::isnan(a.number) || std::isnan(b.number)) return 0;
  switch (rule.is) {
    case Rule::Is::lower: return is_lower(rule, a, b);
    case Rule::Is::higher: return is_lower(rule, b, a);
    case Rule::Is::within: return is_within(rule, a, b);
    case Rule::Is::below: return a.censored ? (a.number >= rule.value ? -1 : 0) : (a.number < rule.value ? 1 : -1);
    case Rule::Is::above: return a.censored ? (a.number >= rule.value ? 1 : 0) : (a.number > rule.value ? 1 : -1);
    case Rule::Is::happens: return a.censored ? -1 : 1;
    case Rule::Is::never: return a.censored ? 1 : -1;
  }
  return 0;
}

RuleFinding judge_rule(const Experiment& experiment, const Rule& rule, const std::vector<ArmOutcomes>& arms) {
  if (rule.kind == Rule::Kind::compare || rule.kind == Rule::Kind::bound)
    return judge_leaf(rule, outcomes_of(experiment, rule.arm, arms), outcomes_of(experiment, rule.other, arms));
  const bool all = rule.kind == Rule::Kind::all;
  RuleFinding joined{all ? Finding::reproduced : Finding::not_reproduced, ""};
  for (const Rule& part : rule.parts) {
    const RuleFinding one = judge_rule(experiment, part, arms);
    joined.finding = all ? std::min(joined.finding, one.finding) : std::max(joined.finding, one.finding);
    joined.evidence += (joined.evidence.empty() ? "" : all ? "; " : "; or ") + one.evidence;
  }
  return joined;
}

Quartiles quartiles(const ArmOutcomes& arm, const std::string& measure) {
  std::vector<Measurement> sorted;
  Quartiles found;
  for (const Outcome& outcome : arm)
    if (const Measurement value = value_of(outcome, measure); !std::isnan(value.number))
      sorted.push_back(value), found.censored += value.censored;
  found.count = static_cast<uint32_t>(sorted.size());
  std::sort(sorted.begin(), sorted.end(),
            [](const Measurement& a, const Measurement& b) { return a.censored == b.censored ? a.number < b.number : b.censored; });
  const auto at = [&](double share) {
    if (sorted.empty()) return Measurement{kNaN, false};
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto i = static_cast<size_t>(place);
    const double rest = place - static_cast<double>(i);
    const Measurement& next = sorted[std::min(i + 1, sorted.size() - 1)];
    if (rest == 0) return sorted[i];
    if (next.censored) return next;
    return Measurement{sorted[i].number + rest * (next.number - sorted[i].number), false};
  };
  found.low = at(0.25), found.median = at(0.5), found.high = at(0.75);
  return found;
}

const char* finding_name(Finding finding) {
  constexpr const char* kNames[] = {"not reproduced", "unclear", "reproduced"};
  return kNames[static_cast<size_t>(finding)];
}

}  // namespace induction
