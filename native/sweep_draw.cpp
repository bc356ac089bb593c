#include "sweep_draw.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "config_json.hpp"
#include "exact.hpp"
#include "refusal.hpp"
#include "rng.hpp"
#include "run_id.hpp"

namespace induction {
namespace {

constexpr auto kStream = static_cast<Stream>(0x53574550);  // "SWEP", far from core's streams

double log2_of(double x) { return exact_ln(x) / exact_ln(2); }

double rounded(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", x);
  return std::strtod(text, nullptr);
}

// [a, b] of a law that needs an order.
void read_bounds(Law& law, const Json& list, const std::string& where) {
  const Knob* knob = find_knob(law.knob);
  if (!knob || knob->type == KnobType::boolean || knob->type == KnobType::choice)
    refuse(where + ": " + law.knob + " has no order; give it {\"choice\": [...]}");
  if (list.size() != 2) refuse(where + ": the bounds must be [a, b]");
  for (const Json& bound : list) check_value(law.knob, bound, where);
  law.low = list[0].get<double>(), law.high = list[1].get<double>();
  if (!(law.low < law.high)) refuse(where + ": the first bound must be below the second");
  if (law.kind == Law::Kind::log_uniform && law.low <= 0) refuse(where + ": log_uniform needs bounds above 0");
}

}  // namespace

double draw_uniform(const std::string& knob, uint32_t index) {
  const Random2 word = random2(0, kStream, static_cast<uint32_t>(text_hash(knob)), index);
  return static_cast<double>((uint64_t{word.a} << 32 | word.b) >> 11) * 0x1p-53;
}

Json Law::value(uint32_t index) const {
  const double u = draw_uniform(knob, index);
  if (kind == Kind::choice) return values[static_cast<size_t>(u * static_cast<double>(values.size()))];
  const bool whole = find_knob(knob)->type == KnobType::integer;
  // The end of an interval of whole numbers counts with its whole unit.
  const double end = whole ? high + 1 : high;
  const double x = kind == Kind::uniform ? low + u * (end - low) : low * exact_exp2(u * (log2_of(end) - log2_of(low)));
  if (whole) return static_cast<int64_t>(std::clamp(std::floor(x), low, high));
  return std::clamp(rounded(x), low, high);
}

void check_value(const std::string& knob, const Json& value, const std::string& where) {
  Config scratch;
  Json one = Json::object();
  one[knob] = value;
  const Problems found = config_from_json(one.dump(), scratch);
  if (!found.empty()) refuse(where + ": " + found[0].message);
}

Law read_law(const std::string& knob, const Json& law, const std::string& where) {
  constexpr const char* kNames[] = {"uniform", "log_uniform", "choice"};
  Law read{knob, {}, 0, 0, {}};
  const std::string name = law.is_object() && law.size() == 1 ? law.begin().key() : "";
  const auto at = std::find(std::begin(kNames), std::end(kNames), name);
  if (at == std::end(kNames)) refuse(where + ": it must be {\"uniform\": [a, b]}, {\"log_uniform\": [a, b]} or {\"choice\": [...]}");
  read.kind = static_cast<Law::Kind>(at - std::begin(kNames));
  const Json& list = law.begin().value();
  if (!list.is_array() || list.empty()) refuse(where + ": " + name + " must be a list that is not empty");
  if (read.kind != Law::Kind::choice) {
    read_bounds(read, list, where);
    return read;
  }
  for (const Json& value : list) check_value(knob, value, where);
  read.values.assign(list.begin(), list.end());
  return read;
}

}  // namespace induction
