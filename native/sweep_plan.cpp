#include "sweep_plan.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "course_json.hpp"
#include "files.hpp"
#include "json_depth.hpp"
#include "machine.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

constexpr uint64_t kMaxSpecFile = 64 << 20;  // bytes: a list of some hundred thousand points
constexpr int kSweepDepth = 16;              // a spec is five levels deep

Json parse(const std::string& text, const std::string& where) {
  if (nested_deeper(text, kSweepDepth)) refuse(where + " is nested too deeply for a sweep");
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) refuse(where + " is not valid JSON");
  if (json.is_array() && json.empty())
    refuse(where + " is an empty list; it needs at least one object with base, grid, list, random or seeds");
  return json;
}

// The first phase whose task reads data.
const Phase* reading_phase(const Course& course) {
  for (const Phase& phase : course.phases)
    if (own_data(phase.config)) return &phase;
  return nullptr;
}

// The knobs that memory depends on, as text: seeds and live knobs do not count.
std::string shape_text(const Config& config) {
  std::string text;
  for (const Knob& knob : knobs())
    if (!knob.live && std::string_view(knob.name) != "seed") text += value_text(knob, config) + " ";
  return text;
}

}  // namespace

Plan::Plan(const std::string& text, const std::string& where, const std::vector<std::string>& stop, bool large, const std::string& folder,
           DataUse use)
    : json_(parse(text, where)), use_(use) {
  set_stop(stop);
  read_members(where, folder);
  check_size(where, large);
  expand(where);
}

void Plan::read_members(const std::string& where, const std::string& folder) {
  if (json_.is_array()) {
    for (size_t i = 0; i < json_.size(); ++i) specs_.emplace_back(json_[i], where + "[" + std::to_string(i) + "]");
  } else {
    specs_.emplace_back(json_, where);
  }
  for (const Spec& spec : specs_)
    data_.push_back(spec.data().is_null() ? nullptr : std::make_shared<SweepData>(spec.data(), folder, where + ": data", use_));
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

Plan::Made Plan::made(uint32_t spec, uint64_t index) const {
  Made made;
  const Json knobs = specs_[spec].whole(index);
  made.problems = course_from_json(knobs.dump(), made.course);
  const Phase* reading = made.problems.empty() ? reading_phase(made.course) : nullptr;
  if (!reading) return made;
  made.reads_data = true;
  if (!data_[spec]) {
    made.problems = {{"task", "the tasks tokens and text read data; name its file in the spec's member data"}};
    return made;
  }
  const SweepData::Facts& facts = data_[spec]->facts(reading->config, knobs.contains("d_vocab"));
  made.data_hash = facts.hash;
  if (!knobs.contains("d_vocab"))
    for (Phase& phase : made.course.phases) phase.config.d_vocab = facts.d_vocab;
  return made;
}

// Everything is checked before anything runs.
void Plan::expand(const std::string& where) {
  std::unordered_set<uint64_t> seen;
  for (uint32_t s = 0; s < specs_.size(); ++s) {
    bool data_read = false;
    for (uint64_t i = 0, n = specs_[s].size(); i < n; ++i) {
      Point point{0, s, i};
      Made one = made(s, i);
      Problems& found = one.problems;
      if (found.empty()) found = problems(one.course);
      if (found.empty() && one.reads_data && use_ == DataUse::read)
        for (const Phase& phase : one.course.phases)
          if (found.empty()) found = corpus_problems(phase.config, corpus(point).get());
      if (!found.empty()) {
        const std::string words = knobs_text(knobs(point)), list = specs_.size() > 1 ? "[" + std::to_string(s) + "]" : "";
        refuse(where + list + ": point " + std::to_string(i + 1) + " of " + std::to_string(n) + (words.empty() ? "" : " (" + words + ")") +
               ": " + found[0].message);
      }
      data_read = data_read || one.reads_data;
      point.id = run_id(one.course, specs_[s].stop, one.data_hash);
      if (seen.insert(point.id).second)
        points_.push_back(point);
      else
        ++repeated_;
    }
    if (data_[s] && !data_read) refuse(where + " has data, and no run reads it; only the tasks tokens and text read data");
  }
}

Course Plan::course(const Point& point) const {
  return made(point.spec, point.index).course;  // it was checked when the plan was made
}

std::shared_ptr<const Corpus> Plan::corpus(const Point& point) const {
  const Json knobs = specs_[point.spec].whole(point.index);
  Course course;
  (void)course_from_json(knobs.dump(), course);
  const Phase* reading = reading_phase(course);
  return reading ? data_[point.spec]->corpus(reading->config, knobs.contains("d_vocab")) : nullptr;
}

Json Plan::kept(const std::string& folder) const {
  Json json = json_;
  for (size_t s = 0; s < specs_.size(); ++s)
    if (data_[s]) (json.is_array() ? json[s] : json)["data"] = data_[s]->kept(folder);
  return json;
}

std::string Plan::data_difference(const Plan& older) const {
  for (const auto& data : data_)
    for (const auto& other : older.data_)
      if (data && other)
        if (std::string sentence = data->difference(*other); !sentence.empty()) return sentence;
  return {};
}

void Plan::check_memory_of(uint32_t jobs) const {
  std::unordered_map<std::string, uint64_t> known;
  std::vector<uint64_t> needs;
  for (const Point& point : points_) {
    const Course made = course(point);
    std::string shapes;
    for (const Phase& phase : made.phases) shapes += shape_text(phase.config) + ";";
    const auto [at, fresh] = known.try_emplace(shapes, 0);
    if (fresh) {
      for (const Phase& phase : made.phases) check_memory(phase.config);
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

Plan read_plan(const std::string& path, const std::vector<std::string>& stop, bool large, DataUse use) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return {read_text(path, kMaxSpecFile), in_quotes(path), stop, large, folder.empty() ? "." : folder, use};
}

}  // namespace induction
