#include "sweep_spec.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "refusal.hpp"

namespace induction {
namespace {

constexpr uint64_t kMostCount = 1'000'000;  // of seeds or draws; more points than that are surely a mistake

uint64_t times(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<uint64_t>::max() : product;
}

void check_object(const Json& value, const std::string& where) {
  if (!value.is_object()) refuse(where + " must be an object of knobs, such as {\"n_layers\": 1}");
}

uint64_t read_count(const Json& value, const std::string& where) {
  if (!value.is_number_unsigned() || value.get<uint64_t>() < 1 || value.get<uint64_t>() > kMostCount)
    refuse(where + " is " + value.dump().substr(0, 40) + "; it must be a whole number from 1 to " + std::to_string(kMostCount));
  return value.get<uint64_t>();
}

// Phases and interventions are checked with each point's knobs under them.
bool of_course(const std::string& member) { return member == "phases" || member == "interventions"; }

void check_knobs(const Json& object, const std::string& where) {
  check_object(object, where);
  for (const auto& [knob, value] : object.items())
    if (!of_course(knob)) check_value(knob, value, where);
}

}  // namespace

Spec::Spec(const Json& object, const std::string& where) {
  if (!object.is_object())
    refuse(where + " must be an object with base, grid, list, random, seeds, stop or data, or a list of such objects");
  if (object.empty()) refuse(where + " is empty; it needs base, grid, list, random or seeds");
  for (const auto& [part, value] : object.items()) {
    const std::string here = where + ": " + part;
    if (part == "base")
      check_knobs(value, here), base_ = value;
    else if (part == "grid")
      read_grid(value, here);
    else if (part == "list")
      read_list(value, here);
    else if (part == "random")
      read_random(value, here);
    else if (part == "seeds")
      read_seeds(value, here);
    else if (part == "stop")
      read_stop(value, here);
    else if (part == "data")
      data_ = value;
    else
      refuse(where + ": there is no part " + in_quotes(part) + "; a sweep has base, grid, list, random, seeds, stop and data");
  }
  check_once(where);
}

void Spec::read_grid(const Json& grid, const std::string& where) {
  if (!grid.is_object() || grid.empty()) refuse(where + " must be an object of knobs and lists of values, such as {\"lr\": [0.01, 0.02]}");
  for (const auto& [knob, values] : grid.items()) {
    const std::string here = where + "." + knob.substr(0, 40);
    if (!values.is_array() || values.empty()) refuse(here + " must be a list of values that is not empty");
    for (size_t i = 0; i < values.size() && !of_course(knob); ++i) check_value(knob, values[i], here + "[" + std::to_string(i) + "]");
    grid_.push_back({knob, {values.begin(), values.end()}});
  }
}

void Spec::read_list(const Json& list, const std::string& where) {
  if (!list.is_array() || list.empty()) refuse(where + " must be a list of objects of knobs that is not empty");
  for (size_t i = 0; i < list.size(); ++i) check_knobs(list[i], where + "[" + std::to_string(i) + "]");
  list_.assign(list.begin(), list.end());
}

void Spec::read_random(const Json& random, const std::string& where) {
  check_object(random, where);
  if (!random.contains("runs")) refuse(where + " needs \"runs\", the number of draws");
  if (random.size() == 1) refuse(where + " needs a knob to draw, such as {\"lr\": {\"log_uniform\": [0.001, 0.1]}}");
  for (const auto& [knob, law] : random.items()) {
    const std::string here = where + "." + knob.substr(0, 40);
    if (knob == "runs")
      draws_ = read_count(law, here);
    else
      laws_.push_back(read_law(knob, law, here));
  }
}

void Spec::read_seeds(const Json& seeds, const std::string& where) {
  if (seeds.is_array() && seeds.empty()) refuse(where + " must be a list that is not empty, or a count");
  if (seeds.is_array()) {
    for (const Json& seed : seeds) check_value("seed", seed, where);
    seeds_.assign(seeds.begin(), seeds.end());
    return;
  }
  const uint64_t count = read_count(seeds, where);
  for (uint64_t seed = 0; seed < count; ++seed) seeds_.emplace_back(seed);
}

void Spec::read_stop(const Json& rules, const std::string& where) {
  const Json list = rules.is_array() ? rules : Json::array({rules});
  for (const Json& rule : list) add_stop_rule(stop, rule.is_string() ? rule.get<std::string>() : rule.dump(), where);
}

// Which of two values would win is nothing to guess about.
void Spec::check_once(const std::string& where) const {
  std::set<std::string> seen;
  const auto add = [&](const std::string& knob) {
    if (!seen.insert(knob).second) refuse(where + ": " + knob + " is in two of list, grid, random and seeds; only base may be overridden");
  };
  std::set<std::string> listed;
  for (const Json& entry : list_)
    for (const auto& [knob, value] : entry.items()) listed.insert(knob);
  for (const std::string& knob : listed) add(knob);
  for (const Axis& axis : grid_) add(axis.knob);
  for (const Law& law : laws_) add(law.knob);
  if (!seeds_.empty()) add("seed");
}

uint64_t Spec::size() const {
  uint64_t n = std::max<uint64_t>(1, list_.size());
  for (const Axis& axis : grid_) n = times(n, axis.values.size());
  return times(times(n, draws_), std::max<uint64_t>(1, seeds_.size()));
}

Json Spec::point(uint64_t index) const {
  const auto digit = [&](uint64_t base) {
    const uint64_t value = index % base;
    index /= base;
    return value;
  };
  const uint64_t seed = digit(std::max<uint64_t>(1, seeds_.size())), draw = digit(draws_);
  std::vector<uint64_t> places(grid_.size());
  for (size_t i = grid_.size(); i-- > 0;) places[i] = digit(grid_[i].values.size());
  Json point = list_.empty() ? Json::object() : list_[index];
  for (size_t i = 0; i < grid_.size(); ++i) point[grid_[i].knob] = grid_[i].values[places[i]];
  for (const Law& law : laws_) point[law.knob] = law.value(static_cast<uint32_t>(draw));
  if (!seeds_.empty()) point["seed"] = seeds_[seed];
  return point;
}

Json Spec::whole(uint64_t index) const {
  Json knobs = base_;
  knobs.update(point(index));
  return knobs;
}

std::string knobs_text(const Json& knobs) {
  std::string text;
  for (const auto& [knob, value] : knobs.items())
    text += (text.empty() ? "" : ", ") + knob + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  return text;
}

}  // namespace induction
