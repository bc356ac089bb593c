// Experiments: rules on constructed numbers, specs that are no specs, and every spec of the catalogue.

#include <algorithm>
#include <cmath>
#include <limits>

#include "experiment_verdict.hpp"
#include "support/support.hpp"

namespace test_experiment {

using namespace induction;

namespace {

const std::string kSpec = R"({"name": "t", "title": "T", "claim": "C", "source": "S", "watch": "W",
  "baseline": {"name": "a", "knobs": {"preset": "demo", "steps": 100}}, "arms": [{"name": "b", "knobs": {"n_layers": 1}}],
  "measure": ["t50"], "verdict": RULE})";

std::string spec_with(const std::string& rule) {
  std::string text = kSpec;
  return text.replace(text.find("RULE"), 4, rule);
}

Experiment experiment_with(const std::string& rule) {
  Experiment experiment;
  const Problems found = experiment_from_json(spec_with(rule), experiment);
  REQUIRE_MESSAGE(found.empty(), (found.empty() ? "" : found[0].message));
  return experiment;
}

constexpr double kNever = -1;  // in the lists below: had not come by step 100

ArmOutcomes arm_of(const std::vector<double>& numbers) {
  ArmOutcomes arm;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const bool never = numbers[i] == kNever;
    arm.push_back({static_cast<uint32_t>(i), true, {{"t50", {never ? 100 : numbers[i], never}}}});
  }
  return arm;
}

std::string verdict(const std::string& rule, const std::vector<double>& a, const std::vector<double>& b) {
  const Experiment experiment = experiment_with(rule);
  return finding_name(judge_rule(experiment, experiment.verdict, {arm_of(a), arm_of(b)}).finding);
}

const std::string kLower = R"({"compare": ["a", "b"], "measure": "t50", "by": "lower", "at_least": 10})";

std::string problem_of(const std::string& text) {
  Experiment experiment;
  const Problems found = experiment_from_json(text, experiment);
  return found.empty() ? "" : found[0].message;
}

}  // namespace

TEST_CASE("a comparison is reproduced in four of five seeds, not reproduced in one of five, unclear between") {
  const std::vector<double> b = {50, 50, 50, 50, 50};
  CHECK(verdict(kLower, {40, 40, 40, 40, 41}, b) == "reproduced");
  CHECK(verdict(kLower, {40, 40, 40, 41, 41}, b) == "unclear");
  CHECK(verdict(kLower, {40, 40, 41, 41, 41}, b) == "unclear");
  CHECK(verdict(kLower, {40, 41, 41, 41, 41}, b) == "not reproduced");
}

TEST_CASE("fewer than five seeds are unclear, whatever they show") {
  CHECK(verdict(kLower, {1, 1, 1, 1}, {99, 99, 99, 99}) == "unclear");
  CHECK(verdict(kLower, {1, 1, 1, 1, 1}, {99, 99, 99, 99, 99}) == "reproduced");
}

TEST_CASE("what never came counts as later only as far as the run went") {
  const std::vector<double> never(5, kNever);
  CHECK(verdict(kLower, {90, 90, 90, 90, 90}, never) == "reproduced");      // 100 is 10 more
  CHECK(verdict(kLower, {95, 95, 95, 95, 95}, never) == "unclear");         // it might have come at 101
  CHECK(verdict(kLower, never, {90, 90, 90, 90, 90}) == "not reproduced");  // it came, if ever, later than 90
  CHECK(verdict(kLower, never, never) == "unclear");
}

TEST_CASE("a run that ran away, or a number that is not defined, leaves its seed open") {
  const Experiment experiment = experiment_with(kLower);
  std::vector<ArmOutcomes> arms = {arm_of({1, 1, 1, 1, 1}), arm_of({99, 99, 99, 99, 99})};
  arms[0][0].whole = false;
  CHECK(judge_rule(experiment, experiment.verdict, arms).finding == Finding::reproduced);
  arms[1][1].values["t50"] = {std::numeric_limits<double>::quiet_NaN(), false};
  const RuleFinding finding = judge_rule(experiment, experiment.verdict, arms);
  CHECK(finding.finding == Finding::unclear);
  CHECK(finding.evidence == "t50 of 'a' is lower by at least 10 than of 'b' in 3 of 5 seeds, open in 2 (median 1 against 99)");
}

