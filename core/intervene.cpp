#include "intervene.hpp"

#include <cmath>
#include <cstdlib>

#include "model.hpp"
#include "text.hpp"

namespace induction {
namespace {

using Kind = Intervention::Kind;

constexpr size_t kLongestLine = 1400;  // characters: a patch may name 256 tokens of four figures

struct Verb {
  const char* verb;
  const char* what;
  Kind kind;
};
constexpr Verb kVerbs[] = {{"ablate", "zero", Kind::ablate_zero},         {"ablate", "mean", Kind::ablate_mean},
                           {"ablate", "resample", Kind::ablate_resample}, {"ablate", "pattern_preserving", Kind::ablate_pattern_preserving},
                           {"clamp", "previous", Kind::clamp_previous},   {"clamp", "match", Kind::clamp_match},
                           {"clamp", "uniform", Kind::clamp_uniform},     {"clamp", "given", Kind::clamp_given}};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

bool read_number(std::string_view digits, uint32_t& number, size_t most = 3) {
  if (digits.empty() || digits.size() > most || digits.find_first_not_of("0123456789") != std::string_view::npos) return false;
  number = static_cast<uint32_t>(std::atoi(std::string(digits).c_str()));
  return true;
}

bool read_head(std::string_view word, uint32_t& layer, uint32_t& head) {
  const size_t dot = word.find('.');
  return dot != std::string_view::npos && read_number(word.substr(0, dot), layer) && read_number(word.substr(dot + 1), head);
}

bool read_factor(std::string_view word, double& factor) {
  if (word.empty() || word.size() > 30 || word.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return false;
  const std::string copy(word);
  char* end = nullptr;
  factor = std::strtod(copy.c_str(), &end);
  return end == copy.c_str() + copy.size() && std::fabs(factor) <= 1000;
}

std::string head_text(uint32_t layer, uint32_t head) { return std::to_string(layer) + "." + std::to_string(head); }

std::string read_path(const std::vector<std::string_view>& words, const std::string& here, Intervention& made) {
  made.kind = Kind::path;
  if (words.size() != 5 || !read_head(words[1], made.layer, made.head) || !read_head(words[3], made.to_layer, made.to_head))
    return here + " must be path L.H q|k|v M.H FACTOR, such as path 0.1 k 1.2 0";
  if (words[2] != "q" && words[2] != "k" && words[2] != "v")
    return here + ": a path ends at an input q, k or v, not at " + in_quotes(words[2]);
  made.input = words[2][0];
  if (!read_factor(words[4], made.factor))
    return here + ": the factor is " + in_quotes(words[4]) + "; it must be a number from -1000 to 1000";
  return {};
}

bool read_tokens(std::string_view word, std::vector<int32_t>& tokens) {
  for (bool more = true; more;) {
    const size_t end = std::min(word.find('-'), word.size());
    uint32_t token = 0;
    if (!read_number(word.substr(0, end), token, 4)) return false;
    tokens.push_back(static_cast<int32_t>(token));
    more = end < word.size();
    word.remove_prefix(std::min(end + 1, word.size()));
  }
  return true;
}

std::string read_patch(const std::vector<std::string_view>& words, const std::string& here, Intervention& made) {
  made.kind = Kind::patch;
  uint32_t position = 0;
  const bool all = words.size() == 4 && words[2] == "all";
  if (words.size() != 4 || !read_head(words[1], made.layer, made.head) || !(all || read_number(words[2], position)) ||
      !read_tokens(words[3], made.prompt))
    return here + " must be patch L.H all|POSITION TOKENS, such as patch 1.2 all 3-7-1-3";
  made.position = all ? -1 : static_cast<int32_t>(position);
  return {};
}

std::string read_freeze(const std::vector<std::string_view>& words, const std::string& here, Intervention& made) {
  made.kind = Kind::freeze;
  uint32_t layer = 0, head = 0;
  const bool place = words.size() == 2 && read_head(words[1], layer, head);
  constexpr const char* kNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
  if (!place && (words.size() < 2 || words.size() > 3 || words[1].find_first_not_of(kNames) != std::string_view::npos ||
                 (words.size() == 3 && !read_number(words[2], head))))
    return here + " must be freeze NAME, freeze NAME H or freeze L.H, such as freeze blocks.0.attn.W_Q 1";
  made.frozen.name = place ? "blocks." + std::to_string(layer) + ".attn" : std::string(words[1]);
  if (place || words.size() == 3) made.frozen.head = static_cast<int32_t>(head);
  return {};
}

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
    found.push_back({"", "intervention " + in_quotes(text) + ": there is no head " + head_text(layer, head) + "; layers are 0 to " +
                             std::to_string(c.n_layers - 1) + " and heads 0 to " + std::to_string(c.n_heads - 1)});
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

std::string text_of(const Intervention& i) {
  if (i.kind == Kind::path)
    return "path " + head_text(i.layer, i.head) + " " + i.input + " " + head_text(i.to_layer, i.to_head) + " " + number_text(i.factor);
  if (i.kind == Kind::freeze) return "freeze " + i.frozen.name + (i.frozen.head < 0 ? "" : " " + std::to_string(i.frozen.head));
  if (i.kind == Kind::patch) {
    std::string text = "patch " + head_text(i.layer, i.head) + (i.position < 0 ? " all" : " " + std::to_string(i.position));
    for (size_t t = 0; t < i.prompt.size(); ++t) text += (t == 0 ? ' ' : '-') + std::to_string(i.prompt[t]);
    return text;
  }
  const Verb& verb = kVerbs[static_cast<size_t>(i.kind)];
  return std::string(verb.verb) + " " + head_text(i.layer, i.head) + " " + verb.what;
}

std::string read_intervention(std::string_view text, Intervention& intervention) {
  const std::string here = "intervention " + in_quotes(text);
  if (text.size() > kLongestLine) return here + " is too long; a line has at most 1400 characters";
  const std::vector<std::string_view> words = words_of(text);
  const std::string_view verb = words.empty() ? std::string_view() : words[0];
  Intervention made;
  if (verb == "path" || verb == "freeze" || verb == "patch") {
    const auto read = verb == "path" ? read_path : verb == "patch" ? read_patch : read_freeze;
    if (std::string wrong = read(words, here, made); !wrong.empty()) return wrong;
    intervention = made;
    return {};
  }
  if (verb != "ablate" && verb != "clamp") return here + " must begin with ablate, clamp, path, patch or freeze";
  std::string kinds;
  for (const Verb& one : kVerbs)
    if (verb == one.verb) kinds += (kinds.empty() ? "" : "|") + std::string(one.what);
  if (words.size() != 3 || !read_head(words[1], made.layer, made.head)) return here + " must be " + std::string(verb) + " L.H " + kinds;
  for (const Verb& one : kVerbs)
    if (verb == one.verb && words[2] == one.what) {
      made.kind = one.kind;
      intervention = made;
      return {};
    }
  return here + ": there is no kind " + in_quotes(words[2]) + "; " + std::string(verb) + " takes " + kinds;
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
