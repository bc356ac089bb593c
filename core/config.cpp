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
bool repeats(const Config& c) { return c.task == kind::task::repeat || c.task == kind::task::repeat_fixed; }
bool copies(const Config& c) {
  return repeats(c) || c.task == kind::task::segment || c.task == kind::task::trigger || c.task == kind::task::distance;
}
bool random_tokens(const Config& c) { return copies(c) || c.task == kind::task::bigram || c.task == kind::task::skewed; }
bool bursty_tokens(const Config& c) {
  return (repeats(c) && !c.without_replacement) || c.task == kind::task::segment || c.task == kind::task::distance ||
         c.task == kind::task::skewed;
}
bool asks_label(const Config& c) { return c.task == kind::task::icl_classify || c.task == kind::task::sentiment; }

std::vector<Knob> make_knobs() {
  std::vector<Knob> list;
  constexpr bool live = true, rebuild = false;
#define KNOB_COMMON(name, appears, type)                                                                                   \
  [](const Config& c) { return static_cast<double>(c.name); }, [](Config& c, double x) { c.name = static_cast<type>(x); }, \
      [](const Config& c) { return static_cast<void>(c), static_cast<bool>(appears); }
#define KNOB_INTEGER(group, name, initial, lo, hi, slo, shi, when, appears, unit, doc) \
  list.push_back({#group, #name, KnobType::integer, lo, hi, slo, shi, false, when, unit, doc, {}, KNOB_COMMON(name, appears, int64_t)});
#define KNOB_REAL(group, name, initial, lo, hi, slo, shi, slog, when, appears, unit, doc) \
  list.push_back({#group, #name, KnobType::real, lo, hi, slo, shi, slog, when, unit, doc, {}, KNOB_COMMON(name, appears, double)});
#define KNOB_BOOLEAN(group, name, initial, when, appears, doc) \
  list.push_back({#group, #name, KnobType::boolean, 0, 1, 0, 1, false, when, "", doc, {}, KNOB_COMMON(name, appears, bool)});
#define KNOB_CHOICE(group, name, initial, when, appears, doc, ...)                                                \
  list.push_back({#group, #name, KnobType::choice, 0, 0, 0, 0, false, when, "", doc, split_options(#__VA_ARGS__), \
                  KNOB_COMMON(name, appears, kind::name)});
#include "config.def"
#undef KNOB_CHOICE
#undef KNOB_BOOLEAN
#undef KNOB_REAL
#undef KNOB_INTEGER
#undef KNOB_COMMON
  for (Knob& knob : list)
    if (knob.type == KnobType::choice) knob.max = static_cast<double>(knob.options.size()) - 1;
  return list;
}

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

// What a person typed, made safe to quote: printable and short.
std::string quoted(std::string_view text) {
  if (!text.empty() && text.front() == '"') return std::string(text.substr(0, 40));  // JSON text is quoted already
  std::string out = "'";
  for (const char c : text.substr(0, 40)) out += (static_cast<unsigned char>(c) < 32 || c == 127) ? '?' : c;
  return out + (text.size() > 40 ? "…'" : "'");
}

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
  // from_chars for doubles is missing there too, so strtod with a strict frame.
  if (text.empty() || text.size() > 60 || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return false;
  const std::string copy(text);
  char* end = nullptr;
  value = std::strtod(copy.c_str(), &end);
  return end == copy.c_str() + copy.size() && std::isfinite(value);
}

}  // namespace

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
    const size_t distance = edit_distance(name, knob.name);
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
    return {{std::string(name.substr(0, 40)), "there is no knob " + quoted(name) + (near.empty() ? "" : "; did you mean " + near + "?")}};
  }
  Problems wrong = {{knob->name, std::string(knob->name) + " is " + quoted(text) + "; it must be " + allowed_text(*knob)}};
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

int64_t token_count(const Config& config) {
  return config.d_vocab + (config.start_token ? 1 : 0) + (config.objective == kind::objective::masked ? 1 : 0);
}

Config for_task(const Config& config) {
  Config task = config;
  if (task.start_token) --task.n_ctx;
  task.start_token = false;
  return task;
}

bool own_data(const Config& config) { return config.task == kind::task::tokens || config.task == kind::task::text; }

// The objective and its weights stay: only a training Program asks for weights, rows have targets as the objective says, and the mask
// token is one of the tokens.
Config for_evaluation(const Config& config) {
  const Config plain;
  Config asked = config;
  asked.loss_kind = plain.loss_kind, asked.label_smoothing = plain.label_smoothing;
  asked.dropout = asked.attention_dropout = 0;
  asked.frozen_embedding = asked.frozen_unembedding = asked.frozen_norm = asked.frozen_mlp = false;
  asked.frozen_q = asked.frozen_k = asked.frozen_v = asked.frozen_o = false;
  return asked;
}

int64_t head_width(const Config& config) {
  if (config.d_head != 0) return config.d_head;
  const int64_t width = config.d_model / std::max<int64_t>(1, config.n_heads);
  if (config.positions == kind::positions::rotary) return std::max<int64_t>(2, width / 2 * 2);
  return std::max<int64_t>(2, width);
}

void refuse(Problems& found, const char* knob, int64_t value, const std::string& why) {
  found.push_back({knob, std::string(knob) + " is " + std::to_string(value) + "; " + why});
}

namespace {

// A repeated block must fit, and leave at least one position at which the model can use it.
void check_repeat(const Config& c, Problems& found) {
  const auto text = [](int64_t x) { return std::to_string(x); };
  if (c.period_max >= c.n_ctx)
    refuse(found, "period_max", c.period_max, "a block must be shorter than the context (n_ctx " + text(c.n_ctx) + ") or nothing repeats");
  if (c.without_replacement && c.d_vocab < c.period_max)
    refuse(found, "d_vocab", c.d_vocab, "without_replacement needs at least period_max (" + text(c.period_max) + ") different tokens");
  if (c.without_replacement && c.burstiness > 0)
    found.push_back(
        {"burstiness",
         "burstiness takes tokens that a block already has, and without_replacement allows none twice; switch one of them off"});
  if (c.task == kind::task::repeat_fixed) return;
  if (c.period_min > c.period_max)
    refuse(found, "period_min", c.period_min, "it must not be above period_max (" + text(c.period_max) + ")");
  else if (c.periods > c.period_max - c.period_min + 1)
    refuse(found, "periods", c.periods,
           "period_min to period_max (" + text(c.period_min) + " to " + text(c.period_max) + ") are only " +
               text(c.period_max - c.period_min + 1) + " different periods");
}

// Rules of one task each; a task has no rule about the knobs of another.
void check_task(const Config& c, Problems& found) {
  const auto text = [](int64_t x) { return std::to_string(x); };
  using kind::task;
  if (repeats(c)) check_repeat(c, found);
  if (c.task == task::segment && 2 * c.segment_length > c.n_ctx)
    refuse(found, "segment_length", c.segment_length,
           "a segment and its copy must fit into the context, so at most half of n_ctx (" + text(c.n_ctx / 2) + ") is allowed");
  if (c.task == task::trigger && c.triggers >= c.d_vocab)
    refuse(found, "triggers", c.triggers, "some token must not be a trigger, so fewer than d_vocab (" + text(c.d_vocab) + ") are allowed");
  if (c.task == task::distance && 2 * c.distance_max > c.n_ctx)
    refuse(found, "distance_max", c.distance_max,
           "two triggers must fit wherever the first one stands, so at most half of n_ctx (" + text(c.n_ctx / 2) + ") is allowed");
  if (c.task == task::distance && c.d_vocab < 3)
    refuse(found, "d_vocab", c.d_vocab, "the task distance needs at least 3 tokens: the trigger and two answers");
  if (c.task == task::skewed && c.d_vocab < 4)
    refuse(found, "d_vocab", c.d_vocab, "the task skewed needs at least 4 tokens: the cue, its two followers and another");
}

// Something must count in the loss.
void check_objective(const Config& c, Problems& found) {
  if (c.objective != kind::objective::inducible) return;
  if (c.task == kind::task::bigram)
    found.push_back({"objective", "objective is inducible; the task bigram repeats nothing, so it needs next or query"});
  if (c.inducible_weight == 0)
    found.push_back({"inducible_weight", "inducible_weight is 0; with the objective inducible it must be above 0 or nothing is learned"});
}

// Something must be left to train.
void check_frozen(const Config& c, Problems& found) {
  const bool trained = !c.frozen_embedding || !(c.frozen_unembedding || c.tied_embedding) || !c.frozen_q || !c.frozen_k || !c.frozen_v ||
                       !c.frozen_o || (c.norm != kind::norm::none && !c.frozen_norm) || (c.d_mlp > 0 && !c.frozen_mlp);
  if (!trained) found.push_back({"frozen_embedding", "every parameter is frozen; at least one of the frozen_ knobs must be false"});
}

}  // namespace

Problems problems(const Config& config) {
  Problems found;
  for (const Knob& knob : knobs()) {
    const double x = knob.get(config);
    // NaN fails every comparison, so the test is for being inside.
    if (!(x >= knob.min && x <= knob.max))
      found.push_back({knob.name, std::string(knob.name) + " is " + value_text(knob, config) + "; it must be " + allowed_text(knob)});
  }
  if (!found.empty()) return found;
  check_objective(config, found);
  if (config.positions == kind::positions::rotary && head_width(config) % 2 != 0)
    found.push_back({"d_head", "d_head is " + std::to_string(config.d_head) + "; rotary positions rotate pairs, so it must be even"});
  check_task(for_task(config), found);
  check_in_context(for_task(config), found);
  check_frozen(config, found);
  return found;
}

}  // namespace induction
