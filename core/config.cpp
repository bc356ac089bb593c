#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "config_rules.hpp"
#include "text.hpp"

namespace induction {
namespace {

// "a, b, c" (a stringified option list) -> {"a", "b", "c"}.
std::vector<std::string> split_options(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const auto comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(std::min(list.size(), comma + 2));
  }
  return words;
}

// Words of config.def's `shown`.
constexpr bool always = true;
bool bursty_tokens(const Config& c) {
  return (repeats(c) && !c.without_replacement) || c.task == kind::task::segment || c.task == kind::task::distance ||
         c.task == kind::task::skewed;
}
bool asks_label(const Config& c) { return c.task == kind::task::icl_classify || c.task == kind::task::sentiment; }

// A line of config.def. A table of constants, since code that fills in a list of Knobs is several times as large.
struct Line {
  const char *group, *name;
  KnobType type;
  double min, max, slider_min, slider_max;
  bool slider_log, live;
  const char *unit, *doc, *options;
  double (*get)(const Config&);
  void (*set)(Config&, double);
  bool (*shown)(const Config&);
};

constexpr bool live = true, rebuild = false;
#define KNOB_COMMON(name, appears, type)                                                                                   \
  [](const Config& c) { return static_cast<double>(c.name); }, [](Config& c, double x) { c.name = static_cast<type>(x); }, \
      [](const Config& c) { return static_cast<void>(c), static_cast<bool>(appears); }
#define KNOB_INTEGER(group, name, initial, lo, hi, slo, shi, when, appears, unit, doc) \
  {#group, #name, KnobType::integer, lo, hi, slo, shi, false, when, unit, doc, "", KNOB_COMMON(name, appears, int64_t)},
#define KNOB_REAL(group, name, initial, lo, hi, slo, shi, slog, when, appears, unit, doc) \
  {#group, #name, KnobType::real, lo, hi, slo, shi, slog, when, unit, doc, "", KNOB_COMMON(name, appears, double)},
#define KNOB_BOOLEAN(group, name, initial, when, appears, doc) \
  {#group, #name, KnobType::boolean, 0, 1, 0, 1, false, when, "", doc, "", KNOB_COMMON(name, appears, bool)},
#define KNOB_CHOICE(group, name, initial, when, appears, doc, ...) \
  {#group, #name, KnobType::choice, 0, 0, 0, 0, false, when, "", doc, #__VA_ARGS__, KNOB_COMMON(name, appears, kind::name)},
constexpr Line kLines[] = {
#include "config.def"
};
#undef KNOB_CHOICE
#undef KNOB_BOOLEAN
#undef KNOB_REAL
#undef KNOB_INTEGER
#undef KNOB_COMMON

std::vector<Knob> make_knobs() {
  std::vector<Knob> list;
  for (const Line& l : kLines) {
    list.push_back({l.group, l.name, l.type, l.min, l.max, l.slider_min, l.slider_max, l.slider_log, l.live, l.unit, l.doc,
                    split_options(l.options), l.get, l.set, l.shown});
    if (l.type == KnobType::choice) list.back().max = static_cast<double>(list.back().options.size()) - 1;
  }
  return list;
}

// A knob's value as it was given; JSON text has its quotes already.
std::string value_text(std::string_view text) { return text.starts_with('"') ? std::string(text.substr(0, 40)) : in_quotes(text, 40); }

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row.back();
}

bool parse_number(std::string_view text, double& value) {
  // from_chars for doubles is missing in Emscripten's library, so strtod with a strict frame.
  if (text.empty() || text.size() > 60 || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return false;
  const std::string copy(text);
  char* end = nullptr;
  value = std::strtod(copy.c_str(), &end);
  return end == copy.c_str() + copy.size() && std::isfinite(value);
}

}  // namespace

std::string allowed_text(const Knob& knob) {
  if (knob.type == KnobType::boolean) return "true or false";
  if (knob.type == KnobType::choice) {
    std::string words;
    for (const auto& option : knob.options) words += (words.empty() ? "" : ", ") + option;
    return "one of " + words;
  }
  const std::string what = knob.type == KnobType::integer ? "a whole number" : "a number";
  // 1000000 reads better than 1e+06.
  const auto bound = [](double x) { return x == std::floor(x) ? fixed_text(x, 0) : number_text(x); };
  return what + " from " + bound(knob.min) + " to " + bound(knob.max);
}

const std::vector<Knob>& knobs() {
  static const std::vector<Knob> list = make_knobs();
  return list;
}

const Knob* find_knob(std::string_view name) {
  for (const Knob& knob : knobs())
    if (name == knob.name) return &knob;
  return nullptr;
}

std::string nearest_knob(std::string_view name) {
  if (name.size() > 40) return {};
  std::string best;
  size_t best_distance = 4;  // more than three edits away is another word
  for (const Knob& knob : knobs()) {
    const std::string_view other = knob.name;
    // No fewer edits than one is longer than the other.
    if (std::max(name.size(), other.size()) - std::min(name.size(), other.size()) >= best_distance) continue;
    const size_t distance = edit_distance(name, other);
    if (distance < best_distance && distance < name.size()) best = knob.name, best_distance = distance;
  }
  return best;
}

std::string value_text(const Knob& knob, const Config& config) {
  const double x = knob.get(config);
  if (knob.type == KnobType::boolean) return x != 0 ? "true" : "false";
  if (knob.type == KnobType::choice) return x < static_cast<double>(knob.options.size()) ? knob.options[static_cast<size_t>(x)] : "?";
  if (knob.type == KnobType::integer) return std::to_string(static_cast<int64_t>(x));
  return number_text(x);
}

Problems set_from_text(Config& config, std::string_view name, std::string_view text) {
  const Knob* knob = find_knob(name);
  if (!knob) {
    const std::string near = nearest_knob(name);
    return {
        {std::string(name.substr(0, 40)), "there is no knob " + value_text(name) + (near.empty() ? "" : "; did you mean " + near + "?")}};
  }
  Problems wrong = {{knob->name, std::string(knob->name) + " is " + value_text(text) + "; it must be " + allowed_text(*knob)}};
  double value = 0;
  if (knob->type == KnobType::boolean) {
    if (text != "true" && text != "false" && text != "1" && text != "0") return wrong;
    value = text == "true" || text == "1";
  } else if (knob->type == KnobType::choice) {
    const auto at = std::find(knob->options.begin(), knob->options.end(), text);
    if (at == knob->options.end()) return wrong;
    value = static_cast<double>(at - knob->options.begin());
  } else {
    if (!parse_number(text, value) || value < knob->min || value > knob->max) return wrong;
    if (knob->type == KnobType::integer && value != std::floor(value)) return wrong;
  }
  knob->set(config, value);
  return {};
}

}  // namespace induction
