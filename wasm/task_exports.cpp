// What a reader is told about a run's task and knobs: which knobs do anything, what tokens are called, which levels its losses have.

#include <emscripten/emscripten.h>

#include <nlohmann/json.hpp>

#include "session.hpp"

using namespace induction;

namespace {

using Json = nlohmann::ordered_json;

const char* hand_out_json(const Json& value) { return hand_out(value.dump(-1, ' ', false, Json::error_handler_t::replace)); }

// Names of all tokens; null where they are just the numbers.
Json labels_of(const Dataset& dataset, int64_t tokens) {
  Json labels = Json::array();
  bool named = false;
  for (uint32_t token = 0; token < tokens; ++token) {
    const std::string label = dataset.label(token);
    named = named || label != std::to_string(token);
    labels.push_back(label);
  }
  return named ? labels : Json();
}

}  // namespace

extern "C" {

/// Names of the knobs that do something in the present Config.
EMSCRIPTEN_KEEPALIVE const char* ip_shown(Session* s) {
  Json names = Json::array();
  for (const Knob& knob : knobs())
    if (knob.shown(s->run->config())) names.push_back(knob.name);
  return hand_out_json(names);
}

/// Labels of the tokens (or null) and the closed forms of the task's losses.
EMSCRIPTEN_KEEPALIVE const char* ip_task(Session* s) {
  const Dataset& dataset = s->run->trainer().dataset;
  Json lines = Json::array();
  for (const Line& line : dataset.lines())
    lines.push_back({{"name", line.name}, {"value", line.value}, {"doc", line.doc}, {"inducible", line.inducible}});
  return hand_out_json({{"labels", labels_of(dataset, token_count(s->run->config()))}, {"lines", lines}});
}

}  // extern "C"
