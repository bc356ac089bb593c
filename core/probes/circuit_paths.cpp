// measure_paths: what sets of paths lose, and what each path adds to the right logit, over the held-out rows.

#include "circuit_rows.hpp"

namespace induction {
namespace {

// Logits of nested sets of paths, in the order of PathReport::losses.
struct Nested {
  std::vector<std::string> names;
  std::vector<Matrix> logits;
};

Nested nested_sets(const PathExpansion& paths, uint32_t layers) {
  Nested sets{{"direct"}, {paths.direct}};
  const auto next = [&](std::string name) -> Matrix& {
    sets.names.push_back(std::move(name));
    Matrix copy = sets.logits.back();
    return sets.logits.emplace_back(std::move(copy));
  };
  for (uint32_t l = 0; l < layers; ++l) {
    Matrix& sum = next("+ layer " + std::to_string(l));
    for (const PathTerm& term : paths.single)
      if (term.heads[0].layer == l) add_scaled(sum, term.logits);
  }
  if (layers > 1) {
    Matrix& sum = next("+ virtual heads");
    for (const PathTerm& term : paths.pairs) add_scaled(sum, term.logits);
  }
  if (layers > 2) add_scaled(next("+ longer paths"), paths.longer);
  return sets;
}

// Adds one row's attributions of the right token, where it can be induced; `count` counts those positions.
void attribute_row(std::vector<Attribution>& sum, uint64_t& count, const PathExpansion& paths, const Sequence& row) {
  for (uint32_t t = 0; t < row.tokens.size(); ++t) {
    if (!row.inducible[t]) continue;
    const std::vector<Attribution> parts = attribute_logit(paths, t, static_cast<uint32_t>(row.targets[t]));
    if (sum.empty())
      sum.assign(parts.begin(), parts.end());
    else
      for (size_t i = 0; i < parts.size(); ++i) sum[i].logit += parts[i].logit;
    ++count;
  }
}

}  // namespace

Measured<PathReport> measure_paths(const ModelWeights& weights, HeldOut& rows) {
  PathReport report;
  std::vector<std::vector<double>> losses;  // [set][all positions]
  uint64_t count = 0;
  for (uint32_t b = 0; b < rows.sequences.size(); ++b) {
    const auto paths = expand_paths(weights, rows.tokens[b], rows.model.patterns_of_row(b));
    if (!paths.value) return Measured<PathReport>::not_defined(paths.reason);
    const Nested sets = nested_sets(*paths.value, static_cast<uint32_t>(weights.heads.size()));
    losses.resize(sets.names.size());
    for (size_t i = 0; i < sets.names.size(); ++i) {
      const std::vector<double> row = losses_of(sets.logits[i], rows.sequences[b].targets);
      losses[i].insert(losses[i].end(), row.begin(), row.end());
      if (b == 0) report.losses.push_back({sets.names[i], {}});
    }
    attribute_row(report.right_logits, count, *paths.value, rows.sequences[b]);
  }
  for (size_t i = 0; i < losses.size(); ++i) report.losses[i].loss = rows.split(losses[i]);
  for (Attribution& part : report.right_logits) part.logit /= static_cast<double>(count);
  return Measured<PathReport>::of(std::move(report));
}

}  // namespace induction
