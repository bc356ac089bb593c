#include "atlas_data.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "config_json.hpp"
#include "refusal.hpp"
#include "sweep_folder.hpp"

namespace induction {
namespace {

// A member that is a number, to so many decimals; else null: a run that never came there has none.
Json number_at(const Json& object, const char* key, double scale) {
  if (!object.contains(key) || !object[key].is_number()) return nullptr;
  return std::round(object[key].get<double>() * scale) / scale;
}

Json step_at(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_number_unsigned() ? object[key] : Json(nullptr);
}

// The best head's score. null when no head has one, as after numbers ran away.
Json best_induction(const Json& heads) {
  Json best;
  for (const Json& head : heads)
    if (const Json score = number_at(head, "induction", 1e3); score.is_number() && (best.is_null() || score > best)) best = score;
  return best;
}

Json config_object(const Config& config) { return Json::parse(config_to_json(config)); }

// Closes itself, also when a line is refused.
struct ReadOnly {
  int descriptor;
  explicit ReadOnly(const std::string& path) : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor < 0) refuse(in_quotes(path) + " cannot be read: " + std::strerror(errno));
  }
  ReadOnly(const ReadOnly&) = delete;
  ReadOnly& operator=(const ReadOnly&) = delete;
  ~ReadOnly() { ::close(descriptor); }
};

}  // namespace

void AtlasData::add_sweep(const std::string& folder) {
  want_sweep(folder);
  const std::string path = folder + "/" + kResultsFile;
  const ReadOnly file(path);
  LineReader reader(file.descriptor, path);
  uint64_t found = 0;
  each_result(reader, [&](const Result& result, const std::string&) {
    ++found;
    note_data(result, folder);
    const auto [at, fresh] = runs_.try_emplace(result.id, Kept{{}, result, folder});
    if (fresh) {
      // read_result has read this config before: it has no problems.
      config_from_json(result.json["config"].dump(), at->second.config);
      return;
    }
    ++repeated_;
    const Kept& first = at->second;
    if (first.result.signature != result.signature)
      refuse("the run " + id_text(result.id) + " has the signature " + first.result.signature + " in " + in_quotes(first.folder) + " and " +
             result.signature + " in " + in_quotes(folder) + "; one of them was not made by this program, or not by this version");
  });
  if (found == 0) refuse("the sweep " + in_quotes(folder) + " has no finished run yet; induction sweep makes them");
}

// Cells are runs on the same data: what differs between two files is no knob.
void AtlasData::note_data(const Result& result, const std::string& folder) {
  if (!result.json.contains("data")) return;
  const Json& data = result.json["data"];
  const std::string name = data.contains("name") && data["name"].is_string() ? data["name"].get<std::string>() : "";
  if (data_folder_.empty()) data_name_ = name, data_folder_ = folder;
  if (name != data_name_)
    refuse("the runs in " + induction::in_quotes(data_folder_) + " read " + induction::in_quotes(data_name_) + " and those in " +
           induction::in_quotes(folder) + " read " + induction::in_quotes(name) + "; make an atlas of each");
}

std::vector<const Knob*> AtlasData::varying() const {
  std::vector<const Knob*> varying;
  for (const Knob& knob : knobs())
    if (std::any_of(runs_.begin(), runs_.end(),
                    [&](const auto& run) { return knob.get(run.second.config) != knob.get(runs_.begin()->second.config); }))
      varying.push_back(&knob);
  return varying;
}

// The knobs with their values in order, and into `runs` which of them each run has.
Json AtlasData::knob_columns(const std::vector<const Knob*>& knobs, Json& runs) const {
  Json columns = Json::array();
  for (const Knob* knob : knobs) {
    std::map<double, Json> values;
    for (const auto& [id, run] : runs_) {
      const double value = knob->get(run.config);
      if (!values.count(value)) values[value] = config_object(run.config)[knob->name];
    }
    Json list = Json::array(), places = Json::array();
    for (const auto& [value, json] : values) list.push_back(json);
    for (const auto& [id, run] : runs_) places.push_back(std::distance(values.begin(), values.find(knob->get(run.config))));
    columns.push_back({{"name", knob->name}, {"unit", knob->unit}, {"doc", knob->doc}, {"values", std::move(list)}});
    runs[knob->name] = std::move(places);
  }
  return columns;
}

Json AtlasData::result_columns() const {
  Json columns = {{"status", Json::array()},          {"steps", Json::array()},    {"onset_previous_token", Json::array()},
                  {"onset_induction", Json::array()}, {"loss_rep", Json::array()}, {"induction", Json::array()}};
  std::string signatures;
  for (const auto& [id, run] : runs_) {
    const Json& line = run.result.json;
    columns["status"].push_back(static_cast<int>(run.result.ending));
    columns["steps"].push_back(step_at(line, "steps"));
    columns["onset_previous_token"].push_back(step_at(line["onset"], "previous_token"));
    columns["onset_induction"].push_back(step_at(line["onset"], "induction"));
    // Losses of a run that ran away are large or none at all: no mean should hold them.
    columns["loss_rep"].push_back(run.result.ending == Ending::diverged ? Json(nullptr) : number_at(line["final"], "loss_rep", 1e3));
    columns["induction"].push_back(run.result.ending == Ending::diverged ? Json(nullptr) : best_induction(line["heads"]));
    signatures += (signatures.empty() ? "" : " ") + run.result.signature;
  }
  columns["signature"] = signatures;
  return columns;
}

Json AtlasData::json(const std::string& title, const std::string& page) const {
  const std::vector<const Knob*> varies = varying();
  const Json first = config_object(runs_.begin()->second.config), defaults = config_object({});
  Json base = Json::object(), places = Json::object();
  for (const Knob& knob : knobs())
    if (std::find(varies.begin(), varies.end(), &knob) == varies.end() && first[knob.name] != defaults[knob.name])
      base[knob.name] = first[knob.name];
  double seconds = 0;
  for (const auto& [id, run] : runs_)
    if (const Json own = number_at(run.result.json, "seconds", 1e3); own.is_number()) seconds += own.get<double>();
  Json knobs = knob_columns(varies, places);
  return {{"format", "induction-playground atlas 1"},
          {"title", title},
          {"page", page},
          {"data", data_folder_.empty() ? Json(nullptr) : Json(data_name_)},
          {"seconds", std::round(seconds)},
          {"probe_every", first["probe_every"]},
          {"base", std::move(base)},
          {"knobs", std::move(knobs)},
          {"places", std::move(places)},
          {"runs", result_columns()}};
}

}  // namespace induction
