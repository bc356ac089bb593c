#include "run_id.hpp"

#include <algorithm>
#include <vector>

#include "course_json.hpp"

namespace induction {

uint64_t text_hash(std::string_view text) {
  constexpr uint64_t kBasis = 14695981039346656037ull, kPrime = 1099511628211ull;
  uint64_t hash = kBasis;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return hash;
}

uint64_t run_id(const Course& course, const StopRules& stop, const std::string& data_hash) {
  static const Config defaults;
  const Config& config = course.phases[0].config;
  std::vector<std::string> parts;
  for (const Knob& knob : knobs())
    if (knob.get(config) != knob.get(defaults)) parts.push_back(std::string(knob.name) + "=" + value_text(knob, config) + "\n");
  // By name, so that the order of lines in config.def does not matter.
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts) text += part;
  // A plain course has the id that its Config has always had.
  CourseText said;
  if (!course.plain()) split_course(course_to_json(course), said);
  text += said.phases + said.interventions;
  if (!data_hash.empty()) text += "data=" + data_hash + "\n";
  return text_hash(text + "stop=" + stop_text(stop));
}

std::string id_text(uint64_t id) {
  std::string digits(16, '0');
  for (int i = 15; i >= 0; --i, id >>= 4) digits[static_cast<size_t>(i)] = "0123456789abcdef"[id & 15];
  return digits;
}

bool id_from_text(const std::string& text, uint64_t& id) {
  if (text.size() != 16 || text.find_first_not_of("0123456789abcdef") != std::string::npos) return false;
  id = std::stoull(text, nullptr, 16);
  return true;
}

}  // namespace induction
