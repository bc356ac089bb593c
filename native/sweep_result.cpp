#include "sweep_result.hpp"

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "course_json.hpp"
#include "json_depth.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

constexpr size_t kMaxLine = 1 << 20;  // bytes; 64 heads take about 16,000
constexpr int kResultDepth = 8;       // a result is three levels deep
constexpr Ending kEndings[] = {Ending::finished, Ending::stopped, Ending::diverged};

bool text_at(const Json& object, const char* key, std::string& text) {
  if (!object.contains(key) || !object[key].is_string()) return false;
  text = object[key].get<std::string>();
  return true;
}

bool ending_from(const std::string& name, Ending& ending) {
  for (const Ending one : kEndings)
    if (name == ending_name(one)) {
      ending = one;
      return true;
    }
  return false;
}

// The id that the line's own config and rules give: another one means that the line was changed, or that a default was.
bool own_id(const Json& line, uint64_t& id) {
  Course course;
  StopRules stop;
  if (!line.contains("config") || !course_from_json(line["config"].dump(), course).empty()) return false;
  std::string rules;
  if (line.contains("stop") && !line["stop"].is_null() && !text_at(line, "stop", rules)) return false;
  if (const std::string wrong = read_stop_text(stop, rules, "stop"); !wrong.empty()) refuse(wrong);
  std::string data_hash;
  if (line.contains("data") && (!line["data"].is_object() || !text_at(line["data"], "hash", data_hash))) return false;
  id = run_id(course, stop, data_hash);
  return true;
}

std::string fault(const Json& line, Result& result) {
  std::string id, status;
  if (line.is_discarded()) return "it is not valid JSON";
  if (!line.is_object()) return "it is not an object";
  if (!text_at(line, "id", id) || !id_from_text(id, result.id)) return "it has no id";
  if (!text_at(line, "status", status) || !ending_from(status, result.ending)) return "its status is not finished, stopped or diverged";
  if (!text_at(line, "signature", result.signature)) return "it has no signature";
  uint64_t own = 0;
  if (!own_id(line, own)) return "its config is not one";
  if (own != result.id) return "its id is not that of its config (" + id_text(own) + ")";
  for (const char* part : {"onset", "final"})
    if (!line.contains(part) || !line[part].is_object()) return std::string("it has no ") + part;
  if (!line.contains("heads") || !line["heads"].is_array()) return "it has no heads";
  return {};
}

}  // namespace

std::string result_line(const Course& course, const StopRules& stop, const std::string& result, double seconds, const Corpus* corpus) {
  Json line = {{"id", id_text(run_id(course, stop, corpus ? corpus->hash : ""))}};
  line.update(Json::parse(result));
  if (corpus) line["data"] = {{"name", corpus->name}, {"hash", corpus->hash}};
  line["seconds"] = std::round(seconds * 1000) / 1000;
  return line.dump();
}

Result read_result(const std::string& line, const std::string& where) {
  Result result;
  result.json = nested_deeper(line, kResultDepth) ? Json(Json::value_t::discarded) : Json::parse(line, nullptr, false);
  std::string wrong;
  try {
    wrong = fault(result.json, result);
  } catch (const Refusal& refusal) {
    wrong = refusal.sentence;
  }
  if (!wrong.empty()) refuse(where + " is not the result of a run: " + wrong + "; delete that line, and the run is made again");
  result.onset = result.json["onset"].contains("induction") && result.json["onset"]["induction"].is_number();
  return result;
}

bool LineReader::fill() {
  constexpr size_t kBlock = 1 << 16;
  buffer_.erase(0, at_);
  at_ = 0;
  const size_t size = buffer_.size();
  buffer_.resize(size + kBlock);
  ssize_t got = -1;
  do got = ::pread(descriptor_, buffer_.data() + size, kBlock, static_cast<off_t>(read_));
  while (got < 0 && errno == EINTR);
  buffer_.resize(size + static_cast<size_t>(std::max<ssize_t>(0, got)));
  if (got < 0) refuse(in_quotes(path()) + " cannot be read: " + std::strerror(errno));
  read_ += static_cast<uint64_t>(got);
  return got > 0;
}

bool LineReader::next(std::string& line) {
  for (;;) {
    const size_t end = buffer_.find('\n', at_);
    if (end != std::string::npos) {
      begin_ = read_ - (buffer_.size() - at_);
      line.assign(buffer_, at_, end - at_);
      at_ = end + 1;
      ++number_;
      return true;
    }
    if (buffer_.size() - at_ > kMaxLine)
      refuse(in_quotes(path()) + ", line " + std::to_string(number_ + 1) +
             " is longer than any result of a run; delete that line, and the run is made again");
    if (!fill()) break;
  }
  // What has no end may still be mended: it is read again next time.
  read_ -= buffer_.size() - at_;
  buffer_.clear();
  at_ = 0;
  return false;
}

void each_result(LineReader& reader, const std::function<void(const Result&, const std::string&)>& use) {
  std::string line;
  while (reader.next(line)) use(read_result(line, in_quotes(reader.path()) + ", line " + std::to_string(reader.number())), line);
}

}  // namespace induction