TEST_CASE("seeds are compared in pairs, by their number and not by their place") {
  const Experiment experiment = experiment_with(kLower);
  ArmOutcomes a = arm_of({10, 20, 30, 40, 50});
  const ArmOutcomes b = arm_of({20, 30, 40, 50, 60});
  std::reverse(a.begin(), a.end());
  CHECK(judge_rule(experiment, experiment.verdict, {a, b}).finding == Finding::reproduced);
}

TEST_CASE("higher, factors and 'within' mean what they say") {
  const std::vector<double> tens(5, 10), twelves(5, 12), never(5, kNever);
  const auto rule = [](const char* by, const char* how) {
    return std::string(R"({"compare": ["a", "b"], "measure": "t50", "by": ")") + by + "\", " + how + "}";
  };
  CHECK(verdict(rule("higher", R"("at_least": 2)"), twelves, tens) == "reproduced");
  CHECK(verdict(rule("higher", R"("at_least": 2.1)"), twelves, tens) == "not reproduced");
  CHECK(verdict(rule("lower", R"("ratio": 1.2)"), tens, twelves) == "reproduced");
  CHECK(verdict(rule("lower", R"("ratio": 1.3)"), tens, twelves) == "not reproduced");
  CHECK(verdict(rule("lower", R"("at_least": 0)"), tens, tens) == "not reproduced");
  CHECK(verdict(rule("within", R"("ratio": 1.2)"), twelves, tens) == "reproduced");
  CHECK(verdict(rule("within", R"("ratio": 1.1)"), tens, twelves) == "not reproduced");
  CHECK(verdict(rule("within", R"("at_most": 2)"), tens, twelves) == "reproduced");
  CHECK(verdict(rule("within", R"("ratio": 9)"), tens, never) == "not reproduced");
  CHECK(verdict(rule("within", R"("ratio": 11)"), tens, never) == "unclear");
}

TEST_CASE("bounds: below, above, happens, never") {
  const auto rule = [](const char* is) { return std::string(R"({"arm": "a", "measure": "t50", "is": )") + is + "}"; };
  const std::vector<double> tens(5, 10), never(5, kNever);
  CHECK(verdict(rule(R"("below", "value": 11)"), tens, {}) == "reproduced");
  CHECK(verdict(rule(R"("below", "value": 10)"), tens, {}) == "not reproduced");
  CHECK(verdict(rule(R"("above", "value": 9)"), tens, {}) == "reproduced");
  CHECK(verdict(rule(R"("above", "value": 100)"), never, {}) == "reproduced");
  CHECK(verdict(rule(R"("above", "value": 101)"), never, {}) == "unclear");
  CHECK(verdict(rule(R"("happens")"), tens, {}) == "reproduced");
  CHECK(verdict(rule(R"("never")"), never, {}) == "reproduced");
  CHECK(verdict(rule(R"("never")"), tens, {}) == "not reproduced");
}

TEST_CASE("'all' is as good as its worst rule, 'any' as its best") {
  const std::string yes = R"({"arm": "a", "measure": "t50", "is": "happens"})", no = R"({"arm": "a", "measure": "t50", "is": "never"})",
                    open = R"({"arm": "a", "measure": "final.loss", "is": "below", "value": 1})";
  const std::vector<double> tens(5, 10);
  CHECK(verdict(R"({"all": [)" + yes + "," + yes + "]}", tens, {}) == "reproduced");
  CHECK(verdict(R"({"all": [)" + yes + "," + open + "]}", tens, {}) == "unclear");
  CHECK(verdict(R"({"all": [)" + open + "," + no + "]}", tens, {}) == "not reproduced");
  CHECK(verdict(R"({"any": [)" + no + "," + yes + "]}", tens, {}) == "reproduced");
  CHECK(verdict(R"({"any": [)" + no + "," + open + "]}", tens, {}) == "unclear");
  CHECK(verdict(R"({"any": [)" + no + "," + no + "]}", tens, {}) == "not reproduced");
}

