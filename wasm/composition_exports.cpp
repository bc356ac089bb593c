// Who composes with whom: the arrows between the layers. Measured anew at each call, on the model as it is.

#include <emscripten/emscripten.h>

#include "circuit_json.hpp"
#include "probes/composition.hpp"
#include "probes/token_composition.hpp"

using namespace induction;
using namespace induction::circuits;

namespace {

// Effects of all pairs, in the order of all_compositions; empty, and why, where they would hold up training.
std::vector<PathEffect> effects(Session* s, uint32_t rows, std::string& why_not) {
  if (rows == 0) {
    why_not = "this model is too large to be measured without each earlier head while it trains";
    return {};
  }
  std::vector<std::vector<uint32_t>> tokens;
  for (const Sequence& sequence : s->run->trainer().dataset.held_out(rows)) tokens.push_back(sequence.tokens);
  PathPatching model = patching(s, tokens);
  if (model.ok()) return path_effects(model);
  why_not = "there is not enough memory to measure the model without each earlier head";
  return {};
}

Json token_k(const ModelWeights& weights, HeadPlace from, HeadPlace to) {
  if (weights.W_E.rows > kLargestTokenComposition) return nullptr;
  const WeightedHead one{from, 1.0};
  const auto found = token_composition(weights, to, {&one, 1});
  return found.value ? Json{{"share", found.value->diagonal_share}, {"margin", found.value->margin}} : Json();
}

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE const char* ip_composition(Session* s) {
  const ModelWeights weights = weights_of(s);
  const std::vector<ComposedPair> pairs = all_compositions(weights);
  const uint32_t rows = pairs.empty() ? 4 : path_effect_rows(weights.config);
  std::string why_not = pairs.empty() ? no_earlier_layer(0) : std::string();
  const std::vector<PathEffect> found = pairs.empty() ? std::vector<PathEffect>() : effects(s, rows, why_not);
  Json list = Json::array();
  for (size_t i = 0; i < pairs.size(); ++i) {
    const auto& [from, to, scores] = pairs[i];
    Json effect, chance;
    if (!found.empty()) {
      effect = inputs(found[i].q, found[i].k, found[i].v);
      chance = inputs(found[i].q_chance, found[i].k_chance, found[i].v_chance);
    }
    list.push_back({{"from", place(from)},
                    {"to", place(to)},
                    {"effect", effect},
                    {"chance", chance},
                    {"weights", inputs(number(scores.q), number(scores.k), number(scores.v))},
                    {"token_k", token_k(weights, from, to)}});
  }
  const std::string norm = norm_hides(weights.config), scores = first_reason({norm, scores_not_bilinear(weights.config)});
  return hand_out_json({{"step", s->run->step()},
                        {"rows", rows},
                        {"baseline", composition_baseline(weights.config)},
                        {"not_defined", {{"effect", reason(why_not)}, {"q", reason(scores)}, {"k", reason(scores)}, {"v", reason(norm)}}},
                        {"pairs", list}});
}

}  // extern "C"
