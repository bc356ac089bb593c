// Interventions as lines of text.

#include <cmath>
#include <cstdlib>

#include "intervene.hpp"
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

// 10 reads better than 1e+01.
std::string factor_text(double x) { return x == std::floor(x) ? fixed_text(x, 0) : number_text(x); }

std::string head_text(uint32_t layer, uint32_t head) { return std::to_string(layer) + "." + std::to_string(head); }

std::string wrong_factor(const std::string& here, std::string_view word) {
  return here + ": the factor is " + in_quotes(word) + "; it must be a number from -1000 to 1000";
}

std::string read_path(const std::vector<std::string_view>& words, const std::string& here, Intervention& made) {
  made.kind = Kind::path;
  if (words.size() != 5 || !read_head(words[1], made.layer, made.head) || !read_head(words[3], made.to_layer, made.to_head))
    return here + " must be path L.H q|k|v M.H FACTOR, such as path 0.1 k 1.2 0";
  if (words[2] != "q" && words[2] != "k" && words[2] != "v")
    return here + ": a path ends at an input q, k or v, not at " + in_quotes(words[2]);
  made.input = words[2][0];
  return read_factor(words[4], made.factor) ? "" : wrong_factor(here, words[4]);
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

std::string read_copy(const std::vector<std::string_view>& words, const std::string& here, Intervention& made) {
  made.kind = Kind::copy;
  if (words.size() != 3 || !read_head(words[1], made.layer, made.head)) return here + " must be copy L.H FACTOR, such as copy 1.0 10";
  return read_factor(words[2], made.factor) ? "" : wrong_factor(here, words[2]);
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

// Verbs with a form of their own.
constexpr std::pair<std::string_view, std::string (*)(const std::vector<std::string_view>&, const std::string&, Intervention&)> kReaders[] =
    {{"path", read_path}, {"patch", read_patch}, {"copy", read_copy}, {"freeze", read_freeze}};

}  // namespace

std::string text_of(const Intervention& i) {
  if (i.kind == Kind::path)
    return "path " + head_text(i.layer, i.head) + " " + i.input + " " + head_text(i.to_layer, i.to_head) + " " + factor_text(i.factor);
  if (i.kind == Kind::copy) return "copy " + head_text(i.layer, i.head) + " " + factor_text(i.factor);
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
  for (const auto& [name, read] : kReaders) {
    if (verb != name) continue;
    if (std::string wrong = read(words, here, made); !wrong.empty()) return wrong;
    intervention = made;
    return {};
  }
  if (verb != "ablate" && verb != "clamp") return here + " must begin with ablate, clamp, copy, path, patch or freeze";
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

}  // namespace induction
