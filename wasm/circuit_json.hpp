#pragma once
// What both files about circuits say in JSON, and the model that they look into.

#include <nlohmann/json.hpp>

#include "probes/path_patching.hpp"
#include "session.hpp"

namespace induction::circuits {

using Json = nlohmann::ordered_json;

inline const char* hand_out_json(const Json& value) { return hand_out(value.dump(-1, ' ', false, Json::error_handler_t::replace)); }

inline Json place(HeadPlace head) { return {{"layer", head.layer}, {"head", head.head}}; }
inline Json reason(const std::string& sentence) { return sentence.empty() ? Json() : Json(sentence); }
inline Json number(const Measured<double>& found) { return found.value ? Json(*found.value) : Json(); }
inline Json inputs(Json q, Json k, Json v) { return {{"q", std::move(q)}, {"k", std::move(k)}, {"v", std::move(v)}}; }

inline ModelWeights weights_of(Session* s) {
  const Trainer& trainer = s->run->trainer();
  return read_weights<float>(trainer.config, trainer.program, s->run->cpu().region(trainer.program.parameter_region));
}

inline PathPatching patching(Session* s, const std::vector<std::vector<uint32_t>>& rows) {
  const Trainer& trainer = s->run->trainer();
  return {trainer.config, s->run->held(), rows, s->run->cpu().region(trainer.program.parameter_region)};
}

}  // namespace induction::circuits
