// Results of runs to outcomes, and outcomes to the report.

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "experiment_verdict.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

// The member that a path of names leads to; null where one is missing.
Json member(const Json& line, std::string_view path) {
  const Json* at = &line;
  while (!path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    const std::string name(path.substr(0, dot));
    if (!at->is_object() || !at->contains(name)) return nullptr;
    at = &(*at)[name];
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return *at;
}

double number_at(const Json& line, std::string_view path) {
  const Json value = member(line, path);
  return value.is_number() ? value.get<double>() : kAbsent;
}

Measurement best_score(const Json& line, const std::string& score) {
  double best = kAbsent;
  for (const Json& head : member(line, "heads"))
    if (const double value = number_at(head, score); !(value <= best)) best = std::isnan(value) ? best : value;
  return {best, false};
}

bool has_suffix(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Is it a step at which something comes, or never? Of a phase such steps count from its beginning.
bool is_step(const std::string& path) {
  const bool of_phase = path.rfind("phase.", 0) == 0 && (has_suffix(path, ".t50") || path.find(".onset.") != std::string::npos);
  return path == "t50" || path.rfind("onset.", 0) == 0 || path.rfind("nearest.", 0) == 0 || of_phase;
}

// What a step that never came is known to be later than: the end of its phase, or of the run.
double last_step(const Json& line, const std::string& path) {
  if (path.rfind("phase.", 0) != 0) return number_at(line, "steps");
  return number_at(line, path.substr(0, path.find('.', 6)) + ".steps");
}

// Rows of a step times n_ctx; NaN where phases have batches of their own.
double tokens_of_step(const Json& line) {
  for (const Json& phase : member(line, "config.phases"))
    if (phase.is_object() && phase.contains("batch")) return kAbsent;
  return number_at(line, "config.batch") * number_at(line, "config.n_ctx");
}

// A measure of the last phase, as that of a run of one phase: what it is called in this line.
std::string of_last_phase(const Json& line, const std::string& path) {
  const Json phases = member(line, "phase");
  if (phases.is_object() && !phases.empty()) return "phase." + std::to_string(phases.size()) + "." + path;
  return path.rfind("after.", 0) == 0 ? "final." + path.substr(6) : path;
}

Measurement read_measure(const Json& line, const std::string& measure) {
  if (measure.rfind("last.", 0) == 0) return read_measure(line, of_last_phase(line, measure.substr(5)));
  if (measure.rfind("best.", 0) == 0) return best_score(line, measure.substr(5));
  if (measure.rfind("tokens.", 0) == 0) {
    Measurement steps = read_measure(line, measure.substr(7));
    steps.number *= tokens_of_step(line);
    return steps;
  }
  const double number = number_at(line, measure);
  // A step that is null has not come; any other number that is null, or missing, is not defined.
  const size_t dot = measure.rfind('.');
  const Json parent = dot == std::string::npos ? line : member(line, std::string_view(measure).substr(0, dot));
  const bool there = parent.is_object() && parent.contains(measure.substr(dot + 1));
  if (std::isnan(number) && there && is_step(measure)) return {last_step(line, measure), true};
  return {number, false};
}

Json number_json(double x) { return std::isfinite(x) ? Json(std::round(x * 1e6) / 1e6) : Json(nullptr); }
Json measured_json(const Measurement& value) { return value.censored ? Json(nullptr) : number_json(value.number); }

Json quartiles_json(const Quartiles& q) {
  return {{"count", q.count},
          {"never", q.censored},
          {"q1", measured_json(q.low)},
          {"median", measured_json(q.median)},
          {"q3", measured_json(q.high)}};
}

Json run_json(const Json& line, const Outcome& outcome) {
  Json run = {{"seed", outcome.seed}, {"values", Json::object()}};
  for (const char* key : {"status", "signature", "steps", "seconds"}) run[key] = member(line, key);
  for (const auto& [measure, value] : outcome.values) run["values"][measure] = measured_json(value);
  return run;
}

}  // namespace

Outcome read_outcome(std::string_view result, const std::vector<std::string>& measures) {
  const Json line = Json::parse(result.begin(), result.end(), nullptr, false);
  Outcome outcome;
  const double seed = number_at(line, "config.seed");
  outcome.seed = std::isnan(seed) ? 0 : static_cast<uint32_t>(seed);
  outcome.whole = line.is_object() && member(line, "status") != "diverged";
  for (const std::string& measure : measures) outcome.values[measure] = read_measure(line, measure);
  return outcome;
}

namespace {

void add_measures(const Rule& rule, std::vector<std::string>& list) {
  if (!rule.measure.empty() && std::find(list.begin(), list.end(), rule.measure) == list.end()) list.push_back(rule.measure);
  for (const Rule& part : rule.parts) add_measures(part, list);
}

}  // namespace

std::vector<std::string> all_measures(const Experiment& experiment) {
  std::vector<std::string> list = {"onset.previous_token", "onset.induction",     "t50",
                                   "final.loss_rep",       "final.loss_new",      "final.accuracy_rep",
                                   "unseen.loss_rep",      "unseen.accuracy_rep", "best.previous_token",
                                   "best.induction"};
  for (const std::string& measure : experiment.measures)
    if (std::find(list.begin(), list.end(), measure) == list.end()) list.push_back(measure);
  add_measures(experiment.verdict, list);
  return list;
}

std::string experiment_report(const Experiment& experiment, const std::vector<std::vector<std::string>>& results,
                              std::string_view version) {
  const std::vector<std::string> measures = all_measures(experiment);
  std::vector<ArmOutcomes> outcomes(results.size());
  Json arms = Json::array();
  double seconds = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    Json runs = Json::array(), summary = Json::object();
    for (const std::string& text : results[i]) {
      const Json line = Json::parse(text, nullptr, false);
      outcomes[i].push_back(read_outcome(text, measures));
      runs.push_back(run_json(line, outcomes[i].back()));
      if (const double took = number_at(line, "seconds"); !std::isnan(took)) seconds += took;
    }
    for (const std::string& measure : measures) summary[measure] = quartiles_json(quartiles(outcomes[i], measure));
    arms.push_back({{"name", experiment.arms[i].name},
                    {"knobs", Json::parse(experiment.arms[i].knobs)},
                    {"course", Json::parse(arm_json(experiment, i))},
                    {"summary", std::move(summary)},
                    {"runs", std::move(runs)}});
  }
  const RuleFinding finding = judge_rule(experiment, experiment.verdict, outcomes);
  const Json report = {{"experiment", experiment.name},
                       {"claim", experiment.claim},
                       {"verdict", finding_name(finding.finding)},
                       {"evidence", finding.evidence + "."},
                       {"version", version},
                       {"machine_seconds", std::round(seconds * 10) / 10},
                       {"arms", std::move(arms)}};
  return report.dump();
}

}  // namespace induction
