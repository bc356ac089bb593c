#include "circuits.hpp"

#include <algorithm>

#include "../model.hpp"
#include "circuit_rows.hpp"

namespace induction {
namespace {

// The previous-token scores of all heads, as weights for token composition.
std::vector<WeightedHead> previous_token_weights(const std::vector<HeadCircuits>& heads) {
  std::vector<WeightedHead> list;
  for (const HeadCircuits& head : heads) list.push_back({head.place, head.scores.previous_token});
  return list;
}

void measure_patterns(CircuitReport& report, HeldOut& rows, const Config& config) {
  std::vector<uint32_t> periods;
  for (const Sequence& s : rows.sequences) periods.push_back(s.period);
  const Sight sight = sight_of(config);
  const ProfileRows profile{rows.tokens, periods, rows.sources, sight};
  const PatternScorer scorer(rows.tokens, rows.sources, sight);
  report.chance = scorer.uniform();
  report.profile_chance = uniform_profile(profile);
  for (uint32_t l = 0; l < config.n_layers; ++l)
    for (uint32_t h = 0; h < config.n_heads; ++h) {
      const PatternRows p = rows.model.pattern({l, h});
      HeadCircuits head;
      head.place = {l, h};
      head.scores = scorer.of(p.values, p.stride);
      head.profile = profile_pattern(profile, p.values, p.stride);
      report.heads.push_back(std::move(head));
    }
}

// Scores on rows of their own: Olsson's, and rows without a repeated token for copying.
bool measure_special_rows(CircuitReport& report, const ModelWeights& weights, std::span<const float> parameters) {
  const Config& c = weights.config;
  const auto n_ctx = static_cast<uint32_t>(c.n_ctx), d_vocab = static_cast<uint32_t>(c.d_vocab), seed = static_cast<uint32_t>(c.seed);
  std::optional<uint32_t> start;
  if (c.start_token) start = d_vocab;
  const OlssonRows olsson = olsson_rows(n_ctx, d_vocab, seed, start);
  const auto distinct = distinct_rows(n_ctx, d_vocab, seed, start);
  report.olsson_block = olsson.block;
  ModelOnRows single(c, distinct, parameters);
  std::optional<ModelOnRows> repeated;
  if (olsson.block > 0) repeated.emplace(c, olsson.tokens, parameters);
  if (!single.ok() || (repeated && !repeated->ok())) return false;
  const PatternScorer scorer(olsson.tokens);
  for (HeadCircuits& head : report.heads) {
    head.olsson = std::numeric_limits<double>::quiet_NaN();
    if (repeated) {
      const PatternRows p = repeated->pattern(head.place);
      head.olsson = scorer.without_entropy(p.values, p.stride).induction;
    }
    head.copying_behaviour = copying_behaviour(weights, head.place, single.samples(head.place, distinct));
  }
  return true;
}

void measure_weights(CircuitReport& report, const ModelWeights& weights) {
  const std::vector<WeightedHead> earlier = previous_token_weights(report.heads);
  report.composition_baseline = composition_baseline(weights.config);
  for (HeadCircuits& head : report.heads) {
    head.copying_eigenvalue = copying_eigenvalue(weights, head.place);
    head.copying_diagonal = copying_diagonal(weights, head.place);
    head.recall_previous = recall_previous(weights, head.place);
    head.recall_copy = recall_copy(weights, head.place);
    head.token_composition = token_composition(weights, head.place, earlier);
    for (const HeadCircuits& later : report.heads)
      if (later.place.layer > head.place.layer)
        report.pairs.push_back(
            {head.place, later.place, composition(weights, head.place, later.place), recall_match(weights, head.place, later.place)});
  }
}

AblationLosses ablated(HeldOut& rows, std::span<const HeadPlace> heads) {
  AblationLosses list;
  for (const Ablation kind : kAblations) {
    run_ablated(rows.model.cpu(), heads, kind);
    list.push_back(rows.split(rows.losses()));
  }
  return list;
}

void measure_ablations(CircuitReport& report, HeldOut& rows, const Config& config) {
  for (HeadCircuits& head : report.heads) head.ablated = ablated(rows, {&head.place, 1});
  for (uint32_t l = 0; l < config.n_layers; ++l) {
    std::vector<HeadPlace> layer;
    for (uint32_t h = 0; h < config.n_heads; ++h) layer.push_back({l, h});
    report.layer_ablated.push_back(ablated(rows, layer));
  }
}

}  // namespace

uint64_t circuits_memory(const Config& c) {
  const auto length = static_cast<uint32_t>(c.n_ctx);
  return sizeof(float) * record_model(c, {kHeldOutRows, length, length}, Mode::plain).memory_floats(1);
}

std::optional<CircuitReport> measure_circuits(const Config& config, std::span<const float> parameters,
                                              std::shared_ptr<const Corpus> corpus) {
  HeldOut rows(config, parameters, Dataset(config, std::move(corpus)));
  if (!rows.model.ok()) return std::nullopt;
  const ModelWeights weights = rows.model.weights();
  CircuitReport report;
  report.loss = rows.split(rows.losses());
  measure_patterns(report, rows, config);
  report.paths = measure_paths(weights, rows);
  if (!measure_special_rows(report, weights, parameters)) return std::nullopt;
  measure_weights(report, weights);
  measure_ablations(report, rows, config);
  return report;
}

}  // namespace induction
