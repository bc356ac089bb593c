#include "record.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }
Json step_or_null(const std::optional<uint64_t>& step) { return step ? Json(*step) : Json(nullptr); }

Json losses_object(const Losses& losses) {
  return {{"loss", number(losses.loss)},
          {"loss_new", number(losses.loss_new)},
          {"loss_rep", number(losses.loss_rep)},
          {"accuracy_rep", number(losses.accuracy_rep)},
          {"accuracy_query", number(losses.accuracy_query)}};
}

// What both kinds of record say of rows other than the seen ones, and of strategies.
void add_sets(Json& root, const ProbeRecord& record) {
  root["unseen"] = record.unseen ? losses_object(*record.unseen) : Json(nullptr);
  root["held_out"] = Json::object();
  for (const SetLosses& set : record.held_out) root["held_out"][set.name] = losses_object(set.losses);
  root["strategies"] = nullptr;
  if (record.strategies)
    root["strategies"] = {{"uniform", number(record.strategies->uniform)},
                          {"unigram", number(record.strategies->unigram)},
                          {"bigram", number(record.strategies->bigram)}};
}

Json heads_array(const ProbeRecord& record) {
  Json heads = Json::array();
  for (const HeadRecord& head : record.heads)
    heads.push_back({{"layer", head.layer},
                     {"head", head.head},
                     {"previous_token", number(head.scores.previous_token)},
                     {"induction", number(head.scores.induction)},
                     {"duplicate_token", number(head.scores.duplicate_token)},
                     {"first_token", number(head.scores.first_token)},
                     {"entropy", number(head.scores.entropy)},
                     {"role", role_name(head.verdict.role)},
                     {"confidence", number(head.verdict.confidence)},
                     {"evidence", head.evidence},
                     {"token_k_composition", head.token_k_composition ? number(*head.token_k_composition) : Json(nullptr)}});
  return heads;
}

Json alarms_array(const ProbeRecord& record) {
  Json alarms = Json::array();
  for (const Alarm& alarm : record.alarms)
    alarms.push_back({{"alarm", alarm_name(alarm.kind)},
                      {"layer", alarm.layer ? Json(*alarm.layer) : Json(nullptr)},
                      {"head", alarm.head ? Json(*alarm.head) : Json(nullptr)},
                      {"evidence", alarm.evidence}});
  return alarms;
}

Json onset_object(const Onset& onset) {
  return {{"previous_token", step_or_null(onset.previous_token)}, {"induction", step_or_null(onset.induction)}};
}

}  // namespace

std::string losses_json(const Losses& losses) { return losses_object(losses).dump(); }

std::string probe_json(const ProbeRecord& record) {
  Json root = {{"step", record.step}};
  root.update(losses_object(record.seen));
  root["loss_by_position"] = Json::array();
  for (const double x : record.loss_by_position) root["loss_by_position"].push_back(number(x));
  add_sets(root, record);
  root["heads"] = heads_array(record);
  root["alarms"] = alarms_array(record);
  root["onset"] = onset_object(record.onset);
  return root.dump();
}

std::string patch_json(const Measured<PatchReport>& patches) {
  if (!patches.value) return Json{{"not_defined", patches.reason}}.dump();
  const PatchReport& p = *patches.value;
  const Json root = {{"position", p.read_position},      {"right", p.right}, {"wrong", p.wrong}, {"clean", number(p.clean)},
                     {"corrupted", number(p.corrupted)}, {"head", p.head},   {"resid", p.resid}};
  return root.dump();
}

std::string summary_json(const Summary& summary) {
  const ProbeRecord& record = summary.record;
  Json root = {{"signature", summary.signature}, {"steps", record.step}, {"steps_per_second", number(summary.steps_per_second)}};
  // Said where it matters: the signature is then this processor's own.
  if (summary.numerics == Numerics::fast) root["numerics"] = "fast";
  root["final"] = losses_object(record.seen);
  add_sets(root, record);
  root["heads"] = heads_array(record);
  root["alarms"] = alarms_array(record);
  root["onset"] = onset_object(record.onset);
  root["stopped"] = summary.stopped.empty() ? Json(nullptr) : Json(summary.stopped);
  return root.dump(2);
}

}  // namespace induction
