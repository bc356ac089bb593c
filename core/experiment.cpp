#include "experiment.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "course_json.hpp"
#include "json_depth.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kExperimentDepth = 16;        // a spec is some six levels deep
constexpr uint32_t kMostSeeds = 1'000'000;  // as in a sweep

std::string shown(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 60); }

Json merged(const std::string& baseline, const std::string& knobs) {
  Json all = Json::parse(baseline);
  all.update(Json::parse(knobs));
  return all;
}

// Reads one spec; every sentence begins with where it is.
class SpecReader {
 public:
  explicit SpecReader(const Json& root) : root_(root) {}

  Problems read(Experiment& experiment) {
    only(root_, {"name", "title", "theme", "claim", "source", "watch", "seeds", "stop", "baseline", "arms", "measure", "verdict"},
         "the experiment");
    for (const auto& [key, text] : std::initializer_list<std::pair<const char*, std::string*>>{
             {"name", &made_.name}, {"title", &made_.title}, {"claim", &made_.claim}, {"source", &made_.source}, {"watch", &made_.watch}})
      *text = text_at(root_, key, "the experiment");
    read_seeds();
    texts("stop", made_.stop, false);
    texts("measure", made_.measures, true);
    read_arms();
    if (found_.empty()) check_arms();
    if (!root_.contains("verdict"))
      say("the experiment has no verdict");
    else
      made_.verdict = rule(root_["verdict"], "verdict");
    if (found_.empty()) experiment = std::move(made_);
    return found_;
  }

 private:
  void say(const std::string& sentence) { found_.push_back({"", sentence}); }

  void only(const Json& object, const std::set<std::string>& names, const std::string& where) {
    for (const auto& [name, value] : object.items())
      if (!names.count(name)) say(where + " has no member '" + name.substr(0, 40) + "'");
  }

  std::string text_at(const Json& object, const char* key, const std::string& where) {
    if (object.contains(key) && object[key].is_string() && !object[key].get<std::string>().empty()) return object[key].get<std::string>();
    say(where + " needs a text as its " + key);
    return {};
  }

  double number_at(const Json& object, const char* key, double otherwise, const std::string& where) {
    if (!object.contains(key)) return otherwise;
    if (object[key].is_number()) return object[key].get<double>();
    say(where + ": " + key + " is " + shown(object[key]) + "; it must be a number");
    return otherwise;
  }

  void read_seeds() {
    if (!root_.contains("seeds")) return;
    const Json& seeds = root_["seeds"];
    if (seeds.is_number_unsigned() && seeds.get<uint64_t>() >= 1 && seeds.get<uint64_t>() <= kMostSeeds)
      made_.seeds = seeds.get<uint32_t>();
    else
      say("seeds is " + shown(seeds) + "; it must be a whole number from 1 to " + std::to_string(kMostSeeds));
  }

  void texts(const char* key, std::vector<std::string>& list, bool needed) {
    const Json none = Json::array();
    const Json& values = root_.contains(key) ? root_[key] : none;
    const bool right = values.is_array() && std::all_of(values.begin(), values.end(), [](const Json& v) { return v.is_string(); });
    if (!right || (needed && values.empty())) return say(std::string(key) + " must be a list of texts");
    for (const Json& value : values) list.push_back(value.get<std::string>());
  }

  void read_arm(const Json& arm, const std::string& where) {
    if (!arm.is_object() || !arm.contains("knobs") || !arm["knobs"].is_object())
      return say(where + " must be an object with a name and knobs");
    only(arm, {"name", "knobs"}, where);
    made_.arms.push_back({text_at(arm, "name", where), arm["knobs"].dump()});
  }

  void read_arms() {
    if (!root_.contains("baseline")) return say("the experiment has no baseline");
    read_arm(root_["baseline"], "baseline");
    if (!root_.contains("arms") || !root_["arms"].is_array() || root_["arms"].empty())
      return say("arms must be a list of at least one arm");
    for (size_t i = 0; i < root_["arms"].size(); ++i) read_arm(root_["arms"][i], "arms[" + std::to_string(i) + "]");
  }

  void check_arms() {
    std::vector<std::string> seen;
    for (size_t i = 0; i < made_.arms.size(); ++i) {
      const ExperimentArm& arm = made_.arms[i];
      Course course;
      Problems wrong = course_from_json(arm_json(made_, i), course);
      if (wrong.empty()) wrong = problems(course);
      const std::string said = course_to_json(course);
      if (!wrong.empty()) say("arm '" + arm.name + "': " + wrong[0].message);
      for (size_t j = 0; j < seen.size(); ++j) {
        if (made_.arms[j].name == arm.name) say("two arms are called '" + arm.name + "'");
        if (seen[j] == said) say("arm '" + arm.name + "' has the same knobs as arm '" + made_.arms[j].name + "'");
      }
      seen.push_back(said);
    }
  }

