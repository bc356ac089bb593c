#pragma once
// An experiment: a claim from the literature, the runs that test it, and the rule that says whether they bear it out. The spec is
// data (experiments/NAME.json, docs/experiments.md); the command line and the page read the same one.

#include <cstdint>

#include "course.hpp"

namespace induction {

/// One setting of an experiment. `knobs` is a JSON object, a Course's (course_json.hpp): it may have phases and interventions. The first
/// arm is the baseline, the others lie over it, member by member.
struct ExperimentArm {
  std::string name, knobs;
};

/// What must be seen, per seed. `compare` sets two arms of the same seed beside each other, `bound` one arm beside a number;
/// `all` and `any` join rules.
struct Rule {
  enum class Kind : uint8_t { all, any, compare, bound };
  enum class Is : uint8_t { lower, higher, within, below, above, happens, never };
  Kind kind = Kind::all;
  Is is = Is::lower;
  std::vector<Rule> parts;          // of all and any
  std::string arm, other, measure;  // `other`: the second arm of a comparison
  double difference = 0;            // lower, higher: at least so much; within: at most; 0 with a ratio
  double ratio = 1;                 // the same as a factor
  double value = 0;                 // below, above
  double share = 0.8;               // of the seeds in which it must hold, above one half
};

struct Experiment {
  std::string name, title, claim, source, watch;
  std::vector<ExperimentArm> arms;  // the baseline first
  uint32_t seeds = 5;
  std::vector<std::string> stop;      // rules that end runs early, as in docs/sweeps.md
  std::vector<std::string> measures;  // what its table shows
  Rule verdict;
};

/// Reads a spec. Problems (one sentence each, `experiment` is unchanged): what is missing, unknown, or names no arm; knobs, phases and
/// interventions that no Course takes; combinations with problems(); an arm that is the baseline once more.
Problems experiment_from_json(std::string_view text, Experiment& experiment);

/// An arm's Course as JSON text: the baseline's members with the arm's over them. The experiment must have come from experiment_from_json.
std::string arm_json(const Experiment& experiment, size_t arm);
/// The same with a seed, read.
Course arm_course(const Experiment& experiment, size_t arm, uint32_t seed);

/// The specs in experiments/, by name, as JSON text.
struct CatalogueEntry {
  const char *name, *text;
};
const std::vector<CatalogueEntry>& experiment_catalogue();

}  // namespace induction
