#pragma once
// From the runs of an experiment to its verdict. Pure: the same numbers give the same sentence everywhere.

#include <map>

#include "experiment.hpp"

namespace induction {

/// A measured number. `censored`: what it counts (a step) had not come when the run ended, so all that is known is that it is
/// more than `number`. NaN: not defined.
struct Measurement {
  double number = 0;
  bool censored = false;
};

/// One run as far as verdicts look at it.
struct Outcome {
  uint32_t seed = 0;
  bool whole = true;  // false: the numbers ran away
  std::map<std::string, Measurement> values;
};
/// One arm's runs. Seed by seed they stand beside another arm's.
using ArmOutcomes = std::vector<Outcome>;

/// Reads measures from a run's result: a line of results.jsonl, or a summary of `induction train` with its config.
/// A measure is a path of members ("final.loss_rep", "onset.induction", "phase.2.before.loss_rep"), "best.SCORE" (largest of all heads),
/// "tokens.PATH" (a step times batch · n_ctx), or "last.PATH": of the last phase, t50 and onset.* from its beginning. Null at a step
/// (onset.*, t50, nearest.*) means that it never came.
Outcome read_outcome(std::string_view result, const std::vector<std::string>& measures);

/// What every report shows, and then what the experiment itself names.
std::vector<std::string> all_measures(const Experiment& experiment);

/// Quartiles by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996); censored ones come last, and a
/// quartile that touches one is censored. Values that are not defined do not count.
struct Quartiles {
  uint32_t count = 0, censored = 0;
  Measurement low, median, high;
};
Quartiles quartiles(const ArmOutcomes& arm, const std::string& measure);

enum class Finding : uint8_t { not_reproduced, unclear, reproduced };
const char* finding_name(Finding finding);

/// Fewer seeds than this never decide.
inline constexpr uint32_t kSeedsNeeded = 5;

struct RuleFinding {
  Finding finding = Finding::unclear;
  std::string evidence;  // a sentence without its end
};
/// A rule holds in a share of the seeds. At least `share`: reproduced. It fails in at least `share`: not reproduced. Between, or with
/// fewer than kSeedsNeeded seeds: unclear. A seed counts for neither where a run ran away or where a censored number leaves it open.
/// `all` is as good as its worst part, `any` as its best. docs/experiments.md.
RuleFinding judge_rule(const Experiment& experiment, const Rule& rule, const std::vector<ArmOutcomes>& arms);

/// Whether the rule holds for one seed: +1 yes, -1 no, 0 open.
int holds(const Rule& rule, const Measurement& a, const Measurement& b);

/// The whole report as JSON text: experiment, claim, verdict, evidence, machine seconds, arms with every run's numbers, signature
/// and status, and quartiles. `results`: per arm the lines of its runs.
std::string experiment_report(const Experiment& experiment, const std::vector<std::vector<std::string>>& results, std::string_view version);

}  // namespace induction
