#pragma once
// What a person or a plot reads of a sweep: summary.csv and sweep.sqlite, made anew from results.jsonl.

#include "sweep_folder.hpp"

namespace induction {

inline constexpr const char *kCsvFile = "summary.csv", *kSqliteFile = "sweep.sqlite";

/// One column of both: a knob, or what came of the run.
struct SummaryColumn {
  enum class Type : uint8_t { text, integer, real, boolean };
  std::string name;
  Type type;
  std::function<Json(const Json& line)> value;  // null: not defined for this run
};
const std::vector<SummaryColumn>& summary_columns();
/// The columns of a head, of one entry of a line's `heads`.
const std::vector<SummaryColumn>& head_columns();

/// Rows ordered by id, so that the order in which runs ended leaves no trace.
using EachRow = std::function<void(const std::function<void(const Json& line)>& row)>;

/// Both files, each replaced in one go. Refuses when a line of results.jsonl is not a result or a file cannot be written.
/// Returns the number of runs.
uint64_t write_summary(SweepFolder& folder);

/// Writes a database with the tables `runs` and `heads` (docs/sweeps.md) to `path`, replacing it in one go.
void write_sqlite(const std::string& path, const EachRow& each_row);

}  // namespace induction
