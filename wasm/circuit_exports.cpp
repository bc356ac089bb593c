// What the section about one head asks, in a module of its own (circuits.wasm) that is loaded with it: a head's circuits over the
// vocabulary, what adds up to a logit, patches between prompts. Measured anew at each call, on the model as it is.

#include <emscripten/emscripten.h>

#include <algorithm>
#include <cmath>

#include "circuit_json.hpp"
#include "config_json.hpp"
#include "probes/attribution.hpp"
#include "probes/head_circuit.hpp"
#include "record.hpp"

using namespace induction;
using namespace induction::circuits;

namespace {

// Numbers of a map into `floats`, its diagonal and whether it is there into JSON.
Json map_json(const Measured<TokenMap>& map, std::vector<float>& floats) {
  floats.clear();
  if (!map.value) return {{"not_defined", map.reason}, {"diagonal_share", nullptr}, {"diagonal_margin", nullptr}};
  floats.assign(map.value->values.values.begin(), map.value->values.values.end());
  return {{"not_defined", nullptr}, {"diagonal_share", map.value->diagonal.share}, {"diagonal_margin", map.value->diagonal.margin}};
}

Json eigenvalues_json(const Measured<std::vector<std::complex<double>>>& found) {
  Json list = Json::array();
  if (found.value)
    for (const std::complex<double>& value : *found.value) list.push_back({value.real(), value.imag()});
  return list;
}

const char* source_name(LogitSource source) {
  const char* const names[] = {"embedding", "head", "pair", "longer", "mlp", "norm_bias"};
  return names[static_cast<size_t>(source)];
}

Json parts_json(const std::vector<LogitPart>& parts) {
  Json list = Json::array();
  for (const LogitPart& part : parts) {
    Json heads = Json::array();
    for (const HeadPlace& head : part.heads) heads.push_back(place(head));
    list.push_back({{"source", source_name(part.source)}, {"heads", heads}, {"logits", part.logits}});
  }
  return list;
}

// The true next token where there is one, then the one with the largest logit.
std::vector<uint32_t> asked(const PathPatching& model, const std::vector<uint32_t>& row, uint32_t position) {
  const std::vector<float> logits = model.read("logits");
  const auto width = static_cast<std::ptrdiff_t>(logits.size() / row.size());
  const auto first = logits.begin() + position * width;
  std::vector<uint32_t> tokens;
  if (position + 1 < row.size()) tokens.push_back(row[position + 1]);
  tokens.push_back(static_cast<uint32_t>(std::max_element(first, first + width) - first));
  return tokens;
}

}  // namespace

