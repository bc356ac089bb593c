#pragma once
// Config: every choice that defines a run, generated from config.def.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace induction {

// One enum class per choice knob, named like the knob: kind::positions::rotary.
namespace kind {
#define KNOB_INTEGER(...)
#define KNOB_REAL(...)
#define KNOB_BOOLEAN(...)
#define KNOB_CHOICE(group, name, initial, when, shown, doc, ...) enum class name : uint32_t { __VA_ARGS__ };
#include "config.def"
#undef KNOB_CHOICE
#undef KNOB_BOOLEAN
#undef KNOB_REAL
#undef KNOB_INTEGER
}  // namespace kind

/// All knobs with their defaults; the default Config is the preset `demo`.
struct Config {
#define KNOB_INTEGER(group, name, initial, ...) int64_t name = initial;
#define KNOB_REAL(group, name, initial, ...) double name = initial;
#define KNOB_BOOLEAN(group, name, initial, ...) bool name = initial;
#define KNOB_CHOICE(group, name, initial, ...) kind::name name = kind::name::initial;
#include "config.def"
#undef KNOB_CHOICE
#undef KNOB_BOOLEAN
#undef KNOB_REAL
#undef KNOB_INTEGER
  bool operator==(const Config&) const = default;
};

/// One sentence about one knob; `knob` is empty when it is about several.
struct Problem {
  std::string knob;
  std::string message;
};
using Problems = std::vector<Problem>;

enum class KnobType : uint8_t { integer, real, boolean, choice };

/// What config.def says about one knob, and access to its value. A value is a double (a choice: its index).
struct Knob {
  const char* group;
  const char* name;
  KnobType type;
  double min, max;
  double slider_min, slider_max;
  bool slider_log;
  bool live;
  const char* unit;
  const char* doc;
  std::vector<std::string> options;
  double (*get)(const Config&);
  void (*set)(Config&, double);
  bool (*shown)(const Config&);  // does it do anything in this Config?
};

/// All knobs in the order of config.def.
const std::vector<Knob>& knobs();
/// nullptr when there is no such knob.
const Knob* find_knob(std::string_view name);
/// The nearest knob name to a misspelt one, for error sentences; empty when none is near.
std::string nearest_knob(std::string_view name);

/// A knob's value as words: `0.01`, `true`, `rotary`.
std::string value_text(const Knob& knob, const Config& config);
/// Sets a knob from words, as in a flag or a URL. Returns the problems found (none: it is set); checks type and range.
Problems set_from_text(Config& config, std::string_view name, std::string_view text);

/// Everything that is wrong with a Config: ranges first, then combinations. Never throws.
Problems problems(const Config& config);

/// Rows of W_E and columns of W_U: d_vocab and the special tokens after it.
int64_t token_count(const Config& config);

/// Does the task read a reader's own data?
bool own_data(const Config& config);
/// Are its task's tokens random, each as good as any other? Knobs like zipf and tokens_used are about such.
bool random_tokens(const Config& config);
/// What its task knows of a Config: with a start token, rows that are one token shorter; with tokens_used, a vocabulary of so many. What is
/// wrong with tokens_used and tokens_first stays.
Config for_task(const Config& config);

/// d_head after 0 (automatic) is resolved: d_model / n_heads rounded down, even under rotary positions, at least 2.
int64_t head_width(const Config& config);

/// The same model as it is asked rather than trained: same parameters, and each position's plain next-token loss.
Config for_evaluation(const Config& config);

/// A named Config with one sentence for people.
struct Preset {
  const char* name;
  const char* doc;
  Config config;
};
const std::vector<Preset>& presets();
/// nullptr when there is no such preset.
const Preset* find_preset(std::string_view name);

}  // namespace induction
