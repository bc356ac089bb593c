#include "sweep_summary.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "files.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

using Type = SummaryColumn::Type;

// The member that the names lead to; null where one is missing.
Json member(const Json& line, const std::vector<const char*>& path) {
  const Json* at = &line;
  for (const char* name : path) {
    if (!at->is_object() || !at->contains(name)) return nullptr;
    at = &(*at)[name];
  }
  return at->is_object() || at->is_array() ? Json(nullptr) : *at;
}

SummaryColumn column(const std::string& name, Type type, const std::vector<const char*>& path) {
  return {name, type, [path](const Json& line) { return member(line, path); }};
}

// Heads that have the role, and the best score of all heads.
SummaryColumn role_count(const std::string& name, const char* role) {
  return {name, Type::integer, [role](const Json& line) {
            return Json(std::count_if(line["heads"].begin(), line["heads"].end(),
                                      [&](const Json& head) { return member(head, {"role"}) == role; }));
          }};
}
SummaryColumn best_of(const std::string& name, const char* score) {
  return {name, Type::real, [score](const Json& line) {
            Json best;
            for (const Json& head : line["heads"])
              if (const Json value = member(head, {score}); value.is_number() && (best.is_null() || value > best)) best = value;
            return best;
          }};
}

Type type_of(const Knob& knob) {
  constexpr Type kTypes[] = {Type::integer, Type::real, Type::boolean, Type::text};
  return kTypes[static_cast<size_t>(knob.type)];
}

std::string csv_field(const Json& value) {
  if (value.is_null()) return "";
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted_text = "\"";
  for (const char c : text) quoted_text += c == '"' ? "\"\"" : std::string(1, c);
  return quoted_text + "\"";
}

std::string csv_text(const EachRow& each_row) {
  std::string text;
  for (const SummaryColumn& column : summary_columns()) text += (text.empty() ? "" : ",") + column.name;
  text += "\n";
  each_row([&](const Json& line) {
    bool first = true;
    for (const SummaryColumn& column : summary_columns()) {
      text += (first ? "" : ",") + csv_field(column.value(line));
      first = false;
    }
    text += "\n";
  });
  return text;
}

}  // namespace

const std::vector<SummaryColumn>& summary_columns() {
  static const std::vector<SummaryColumn> list = [] {
    std::vector<SummaryColumn> made = {column("id", Type::text, {"id"}),
                                       column("status", Type::text, {"status"}),
                                       column("stop", Type::text, {"stop"}),
                                       column("signature", Type::text, {"signature"}),
                                       column("steps_done", Type::integer, {"steps"}),
                                       column("onset_previous_token", Type::integer, {"onset", "previous_token"}),
                                       column("onset_induction", Type::integer, {"onset", "induction"}),
                                       column("t50", Type::integer, {"t50"})};
    for (const char* part : {"final", "unseen"})
      for (const char* name : {"loss", "loss_new", "loss_rep", "accuracy_rep", "accuracy_query"})
        made.push_back(column(std::string(part) + "_" + name, Type::real, {part, name}));
    made.push_back(role_count("heads_previous_token", "previous token"));
    made.push_back(role_count("heads_induction", "induction"));
    made.push_back(best_of("best_previous_token", "previous_token"));
    made.push_back(best_of("best_induction", "induction"));
    for (const Knob& knob : knobs()) made.push_back(column(knob.name, type_of(knob), {"config", knob.name}));
    made.push_back(column("data", Type::text, {"data", "hash"}));
    made.push_back(column("message", Type::text, {"message"}));
    made.push_back(column("seconds", Type::real, {"seconds"}));
    return made;
  }();
  return list;
}

const std::vector<SummaryColumn>& head_columns() {
  static const std::vector<SummaryColumn> list = [] {
    std::vector<SummaryColumn> made = {column("layer", Type::integer, {"layer"}), column("head", Type::integer, {"head"}),
                                       column("role", Type::text, {"role"}), column("confidence", Type::real, {"confidence"})};
    for (const char* score : {"previous_token", "induction", "duplicate_token", "first_token", "entropy"})
      made.push_back(column(score, Type::real, {score}));
    return made;
  }();
  return list;
}

uint64_t write_summary(SweepFolder& folder) {
  const HeldLock held = folder.lock_summary();
  const std::string path = folder.file(kResultsFile);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) refuse(in_quotes(path) + " cannot be read: " + std::strerror(errno));
  // Places only are kept: a sweep's lines need not fit into the memory.
  struct Place {
    uint64_t begin;
    size_t length;
  };
  std::map<uint64_t, Place> places;
  LineReader reader(file, path);
  const EachRow each_row = [&](const std::function<void(const Json&)>& row) {
    std::string text;
    for (const auto& [id, place] : places) {
      text.resize(place.length);
      if (::pread(file, text.data(), text.size(), static_cast<off_t>(place.begin)) != static_cast<ssize_t>(text.size()))
        refuse(in_quotes(path) + " changed while it was read");
      row(Json::parse(text));
    }
  };
  try {
    each_result(reader, [&](const Result& result, const std::string& line) {
      places.try_emplace(result.id, Place{reader.begin(), line.size()});
    });
    write_atomic(folder.file(kCsvFile), csv_text(each_row));
    write_sqlite(folder.file(kSqliteFile), each_row);
  } catch (...) {
    ::close(file);
    throw;
  }
  ::close(file);
  return places.size();
}

}  // namespace induction
