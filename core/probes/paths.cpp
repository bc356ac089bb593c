#include "paths.hpp"

#include <algorithm>
#include <cmath>

namespace induction {
namespace {

Matrix first_stream(const ModelWeights& weights, std::span<const uint32_t> tokens) {
  Matrix x(static_cast<uint32_t>(tokens.size()), weights.W_E.columns);
  for (uint32_t t = 0; t < x.rows; ++t)
    for (uint32_t d = 0; d < x.columns; ++d)
      x(t, d) = weights.W_E(tokens[t], d) + (weights.positions_in_stream() ? weights.W_pos(t, d) : 0.0);
  return x;
}

void add_pairs(PathExpansion& paths, const ModelWeights& weights, const Patterns& patterns, HeadPlace from, const Matrix& written) {
  for (uint32_t l = from.layer + 1; l < weights.heads.size(); ++l)
    for (uint32_t h = 0; h < weights.heads[l].size(); ++h)
      paths.pairs.push_back({{from, {l, h}}, product(head_writes(weights.heads[l][h], patterns[l][h], written), weights.W_U)});
}

bool avoids(const PathTerm& term, std::span<const HeadPlace> without) {
  return std::none_of(without.begin(), without.end(),
                      [&](const HeadPlace& out) { return std::find(term.heads.begin(), term.heads.end(), out) != term.heads.end(); });
}

double over_mean(const Matrix& logits, uint32_t position, uint32_t token) {
  double mean = 0;
  for (const double x : logits.row(position)) mean += x / logits.columns;
  return logits(position, token) - mean;
}

}  // namespace

Matrix head_writes(const HeadWeights& head, const Matrix& pattern, const Matrix& x) {
  return product(product(pattern, product(x, head.W_V)), head.W_O);
}

// Streams sorted by how many heads they came through: a layer moves each order on to the next.
Matrix longer_paths(const ModelWeights& weights, const Patterns& patterns, const Matrix& x) {
  const size_t layers = weights.heads.size();
  std::vector<Matrix> order(layers + 1, Matrix(x.rows, x.columns));
  order[0] = x;
  for (size_t l = 0; l < layers; ++l)
    for (size_t k = l + 1; k-- > 0;)
      for (size_t h = 0; h < weights.heads[l].size(); ++h)
        add_scaled(order[k + 1], head_writes(weights.heads[l][h], patterns[l][h], order[k]));
  Matrix sum(x.rows, x.columns);
  for (size_t k = 3; k <= layers; ++k) add_scaled(sum, order[k]);
  return sum;
}

Measured<PathExpansion> expand_paths(const ModelWeights& weights, std::span<const uint32_t> tokens, const Patterns& patterns) {
  using Result = Measured<PathExpansion>;
  if (const std::string reason = first_reason({norm_hides(weights.config), mlp_hides(weights.config)}); !reason.empty())
    return Result::not_defined(reason);
  const Matrix x = first_stream(weights, tokens);
  PathExpansion paths;
  paths.direct = product(x, weights.W_U);
  for (uint32_t l = 0; l < weights.heads.size(); ++l)
    for (uint32_t h = 0; h < weights.heads[l].size(); ++h) {
      const Matrix written = head_writes(weights.heads[l][h], patterns[l][h], x);
      paths.single.push_back({{{l, h}}, product(written, weights.W_U)});
      add_pairs(paths, weights, patterns, {l, h}, written);
    }
  paths.longer = product(longer_paths(weights, patterns, x), weights.W_U);
  return Result::of(std::move(paths));
}

Matrix sum_of_paths(const PathExpansion& paths, std::span<const HeadPlace> without) {
  Matrix sum = paths.direct;
  for (const auto* terms : {&paths.single, &paths.pairs})
    for (const PathTerm& term : *terms)
      if (avoids(term, without)) add_scaled(sum, term.logits);
  add_scaled(sum, paths.longer);
  return sum;
}

std::vector<Attribution> attribute_logit(const PathExpansion& paths, uint32_t position, uint32_t token) {
  std::vector<Attribution> list = {{{}, over_mean(paths.direct, position, token)}};
  for (const auto* terms : {&paths.single, &paths.pairs})
    for (const PathTerm& term : *terms) list.push_back({term.heads, over_mean(term.logits, position, token)});
  if (std::any_of(paths.longer.values.begin(), paths.longer.values.end(), [](double v) { return v != 0; }))
    list.push_back({{}, over_mean(paths.longer, position, token)});
  return list;
}

std::vector<double> losses_of(const Matrix& logits, std::span<const int32_t> targets) {
  std::vector<double> losses;
  for (uint32_t t = 0; t < targets.size(); ++t) {
    const auto row = logits.row(t);
    const double highest = *std::max_element(row.begin(), row.end());
    double sum = 0;
    for (const double x : row) sum += std::exp(x - highest);
    losses.push_back(targets[t] < 0 ? 0.0 : highest + std::log(sum) - row[static_cast<size_t>(targets[t])]);
  }
  return losses;
}

}  // namespace induction