extern "C" {

/// through_layer −1: no earlier head. The maps are then in ip_map: 0 QK, 1 QK through the earlier head, 2 OV.
EMSCRIPTEN_KEEPALIVE const char* ip_head_circuit(Session* s, int layer, int head, int through_layer, int through_head) {
  const ModelWeights weights = weights_of(s);
  const auto at = [](int l, int h) { return HeadPlace{static_cast<uint32_t>(l), static_cast<uint32_t>(h)}; };
  const auto there = [&](int l, int h) { return l >= 0 && h >= 0 && l < weights.config.n_layers && h < weights.config.n_heads; };
  if (!there(layer, head) || (through_layer >= 0 && !there(through_layer, through_head)))
    return hand_out(problems_json({{"", "this model has " + std::to_string(weights.config.n_layers) + " layers of " +
                                            std::to_string(weights.config.n_heads) + " heads; the head that was asked for is not there"}}));
  const HeadCircuit found =
      head_circuit(weights, at(layer, head), through_layer < 0 ? std::nullopt : std::optional(at(through_layer, through_head)));
  return hand_out_json({{"problems", Json::array()},
                        {"step", s->run->step()},
                        {"size", weights.W_E.rows},
                        {"qk", map_json(found.qk, s->maps[0])},
                        {"qk_through", map_json(found.qk_through, s->maps[1])},
                        {"ov", map_json(found.ov, s->maps[2])},
                        {"eigenvalues", eigenvalues_json(found.eigenvalues)},
                        {"copying", number(found.copying)},
                        {"copying_not_defined", reason(found.copying.reason)}});
}
EMSCRIPTEN_KEEPALIVE const float* ip_map(Session* s, int map) { return s->maps[map].data(); }
EMSCRIPTEN_KEEPALIVE int ip_map_size(Session* s, int map) { return static_cast<int>(s->maps[map].size()); }

/// pair: layer and head of an earlier head, then of a later one whose contribution is also measured deaf to it; pair[0] −1: none.
EMSCRIPTEN_KEEPALIVE const char* ip_attribution(Session* s, const int32_t* tokens, int n, int position, const int32_t* pair) {
  const std::span<const int32_t> given(tokens, static_cast<size_t>(n));
  const Config& c = s->run->config();
  if (const std::string wrong = s->prompt.problem(given); !wrong.empty()) return hand_out(problems_json({{"", wrong}}));
  if (position < 0 || position >= n)
    return hand_out(problems_json(
        {{"", "position " + std::to_string(position) + " is not in the sequence; it has positions 0 to " + std::to_string(n - 1)}}));
  const bool composed = pair[0] >= 0 && pair[0] < pair[2] && pair[2] < c.n_layers && std::max(pair[1], pair[3]) < c.n_heads &&
                        std::min(pair[1], pair[3]) >= 0 &&
                        !copies(s->run->held(), static_cast<uint32_t>(pair[2]), static_cast<uint32_t>(pair[3]));
  const std::vector<uint32_t> row(given.begin(), given.end());
  PathPatching model = patching(s, {row});
  if (!model.ok()) return hand_out(problems_json({{"", "there is not enough memory to take this prediction apart"}}));
  const auto at = static_cast<uint32_t>(position);
  const std::vector<uint32_t> wanted = asked(model, row, at);
  const LogitAttribution found = attribute_logits(model, s->run->held(), at, wanted);
  Json deaf;
  if (composed) {
    const HeadPlace from{static_cast<uint32_t>(pair[0]), static_cast<uint32_t>(pair[1])};
    const HeadPlace to{static_cast<uint32_t>(pair[2]), static_cast<uint32_t>(pair[3])};
    const ComposedHead both = attribute_composition(model, from, to, at, wanted);
    deaf = {{"from", place(from)}, {"to", place(to)}, {"logits", both.logits}, {"without", both.without}};
  }
  return hand_out_json({{"problems", Json::array()},
                        {"step", s->run->step()},
                        {"position", position},
                        {"tokens", wanted},
                        {"totals", found.totals},
                        {"not_by_path", reason(found.not_by_path)},
                        {"parts", parts_json(found.parts)},
                        {"composed", deaf}});
}

/// Activation patching between two prompts of n tokens each, the clean one first. asked: the position to read, the right and the wrong
/// token, −1 each for what PatchPair says. patch_json, or problems.
EMSCRIPTEN_KEEPALIVE const char* ip_patch(Session* s, const int32_t* tokens, int n, const int32_t* asked) {
  const auto given = [&](int i) { return asked[i] < 0 ? std::nullopt : std::optional(static_cast<uint32_t>(asked[i])); };
  const PatchPair pair{{tokens, tokens + n}, {tokens + n, tokens + 2 * n}, given(0), given(1), given(2)};
  const Trainer& trainer = s->run->trainer();
  if (const std::string wrong = patch_problem(trainer.config, pair); !wrong.empty()) return hand_out(problems_json({{"", wrong}}));
  s->patches.reset();  // first: two of them need not fit
  s->patches = std::make_unique<PatchRun>(trainer.config, pair, s->run->held());
  if (s->patches->ok()) return hand_out(patch_json(s->patches->measure(s->run->cpu().region(trainer.program.parameter_region))));
  s->patches.reset();
  return hand_out(problems_json({{"", "there is not enough memory to patch this model"}}));
}

/// Where the Program of the last pair (ip_program's number 2) takes the places to patch, and where its logits are.
EMSCRIPTEN_KEEPALIVE const char* ip_patch_places(Session* s) {
  if (!s->patches) return hand_out("null");
  const Program& p = s->patches->cpu().program();
  const auto region = [&](TensorId id) { return Json{p.tensors[id].offset, p.tensors[id].elements()}; };
  return hand_out_json({{"patched", region(p.patched)}, {"logits", region(p.logits)}});
}

}  // extern "C"