TEST_CASE("quartiles interpolate, put what never came last, and leave out what is not defined") {
  const Quartiles q = quartiles(arm_of({4, 1, 3, 2}), "t50");
  CHECK(q.low.number == 1.75);
  CHECK(q.median.number == 2.5);
  CHECK(q.high.number == 3.25);
  const Quartiles late = quartiles(arm_of({kNever, 1, 3, 2, kNever}), "t50");
  CHECK(late.median.number == 3);
  CHECK_FALSE(late.median.censored);
  CHECK(late.high.censored);
  CHECK(late.censored == 2);
  CHECK(quartiles(arm_of({1, 2}), "final.loss").count == 0);
}

TEST_CASE("an outcome reads paths, best scores and tokens from the line of a run") {
  const std::string line = R"({"status": "finished", "steps": 700, "config": {"seed": 3, "batch": 8, "n_ctx": 12}, "t50": 50,
    "onset": {"induction": null}, "final": {"loss_rep": 0.5}, "heads": [{"induction": 0.2}, {"induction": null}, {"induction": 0.7}]})";
  const Outcome o =
      read_outcome(line, {"t50", "tokens.t50", "onset.induction", "tokens.onset.induction", "final.loss_rep", "best.induction", "final.x"});
  CHECK(o.seed == 3);
  CHECK(o.whole);
  CHECK(o.values.at("tokens.t50").number == 50 * 96);
  CHECK(o.values.at("onset.induction").censored);
  CHECK(o.values.at("tokens.onset.induction").number == 700 * 96);
  CHECK(o.values.at("tokens.onset.induction").censored);
  CHECK(o.values.at("final.loss_rep").number == 0.5);
  CHECK(o.values.at("best.induction").number == 0.7);
  CHECK(std::isnan(o.values.at("final.x").number));
}

TEST_CASE("a spec that is none is refused in one sentence that names the place") {
  CHECK(problem_of("{") == "the experiment is not valid JSON");
  CHECK(problem_of(spec_with(R"({"arm": "c", "measure": "t50", "is": "never"})")) == "verdict names the arm \"c\"; the arms are 'a', 'b'");
  CHECK(problem_of(spec_with(R"({"all": [{"arm": "a", "measure": "t50", "is": "late"}]})")) ==
        "verdict[0]: is must be one of below, above, happens, never");
  CHECK(problem_of(spec_with(R"({"compare": ["a", "b"], "measure": "t50", "by": "lower"})")) == "verdict needs either at_least or ratio");
  CHECK(problem_of(spec_with(R"({"arm": "a", "measure": "t50", "is": "never", "in_share_of_seeds": 0.5})")) ==
        "verdict: in_share_of_seeds must be above 0.5 and at most 1");
  std::string text = spec_with(kLower);
  CHECK(problem_of(text.replace(text.find("\"n_layers\": 1"), 13, "\"n_layers\": 2")) == "arm 'b' has the same knobs as arm 'a'");
  text = spec_with(kLower);
  CHECK(problem_of(text.replace(text.find("n_layers"), 8, "n_layerz")).find("did you mean n_layers?") != std::string::npos);
  text = spec_with(kLower);
  CHECK(problem_of(text.replace(text.find("\"watch\""), 7, "\"look\"")) == "the experiment has no member 'look'");
}

