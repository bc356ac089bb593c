#pragma once
// What an atlas shows of its sweeps' runs: the knobs that vary and a few results of each run, column by column.

#include <map>
#include <string>
#include <vector>

#include "config.hpp"
#include "sweep_result.hpp"

namespace induction {

class AtlasData {
 public:
  /// Adds the finished runs of a sweep's folder, which may be read-only and in use. A run that is there already is left out;
  /// one that has another signature is refused.
  void add_sweep(const std::string& folder);

  size_t size() const { return runs_.size(); }
  uint64_t repeated() const { return repeated_; }
  /// The knobs with more than one value, in the order of config.def; `seed` is among them.
  std::vector<const Knob*> varying() const;
  /// {"format", "title", "page", "data", "base", "knobs", "runs"}: docs/sweeps.md, "An atlas". `page`: the address that opens a run.
  Json json(const std::string& title, const std::string& page) const;

 private:
  struct Kept {
    Config config;
    Result result;
    std::string folder;
  };
  Json knob_columns(const std::vector<const Knob*>& knobs, Json& runs) const;
  Json result_columns() const;
  void note_data(const Result& result, const std::string& folder);

  std::map<uint64_t, Kept> runs_;  // by id, so the order of sweeps does not matter
  uint64_t repeated_ = 0;
  std::string data_name_, data_folder_;  // the file that runs read, if any, and a sweep with it
};

}  // namespace induction
