#pragma once
// One finished run of a sweep as one line of results.jsonl, and reading such files.

#include <functional>
#include <string>

#include "measured_run.hpp"
#include "run_id.hpp"
#include "sweep_draw.hpp"

namespace induction {

/// {"id", …, "seconds"} without a line break: what MeasuredRun::result says of the run between its id and the wall time on this machine;
/// before that time {"data": {"name", "hash"}} of a run that read some.
std::string result_line(const Course& course, const StopRules& stop, const std::string& result, double seconds,
                        const Corpus* corpus = nullptr);

struct Result {
  uint64_t id = 0;
  Ending ending = Ending::finished;
  std::string signature;
  bool onset = false;  // some head became an induction head
  Json json;           // the whole line
};

/// Reads one line. `where` ("'DIR/results.jsonl', line 7") begins the sentence when it is not a run's result.
Result read_result(const std::string& line, const std::string& where);

/// The lines of a file from a place on. A last line without its end is not one: it is being written, or its writer was killed.
class LineReader {
 public:
  LineReader(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  /// The next whole line without its end; false when there is none (yet).
  bool next(std::string& line);
  uint64_t number() const { return number_; }  // of the line read last, from 1
  uint64_t begin() const { return begin_; }    // its place, bytes
  const std::string& path() const { return path_; }

 private:
  bool fill();

  int descriptor_;
  std::string path_, buffer_;
  size_t at_ = 0;      // in buffer_
  uint64_t read_ = 0;  // bytes of the file that went through buffer_
  uint64_t number_ = 0, begin_ = 0;
};

/// The results that a reader finds from where it stands, each with its line's text.
void each_result(LineReader& reader, const std::function<void(const Result&, const std::string& line)>& use);

}  // namespace induction