  std::string arm_at(const Json& name, const std::string& where) {
    std::string list;
    for (const ExperimentArm& arm : made_.arms) {
      if (name.is_string() && name.get<std::string>() == arm.name) return arm.name;
      list += (list.empty() ? "'" : ", '") + arm.name + "'";
    }
    say(where + " names the arm " + shown(name) + "; the arms are " + list);
    return {};
  }

  Rule::Is is_at(const Json& object, const char* key, Rule::Is first, Rule::Is last, const std::string& where) {
    static constexpr std::array kNames = {"lower", "higher", "within", "below", "above", "happens", "never"};
    std::string list;
    for (auto i = static_cast<size_t>(first); i <= static_cast<size_t>(last); ++i) {
      if (object.contains(key) && object[key] == kNames[i]) return static_cast<Rule::Is>(i);
      list += (list.empty() ? "" : ", ") + std::string(kNames[i]);
    }
    say(where + ": " + key + " must be one of " + list);
    return first;
  }

  Rule rule(const Json& object, const std::string& where) {
    if (object.is_object() && (object.contains("all") || object.contains("any"))) return joined(object, where);
    Rule made;
    if (!object.is_object() || object.contains("compare") == object.contains("arm")) {
      say(where + " must be an object with all, any, compare or arm");
      return made;
    }
    made = object.contains("compare") ? comparison(object, where) : bound(object, where);
    made.measure = text_at(object, "measure", where);
    made.share = number_at(object, "in_share_of_seeds", made.share, where);
    if (!(made.share > 0.5 && made.share <= 1)) say(where + ": in_share_of_seeds must be above 0.5 and at most 1");
    return made;
  }

  Rule joined(const Json& object, const std::string& where) {
    only(object, {object.contains("all") ? "all" : "any"}, where);
    Rule made;
    made.kind = object.contains("all") ? Rule::Kind::all : Rule::Kind::any;
    const Json& parts = object.begin().value();
    if (!parts.is_array() || parts.empty()) say(where + " needs a list of rules");
    if (parts.is_array())
      for (size_t i = 0; i < parts.size(); ++i) made.parts.push_back(rule(parts[i], where + "[" + std::to_string(i) + "]"));
    return made;
  }

  Rule comparison(const Json& object, const std::string& where) {
    only(object, {"compare", "measure", "by", "at_least", "at_most", "ratio", "in_share_of_seeds"}, where);
    Rule made;
    made.kind = Rule::Kind::compare;
    const Json& pair = object["compare"];
    if (!pair.is_array() || pair.size() != 2) {
      say(where + ": compare must name two arms");
      return made;
    }
    made.arm = arm_at(pair[0], where), made.other = arm_at(pair[1], where);
    made.is = is_at(object, "by", Rule::Is::lower, Rule::Is::within, where);
    const char* difference = made.is == Rule::Is::within ? "at_most" : "at_least";
    if (object.contains(difference) == object.contains("ratio")) say(where + " needs either " + difference + " or ratio");
    made.difference = number_at(object, difference, 0, where);
    made.ratio = number_at(object, "ratio", 1, where);
    if (made.difference < 0 || made.ratio < 1) say(where + ": " + difference + " must be 0 or more, and ratio 1 or more");
    return made;
  }

  Rule bound(const Json& object, const std::string& where) {
    only(object, {"arm", "measure", "is", "value", "in_share_of_seeds"}, where);
    Rule made;
    made.kind = Rule::Kind::bound;
    made.arm = arm_at(object["arm"], where);
    made.is = is_at(object, "is", Rule::Is::below, Rule::Is::never, where);
    const bool number = made.is == Rule::Is::below || made.is == Rule::Is::above;
    if (number != object.contains("value")) say(where + (number ? " needs a value" : " takes no value"));
    made.value = number_at(object, "value", 0, where);
    return made;
  }

  const Json& root_;
  Experiment made_;
  Problems found_;
};

}  // namespace

Problems experiment_from_json(std::string_view text, Experiment& experiment) {
  if (nested_deeper(text, kExperimentDepth)) return {{"", "the experiment is nested too deeply"}};
  const Json root = Json::parse(text.begin(), text.end(), nullptr, false);
  if (root.is_discarded()) return {{"", "the experiment is not valid JSON"}};
  if (!root.is_object()) return {{"", "the experiment must be a JSON object with name, title, claim, baseline, arms and verdict"}};
  return SpecReader(root).read(experiment);
}

std::string arm_json(const Experiment& experiment, size_t arm) {
  return merged(experiment.arms[0].knobs, arm == 0 ? "{}" : experiment.arms[arm].knobs).dump();
}

Course arm_course(const Experiment& experiment, size_t arm, uint32_t seed) {
  Course course;
  (void)course_from_json(arm_json(experiment, arm), course);  // it was checked when the experiment was read
  for (Phase& phase : course.phases) phase.config.seed = seed;
  return course;
}

}  // namespace induction
