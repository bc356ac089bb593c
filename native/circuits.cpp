#include "circuits.hpp"

#include <cmath>

#include "onsets.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }
Json place_array(const HeadPlace& place) { return {place.layer, place.head}; }

// An object whose undefined members are null and explained.
class Entries {
 public:
  explicit Entries(Json object) : object_(std::move(object)) {}
  void add(const char* name, const Measured<double>& measured) {
    put(name, measured.value ? number(*measured.value) : Json(nullptr), measured.reason);
  }
  void put(const char* name, Json value, const std::string& reason = {}) {
    object_[name] = std::move(value);
    if (!reason.empty()) reasons_[name] = reason;
  }
  Json done() {
    if (!reasons_.empty()) object_["not_defined"] = reasons_;
    return std::move(object_);
  }

 private:
  Json object_, reasons_ = Json::object();
};

Json loss_object(const SplitLoss& loss) {
  return {
      {"loss", number(loss.loss)}, {"loss_new", number(loss.loss_new)}, {"loss_rep", number(loss.loss_rep)}, {"icl", number(loss.icl())}};
}

Json ablations_object(const AblationLosses& losses) {
  Json object = Json::object();
  for (size_t i = 0; i < losses.size(); ++i) object[ablation_name(kAblations[i])] = loss_object(losses[i]);
  return object;
}

Json scores_object(const PatternScores& s, const PatternProfile& p) {
  return {{"previous_token", number(s.previous_token)},
          {"induction", number(s.induction)},
          {"duplicate_token", number(s.duplicate_token)},
          {"current_token", number(p.current_token)},
          {"sink", number(s.first_token)},
          {"induction_stripe", number(p.induction_stripe)},
          {"before_target", number(p.before_target)},
          {"on_target", number(p.on_target)},
          {"after_target", number(p.after_target)},
          {"entropy", number(s.entropy)},
          {"coherence", number(p.coherence)}};
}

Json head_object(const HeadCircuits& head, uint32_t olsson_block) {
  Entries entries(Json{{"layer", head.place.layer}, {"head", head.place.head}, {"pattern", scores_object(head.scores, head.profile)}});
  entries.put("olsson_prefix_matching", number(head.olsson), olsson_block > 0 ? "" : "the context is too short for a block four times");
  entries.add("copying_eigenvalue", head.copying_eigenvalue);
  const auto& diagonal = head.copying_diagonal;
  entries.put("copying_diagonal_share", diagonal.value ? number(diagonal.value->share) : Json(nullptr), diagonal.reason);
  entries.put("copying_diagonal_margin", diagonal.value ? number(diagonal.value->margin) : Json(nullptr), diagonal.reason);
  entries.add("copying_behaviour", head.copying_behaviour);
  const auto& tokens = head.token_composition;
  entries.put("token_k_composition_share", tokens.value ? number(tokens.value->diagonal_share) : Json(nullptr), tokens.reason);
  entries.put("token_k_composition_margin", tokens.value ? number(tokens.value->margin) : Json(nullptr), tokens.reason);
  entries.add("recall_previous", head.recall_previous);
  entries.add("recall_copy", head.recall_copy);
  entries.put("ablated", ablations_object(head.ablated));
  return entries.done();
}

Json pair_object(const PairCircuits& pair) {
  Entries entries(Json{{"from", place_array(pair.from)}, {"to", place_array(pair.to)}});
  entries.add("q_composition", pair.composition.q);
  entries.add("k_composition", pair.composition.k);
  entries.add("v_composition", pair.composition.v);
  entries.add("recall_match", pair.recall_match);
  return entries.done();
}

Json paths_object(const PathReport& report) {
  Json losses = Json::array(), logits = Json::array();
  for (const PathLoss& entry : report.losses) {
    Json object = {{"paths", entry.paths}};
    object.update(loss_object(entry.loss));
    losses.push_back(std::move(object));
  }
  for (size_t i = 0; i < report.right_logits.size(); ++i) {
    const Attribution& part = report.right_logits[i];
    Json heads = Json::array();
    for (const HeadPlace& place : part.heads) heads.push_back(place_array(place));
    const bool longer = part.heads.empty() && i > 0;
    logits.push_back({{"heads", heads},
                      {"kind", longer                  ? "longer"
                               : part.heads.empty()    ? "direct"
                               : part.heads.size() > 1 ? "virtual head"
                                                       : "head"},
                      {"logit", number(part.logit)}});
  }
  return {{"losses", losses}, {"right_logit", logits}};
}

}  // namespace

std::string circuits_json(const CircuitReport& report, const Config& config, uint64_t step, const std::optional<std::string>& metrics) {
  Entries root(Json{{"format", "induction-playground circuits 1"}, {"step", step}});
  root.put("held_out", loss_object(report.loss));
  root.put("chance", {{"pattern", scores_object(report.chance, report.profile_chance)},
                      {"composition", report.composition_baseline},
                      {"diagonal_share", 1.0 / static_cast<double>(config.d_vocab)}});
  root.put("olsson_block", report.olsson_block);
  Json heads = Json::array(), pairs = Json::array(), layers = Json::array();
  for (const HeadCircuits& head : report.heads) heads.push_back(head_object(head, report.olsson_block));
  for (const PairCircuits& pair : report.pairs) pairs.push_back(pair_object(pair));
  for (size_t l = 0; l < report.layer_ablated.size(); ++l)
    layers.push_back({{"layer", l}, {"ablated", ablations_object(report.layer_ablated[l])}});
  root.put("heads", heads);
  root.put("pairs", pairs);
  root.put("layers", layers);
  root.put("paths", report.paths.value ? paths_object(*report.paths.value) : Json(nullptr), report.paths.reason);
  root.put("onset", metrics ? onsets_object(*metrics) : Json(nullptr),
           metrics ? "" : "a single file has no metrics.jsonl; give the folder of the run");
  return root.done().dump(2) + "\n";
}

}  // namespace induction
