#pragma once
// Random values of knobs, drawn so that the spec alone says them: value = f(knob's name, number of the draw).

#include <nlohmann/json.hpp>
#include <vector>

#include "config.hpp"

namespace induction {

using Json = nlohmann::ordered_json;

/// A uniform number in [0, 1) with 53 random bits: counter-based, docs/maths.md (17).
double draw_uniform(const std::string& knob, uint32_t index);

struct Law {
  enum class Kind : uint8_t { uniform, log_uniform, choice };
  std::string knob;
  Kind kind = Kind::choice;
  double low = 0, high = 0;
  std::vector<Json> values;  // of a choice

  /// The value of draw `index`. uniform: every value of [low, high] alike (whole knobs: both ends count); log_uniform: the
  /// same of its logarithm. Reals are rounded to six digits, so that they can be read and typed.
  Json value(uint32_t index) const;
};

/// {"log_uniform": [a, b]}, {"uniform": [a, b]} or {"choice": [...]} of one knob; `where` begins the sentence of a refusal.
Law read_law(const std::string& knob, const Json& law, const std::string& where);

/// Refuses a value that the knob (or "preset") does not take.
void check_value(const std::string& knob, const Json& value, const std::string& where);

}  // namespace induction
