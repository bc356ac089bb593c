// What a measured run's line says. The running is core/measured_run.cpp.

#include <cmath>
#include <nlohmann/json.hpp>

#include "course_json.hpp"
#include "measured_run.hpp"
#include "probes/amplification.hpp"
#include "probes/prompt.hpp"
#include "record.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }
Json step_or_null(const std::optional<uint64_t>& step) { return step ? Json(*step) : Json(nullptr); }

Interventions ablations_of(const ProbeRecord& record, const std::function<bool(const HeadRecord&)>& chosen) {
  Interventions list;
  for (const HeadRecord& head : record.heads) {
    if (!chosen(head)) continue;
    Intervention one;
    one.kind = Intervention::Kind::ablate_zero;
    one.layer = head.layer, one.head = head.head;
    list.push_back(one);
  }
  return list;
}

}  // namespace

std::string MeasuredRun::result() {
  const std::string rules = stop_text(stop_);
  const Json told = Json::parse(summary_json({*record_, run_.signature(), message_, std::nan("")}));
  Json line = {{"status", ending_name(ending_)},
               {"stop", rules.empty() ? Json(nullptr) : Json(rules)},
               {"config", Json::parse(course_to_json(run_.course()))}};
  for (const char* key : {"signature", "steps", "onset"}) line[key] = told[key];
  line["t50"] = step_or_null(half_right_);
  if (nearest_)
    line["nearest"] = {{"uniform", step_or_null(nearest_->uniform)},
                       {"unigram", step_or_null(nearest_->unigram)},
                       {"bigram", step_or_null(nearest_->bigram)}};
  for (const char* key : {"final", "unseen", "held_out", "strategies"}) line[key] = told[key];
  if (!phases_.empty()) line["phase"] = Json::parse(phases_json());
  if (run_.config().task == kind::task::skewed) line["amplification"] = Json::parse(amplification_json(run_.held()));
  if (stop_.ablations) line["without"] = Json::parse(without_json());
  line["heads"] = told["heads"];
  line["message"] = told["stopped"];
  return line.dump();
}

std::string MeasuredRun::phases_json() const {
  Json phases = Json::object();
  for (const PhaseNotes& phase : phases_)
    phases[std::to_string(phases.size() + 1)] = {
        {"at", phase.at},
        {"steps", phase.steps},
        {"before", Json::parse(losses_json(phase.before))},
        {"after", Json::parse(losses_json(phase.after))},
        {"onset", {{"previous_token", step_or_null(phase.previous_token)}, {"induction", step_or_null(phase.induction)}}},
        {"t50", step_or_null(phase.half_right)}};
  return phases.dump();
}

std::string MeasuredRun::amplification_json(const Interventions& held) {
  PromptRunner prompt(run_.config(), held);
  Amplification sum;
  for (const Sequence& row : run_.trainer().dataset.held_out(kHeldOutRows)) {
    const std::vector<int32_t> tokens(row.tokens.begin(), row.tokens.end());
    const PromptResult seen = prompt.run(parameters(), tokens);
    add_amplification(row, seen.probabilities.data(), static_cast<uint32_t>(seen.probabilities.size() / tokens.size()), sum);
  }
  const Json found = {{"share", number(sum.share.value())}, {"predicted", number(sum.predicted.value())}, {"value", number(sum.value())}};
  return found.dump();
}

// The model at its end, zero-ablated: head by head, layer by layer, and all heads of a role. null: there is nothing to ablate, or what is
// held in the model already does not allow it.
std::string MeasuredRun::without_json() {
  Json all = Json::object();
  const auto add = [&](const std::string& name, const std::function<bool(const HeadRecord&)>& chosen) {
    all[name] = Json::parse(ablated_json(ablations_of(*record_, chosen)));
  };
  for (const Role role : {Role::previous_token, Role::induction})
    add(role == Role::induction ? "induction" : "previous_token", [=](const HeadRecord& head) { return head.verdict.role == role; });
  for (uint32_t layer = 0; layer < static_cast<uint32_t>(run_.config().n_layers); ++layer)
    add("layer_" + std::to_string(layer), [=](const HeadRecord& head) { return head.layer == layer; });
  for (const HeadRecord& one : record_->heads)
    add("head_" + std::to_string(one.layer) + "_" + std::to_string(one.head),
        [&](const HeadRecord& head) { return head.layer == one.layer && head.head == one.head; });
  return all.dump();
}

std::string MeasuredRun::ablated_json(const Interventions& ablated) {
  Interventions held = run_.held();
  held.insert(held.end(), ablated.begin(), ablated.end());
  if (ablated.empty() || !problems(held, run_.config()).empty()) return "null";
  Prober prober(run_.config(), run_.trainer().dataset, default_kernels<float>(), held);
  if (!prober.ok()) return "null";
  const Losses losses = prober.measure(parameters()).seen;
  Json found = Json::parse(losses_json(losses));
  found["rise"] = number(losses.loss_rep - record_->seen.loss_rep);
  if (run_.config().task == kind::task::skewed) found["amplification"] = Json::parse(amplification_json(held))["value"];
  return found.dump();
}

}  // namespace induction