TEST_CASE("an arm is a Course: phases and interventions, each refused in one sentence that names the arm") {
  const auto with = [](const std::string& knobs) {
    std::string text = spec_with(kLower);
    return text.replace(text.find("\"n_layers\": 1"), 13, knobs);
  };
  Experiment experiment;
  REQUIRE(experiment_from_json(with(R"("phases": [{"steps": 3, "task": "bigram"}, {"steps": 4, "interventions": ["clamp 0.1 previous"]}])"),
                               experiment)
              .empty());
  const Course course = arm_course(experiment, 1, 7);
  REQUIRE(course.phases.size() == 2);
  CHECK(course.length() == 7);
  CHECK(course.phases[0].config.task == kind::task::bigram);
  CHECK(course.phases[1].config.seed == 7);
  CHECK(course.phases[1].held.size() == 1);
  CHECK(arm_course(experiment, 0, 7).plain());
  CHECK(problem_of(with(R"("phases": [{"task": "bigram"}])")).find("arm 'b': phase 1: it must be an object that says its steps") == 0);
  CHECK(problem_of(with(R"("phases": [{"steps": 3}, {"steps": 3, "n_layers": 1}])")).find("arm 'b': phase 2: n_layers is 1") == 0);
  CHECK(problem_of(with(R"("interventions": ["ablate 9.0 zero"])")).find("arm 'b': ") == 0);
  CHECK(problem_of(with(R"("interventions": [])")) == "arm 'b' has the same knobs as arm 'a'");
}

TEST_CASE("measures of phases: steps count from a phase's beginning, never is later than its end, what is missing is not defined") {
  const std::string line = R"({"config": {"seed": 1, "batch": 2, "n_ctx": 8}, "steps": 90, "t50": 10, "onset": {"induction": null},
    "final": {"loss_rep": 0.5}, "nearest": {"unigram": 5, "bigram": null}, "phase": {
      "1": {"steps": 40, "t50": 10, "onset": {"induction": null}, "after": {"loss_rep": 1}},
      "2": {"steps": 50, "t50": null, "onset": {"induction": 0}, "before": {"loss_rep": 2}, "after": {"loss_rep": 0.5}}}})";
  const Outcome outcome = read_outcome(
      line, {"t50", "phase.1.t50", "phase.1.onset.induction", "phase.2.t50", "last.t50", "last.onset.induction", "phase.2.before.loss_rep",
             "last.after.loss_rep", "nearest.unigram", "nearest.bigram", "phase.3.t50", "without.induction.rise", "tokens.t50"});
  const auto is = [&](const char* measure, double number, bool censored) {
    CAPTURE(measure);
    const Measurement found = outcome.values.at(measure);
    CHECK(found.number == number);
    CHECK(found.censored == censored);
  };
  is("t50", 10, false), is("phase.1.t50", 10, false), is("phase.1.onset.induction", 40, true);
  is("phase.2.t50", 50, true), is("last.t50", 50, true), is("last.onset.induction", 0, false);
  is("phase.2.before.loss_rep", 2, false), is("last.after.loss_rep", 0.5, false);
  is("nearest.unigram", 5, false), is("nearest.bigram", 90, true), is("tokens.t50", 160, false);
  for (const char* missing : {"phase.3.t50", "without.induction.rise"}) CHECK(std::isnan(outcome.values.at(missing).number));
  const Outcome plain = read_outcome(R"({"config": {"seed": 1}, "steps": 90, "t50": null, "final": {"loss_rep": 3}})",
                                     {"last.t50", "last.after.loss_rep", "nearest.bigram"});
  CHECK(plain.values.at("last.t50").censored);
  CHECK(plain.values.at("last.after.loss_rep").number == 3);
  CHECK(std::isnan(plain.values.at("nearest.bigram").number));
}

TEST_CASE("every experiment of the catalogue is one: its knobs have no problems, and no arm is another once more") {
  CHECK(experiment_catalogue().size() >= 45);
  for (const CatalogueEntry& entry : experiment_catalogue()) {
    CAPTURE(entry.name);
    Experiment experiment;
    const Problems found = experiment_from_json(entry.text, experiment);
    CHECK_MESSAGE(found.empty(), (found.empty() ? "" : found[0].message));
    CHECK(experiment.name == entry.name);
    CHECK(experiment.seeds >= kSeedsNeeded);
    for (size_t arm = 0; arm < experiment.arms.size(); ++arm) CHECK(problems(arm_course(experiment, arm, 1)).empty());
  }
}

}  // namespace test_experiment
