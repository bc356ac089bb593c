// A measured run and its result line: phases, ablations at the end, amplification.

#include <nlohmann/json.hpp>

#include "course_json.hpp"
#include "measured_run.hpp"
#include "probes/amplification.hpp"
#include "support/support.hpp"

namespace test_measured_run {

using namespace induction;
using Json = nlohmann::ordered_json;

namespace {

// A model of some milliseconds.
const std::string kTiny =
    R"("n_heads": 2, "d_model": 16, "d_vocab": 8, "n_ctx": 12, "batch": 4, "period_min": 3, "period_max": 5, "probe_every": 5)";

struct Made {
  Json line;
  std::string signature;
};

Made made(const std::string& members, const std::string& stop = "") {
  Course course;
  REQUIRE(course_from_json("{" + kTiny + members + "}", course).empty());
  REQUIRE(problems(course).empty());
  StopRules rules;
  REQUIRE(read_stop_text(rules, stop, "stop").empty());
  const std::unique_ptr<Run> run = Run::create(course);
  REQUIRE(run);
  MeasuredRun measured(*run, rules);
  while (measured.advance()) {
  }
  CHECK_FALSE(measured.advance());
  return {Json::parse(measured.result()), run->signature()};
}

}  // namespace

TEST_CASE("a plain measured run is the Run, and says nothing of phases or ablations") {
  const Made one = made(R"(, "steps": 12)");
  Course course;
  REQUIRE(course_from_json("{" + kTiny + R"(, "steps": 12})", course).empty());
  const std::unique_ptr<Run> run = Run::create(course);
  run->advance(12);
  CHECK(one.line["signature"] == run->signature());
  CHECK(one.line["status"] == "finished");
  CHECK(one.line["steps"] == 12);
  for (const char* name : {"phase", "without", "nearest", "amplification"}) CHECK_FALSE(one.line.contains(name));
}

TEST_CASE("each phase is measured on its own rows before and after, and measuring changes nothing") {
  const std::string phases = R"(, "phases": [{"steps": 7}, {"steps": 1, "lr": 0, "task": "bigram"}, {"steps": 4}])";
  const Made one = made(phases);
  const Json& phase = one.line["phase"];
  REQUIRE(phase.size() == 3);
  CHECK(phase["1"]["steps"] == 7);
  CHECK(phase["2"]["at"] == 7);
  CHECK(phase["3"]["at"] == 8);
  // A step without a rate changes no parameter, so what is lost in phase 2 is the same before and after, and phase 3 begins as phase 1
  // ended: to the last digit, as these are the same sums.
  CHECK(phase["2"]["before"] == phase["2"]["after"]);
  CHECK(phase["3"]["before"] == phase["1"]["after"]);
  CHECK(phase["1"]["before"] != phase["1"]["after"]);
  CHECK(phase["3"]["after"]["loss"] == one.line["final"]["loss"]);
  Course course;
  REQUIRE(course_from_json("{" + kTiny + phases + "}", course).empty());
  const std::unique_ptr<Run> run = Run::create(course);
  run->advance(12);
  CHECK(one.signature == run->signature());
}

TEST_CASE("the rule ablations measures the model without heads, layers and roles, and leaves it as it was") {
  const Made one = made(R"(, "steps": 12)", "ablations"), plain = made(R"(, "steps": 12)");
  CHECK(one.signature == plain.signature);
  const Json& without = one.line["without"];
  CHECK(one.line["stop"] == "ablations");
  CHECK(without["induction"].is_null());  // nothing is one after 12 steps
  CHECK(without.contains("head_1_1"));
  const double rise = without["layer_0"]["loss_rep"].get<double>() - one.line["final"]["loss_rep"].get<double>();
  CHECK(rise != 0);
  CHECK(without["layer_0"]["rise"].get<double>() == doctest::Approx(rise));
  // What is ablated while it trains is not ablated once more.
  const Made held = made(R"(, "steps": 3, "interventions": ["ablate 0.0 zero"])", "ablations");
  CHECK((held.line["without"]["head_0_0"].is_null() || held.line["without"]["head_0_0"]["rise"] == 0));
}

TEST_CASE("in-context chains say which strategy was nearest first; a skewed task how far it is amplified") {
  const Made chain = made(R"(, "task": "icl_markov", "steps": 5)");
  CHECK(chain.line["nearest"].size() == 3);
  const Made skewed = made(R"(, "task": "skewed", "steps": 5)");
  const Json& found = skewed.line["amplification"];
  CHECK(found["value"].get<double>() == doctest::Approx(found["predicted"].get<double>() - found["share"].get<double>()));
}

TEST_CASE("amplification: a predictor that repeats the shares has none, one that is sure of the commonest has what is left to one") {
  // Token 0 was followed by 1, 1, 2: at the last 0 the share of token 1 is 2/3.
  Sequence row;
  row.tokens = {0, 1, 0, 1, 0, 2, 0};
  row.inducible = {0, 0, 0, 0, 0, 0, 1};
  const uint32_t width = 3;
  std::vector<float> even(row.tokens.size() * width, 0.0f), sure = even;
  float* last = even.data() + 6 * width;
  last[0] = 0.4f, last[1] = 0.4f, last[2] = 0.2f;  // of the followers alone: 2/3 and 1/3
  sure[6 * width + 1] = 1;
  Amplification calm, keen;
  add_amplification(row, even.data(), width, calm);
  add_amplification(row, sure.data(), width, keen);
  CHECK(calm.share.count == 1);
  CHECK(calm.value() == doctest::Approx(0).epsilon(1e-6));  // floats
  CHECK(keen.value() == doctest::Approx(1.0 / 3));
}

TEST_CASE("rules of a run's end are read and written as the same text") {
  StopRules rules;
  CHECK(read_stop_text(rules, "after-onset:100 diverged ablations", "stop").empty());
  CHECK(stop_text(rules) == "after-onset:100 diverged ablations");
  CHECK(read_stop_rule(rules, "soon", "stop") == "stop is 'soon'; it must be after-onset, after-onset:STEPS, diverged or ablations");
  CHECK(read_stop_rule(rules, "after-onset:x", "stop").find("stop after-onset is 'x'; it must be a whole number") == 0);
}

}  // namespace test_measured_run
