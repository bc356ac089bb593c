#include "sweep_plan.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "config_json.hpp"
#include "files.hpp"
#include "json_depth.hpp"
#include "machine.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

constexpr uint64_t kMaxSpecFile = 64 << 20;  // bytes: a list of some hundred thousand points
constexpr int kMaxDepth = 16;                // a spec is five levels deep

Json parse(const std::string& text, const std::string& where) {
  if (nested_deeper(text, kMaxDepth)) refuse(where + " is nested too deeply for a sweep");
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) refuse(where + " is not valid JSON");
  if (json.is_array() && json.empty())
    refuse(where + " is an empty list; it needs at least one object with base, grid, list, random or seeds");
  return json;
}

// The knobs that memory depends on, as text: seeds and live knobs do not count.
std::string shape_text(const Config& config) {
  std::string text;
  for (const Knob& knob : knobs())
    if (!knob.live && std::string_view(knob.name) != "seed") text += value_text(knob, config) + " ";
  return text;
}

}  // namespace

Plan::Plan(const std::string& text, const std::string& where, const std::vector<std::string>& stop, bool large)
    : json_(parse(text, where)) {
  set_stop(stop);
  if (json_.is_array()) {
    for (size_t i = 0; i < json_.size(); ++i) specs_.emplace_back(json_[i], where + "[" + std::to_string(i) + "]");
  } else {
    specs_.emplace_back(json_, where);
  }
  check_size(where, large);
  expand(where);
}

void Plan::set_stop(const std::vector<std::string>& rules) {
  if (rules.empty()) return;
  StopRules checked;
  for (const std::string& rule : rules) add_stop_rule(checked, rule, "--stop");
  if (json_.is_object()) json_["stop"] = rules;
  if (!json_.is_array()) return;
  for (Json& spec : json_)
    if (spec.is_object()) spec["stop"] = rules;
}

void Plan::check_size(const std::string& where, bool large) const {
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  uint64_t points = 0;
  for (const Spec& spec : specs_) points = spec.size() > kMost - points ? kMost : points + spec.size();
  const std::string count = points == kMost ? "more than 10^19" : std::to_string(points);
  if (points > kMostPoints) refuse(where + " has " + count + " points; a sweep may have " + std::to_string(kMostPoints));
  if (points > kManyPoints && !large)
    refuse(where + " has " + count + " points; more than " + std::to_string(kManyPoints) + " are run with --yes only");
}

// Everything is checked before anything runs.
void Plan::expand(const std::string& where) {
  std::unordered_set<uint64_t> seen;
  for (uint32_t s = 0; s < specs_.size(); ++s)
    for (uint64_t i = 0, n = specs_[s].size(); i < n; ++i) {
      Point point{0, s, i};
      Config made;
      Problems found = config_from_json(specs_[s].whole(i).dump(), made);
      if (found.empty()) found = problems(made);
      if (found.empty() && own_data(made))
        found = {{"task", "a sweep makes its own rows, and the tasks tokens and text read data: use induction train"}};
      if (!found.empty()) {
        const std::string words = knobs_text(knobs(point)), list = specs_.size() > 1 ? "[" + std::to_string(s) + "]" : "";
        refuse(where + list + ": point " + std::to_string(i + 1) + " of " + std::to_string(n) + (words.empty() ? "" : " (" + words + ")") +
               ": " + found[0].message);
      }
      point.id = run_id(made, specs_[s].stop);
      if (seen.insert(point.id).second)
        points_.push_back(point);
      else
        ++repeated_;
    }
}

Config Plan::config(const Point& point) const {
  Config made;
  (void)config_from_json(specs_[point.spec].whole(point.index).dump(), made);  // it was checked when the plan was made
  return made;
}

void Plan::check_memory_of(uint32_t jobs) const {
  std::unordered_map<std::string, uint64_t> known;
  std::vector<uint64_t> needs;
  for (const Point& point : points_) {
    const Config made = config(point);
    const auto [at, fresh] = known.try_emplace(shape_text(made), 0);
    if (fresh) {
      check_memory(made);
      at->second = memory_needed(made);
    }
    needs.push_back(at->second);
  }
  std::sort(needs.begin(), needs.end(), std::greater<>());
  uint64_t sum = 0;
  for (size_t i = 0; i < std::min<size_t>(jobs, needs.size()); ++i) sum += needs[i];
  // Each run alone fits; together they may not.
  const size_t together = std::min<size_t>(jobs, needs.size());
  if (together > 1) check_memory(sum, "making " + std::to_string(together) + " runs at a time", "give a smaller number with --jobs");
}

std::vector<Point> Plan::shard(uint32_t part, uint32_t parts) const {
  if (parts == 1) return points_;
  std::vector<uint64_t> ids;
  for (const Point& point : points_) ids.push_back(point.id);
  std::sort(ids.begin(), ids.end());
  std::unordered_set<uint64_t> mine;
  for (size_t rank = part; rank < ids.size(); rank += parts) mine.insert(ids[rank]);
  std::vector<Point> list;
  for (const Point& point : points_)
    if (mine.count(point.id)) list.push_back(point);
  return list;
}

Plan read_plan(const std::string& path, const std::vector<std::string>& stop, bool large) {
  return {read_text(path, kMaxSpecFile), quoted(path), stop, large};
}

}  // namespace induction
