#pragma once
// A model run on some rows, for measure_circuits: its activations by head, its losses by kind of position, its paths.

#include "circuits.hpp"

namespace induction {

/// One head's patterns over the rows: [rows, T, T] through `stride` floats.
struct PatternRows {
  const float* values;
  size_t stride;
};

/// A plain-mode Program of equally long rows, already run.
class ModelOnRows {
 public:
  /// targets: as many rows as `rows`, or none: then no position has one.
  ModelOnRows(const Config& config, const std::vector<std::vector<uint32_t>>& rows, std::span<const float> parameters,
              const std::vector<std::vector<int32_t>>& targets = {});
  bool ok() const { return cpu_->ok(); }
  Cpu<float>& cpu() { return *cpu_; }
  const Program& program() const { return *program_; }
  PatternRows pattern(HeadPlace place);
  /// All patterns of one row in double.
  Patterns patterns_of_row(uint32_t row);
  std::vector<HeadSample> samples(HeadPlace place, const std::vector<std::vector<uint32_t>>& rows);
  ModelWeights weights();

 private:
  Config config_;
  std::unique_ptr<Program> program_;
  std::unique_ptr<Cpu<float>> cpu_;
};

/// The fixed held-out rows that Prober uses too.
struct HeldOut {
  std::vector<Sequence> sequences;
  std::vector<std::vector<uint32_t>> tokens;
  std::vector<RowSources> sources;  // the task's own; empty: content prefix matching
  ModelOnRows model;

  HeldOut(const Config& config, std::span<const float> parameters, const Dataset& dataset);
  /// Losses of the last forward pass, row by row.
  std::vector<double> losses();
  /// Means of such losses by kind of position.
  SplitLoss split(std::span<const double> losses) const;
};

Measured<PathReport> measure_paths(const ModelWeights& weights, HeldOut& rows);

}  // namespace induction
