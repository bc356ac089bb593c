// Which interventions a model has a place for.

#include "intervene.hpp"

#include <algorithm>
#include <cmath>

#include "model.hpp"
#include "text.hpp"

namespace induction {
namespace {

using Kind = Intervention::Kind;

void check_freezes(const Interventions& list, const Config& c, Problems& found) {
  const std::vector<FrozenPart> parts = frozen_parts(list);
  if (parts.empty()) return;
  const auto length = static_cast<uint32_t>(c.n_ctx);
  const Program program = record_model(c, {1, length, length});
  for (const FrozenPart& part : parts)
    if (const std::string wrong = frozen_problem(program, part); !wrong.empty()) found.push_back({"", "intervention freeze: " + wrong});
}

void check_head(const std::string& text, uint32_t layer, uint32_t head, const Config& c, Problems& found) {
  if (layer >= static_cast<uint32_t>(c.n_layers) || head >= static_cast<uint32_t>(c.n_heads))
    found.push_back({"", "intervention " + in_quotes(text) + ": there is no head " + std::to_string(layer) + "." + std::to_string(head) +
                             "; layers are 0 to " + std::to_string(c.n_layers - 1) + " and heads 0 to " + std::to_string(c.n_heads - 1)});
}

void check_path(const Intervention& path, const std::string& text, const Config& c, Problems& found) {
  check_head(text, path.to_layer, path.to_head, c, found);
  if (path.to_layer <= path.layer)
    found.push_back({"", "intervention " + in_quotes(text) + ": the path must end in a later layer than " + std::to_string(path.layer)});
  if (c.norm != kind::norm::none)
    found.push_back(
        {"norm", "intervention " + in_quotes(text) + " is not defined with a norm, which mixes what the heads add; norm must be none"});
  if (c.dropout > 0)
    found.push_back({"dropout", "intervention " + in_quotes(text) +
                                    " is not defined with dropout, which drops part of what the head adds; dropout must be 0"});
}

// Without the causal mask keys after the query can be attended to; what these two mean there is for a given pattern to say.
void check_clamp(const Intervention& clamp, const std::string& text, const Config& c, Problems& found) {
  if (c.bidirectional && (clamp.kind == Kind::clamp_match || clamp.kind == Kind::clamp_uniform))
    found.push_back(
        {"bidirectional", "intervention " + in_quotes(text) +
                              " is about the keys up to the query, so bidirectional must be false; clamp L.H given takes any pattern"});
}

// Values go through both streams of a pattern-preserving ablation, a path into them would only change one.
bool mixes_streams(const Intervention& a, const Intervention& b) {
  return a.kind == Kind::ablate_pattern_preserving && b.kind == Kind::path && b.input == 'v';
}

void check_patch(const Intervention& patch, const std::string& text, const Config& c, Problems& found) {
  const auto length = static_cast<int64_t>(patch.prompt.size());
  const std::string here = "intervention " + in_quotes(text);
  if (length > c.n_ctx)
    found.push_back(
        {"", here + ": its prompt has " + std::to_string(length) + " tokens; at most n_ctx (" + std::to_string(c.n_ctx) + ") are allowed"});
  else if (patch.position >= length)
    found.push_back({"", here + ": position " + std::to_string(patch.position) + " is not in its prompt, which has positions 0 to " +
                             std::to_string(length - 1)});
  for (const int32_t token : patch.prompt)
    if (token >= token_count(c)) {
      found.push_back({"", here + ": its prompt's token " + std::to_string(token) + " is not in the vocabulary; tokens are 0 to " +
                               std::to_string(token_count(c) - 1)});
      return;
    }
}

void check_given(const Intervention& given, const std::string& text, const Config& c, Problems& found) {
  const auto length = static_cast<size_t>(c.n_ctx);
  if (given.values.size() != length * length) {
    found.push_back(
        {"", "intervention " + in_quotes(text) + " needs a pattern of " + std::to_string(length) + " rows (n_ctx) of as many numbers"});
    return;
  }
  for (size_t i = 0; i < given.values.size(); ++i)
    if (!std::isfinite(given.values[i]) || (i % length > i / length && !c.bidirectional && given.values[i] != 0)) {
      found.push_back({"", "intervention " + in_quotes(text) + ": its pattern's row " + std::to_string(i / length) + ", key " +
                               std::to_string(i % length) + " must be a finite number" +
                               (c.bidirectional ? "" : ", and 0 for keys after the query")});
      return;
    }
}

// Which of two would win is nothing to guess about.
bool same_place(const Intervention& a, const Intervention& b) {
  if (a.layer != b.layer || a.head != b.head) return false;
  if (a.kind == Kind::path && b.kind == Kind::path) return a.input == b.input && a.to_layer == b.to_layer && a.to_head == b.to_head;
  if (a.kind == Kind::patch && b.kind == Kind::patch) return a.position < 0 || b.position < 0 || a.position == b.position;
  return (a.replaces_output() && b.replaces_output()) || (a.clamps() && b.clamps());
}

// One of the list and those before it.
void check_pairs(const Interventions& list, size_t i, Problems& found) {
  for (size_t j = 0; j < i; ++j) {
    const std::string both = "interventions " + in_quotes(text_of(list[j])) + " and " + in_quotes(text_of(list[i]));
    if (same_place(list[i], list[j])) found.push_back({"", both + " are about the same place; give one of them"});
    if (mixes_streams(list[i], list[j]) || mixes_streams(list[j], list[i]))
      found.push_back({"", both + " cannot be held together: with kept patterns values come from two streams, and a path is about one"});
  }
}

}  // namespace

std::vector<FrozenPart> frozen_parts(const Interventions& list) {
  std::vector<FrozenPart> parts;
  for (const Intervention& one : list)
    if (one.kind == Kind::freeze) parts.push_back(one.frozen);
  return parts;
}

bool copies(const Interventions& list, uint32_t layer, uint32_t head) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Intervention& one) { return one.kind == Kind::copy && one.layer == layer && one.head == head; });
}

Problems problems(const Interventions& list, const Config& c) {
  Problems found;
  if (list.size() > kMostInterventions)
    return {{"", "there are " + std::to_string(list.size()) + " interventions; at most 64 are allowed"}};
  for (size_t i = 0; i < list.size(); ++i) {
    const Intervention& one = list[i];
    const std::string text = text_of(one);
    if (one.kind != Kind::freeze) check_head(text, one.layer, one.head, c, found);
    if (one.kind == Kind::path) check_path(one, text, c, found);
    if (one.kind == Kind::patch) check_patch(one, text, c, found);
    if (one.kind == Kind::clamp_given) check_given(one, text, c, found);
    if (one.clamps()) check_clamp(one, text, c, found);
    check_pairs(list, i, found);
  }
  check_freezes(list, c, found);
  return found;
}

}  // namespace induction
