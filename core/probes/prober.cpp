#include "prober.hpp"

#include <algorithm>

namespace induction {
namespace {

// A set of this name asks the same as training of what training never shows.
constexpr const char* kUnseen = "unseen";

}  // namespace

Prober::Prober(const Config& config, const Dataset& dataset, const KernelTable<float>& kernels)
    : layers_(static_cast<uint32_t>(config.n_layers)),
      heads_(static_cast<uint32_t>(config.n_heads)),
      length_(static_cast<uint32_t>(config.n_ctx)),
      states_(static_cast<uint32_t>(config.d_vocab)),
      program_(record_model(for_evaluation(config), {kHeldOutRows, length_, length_})),
      cpu_(program_, 1, kernels),
      labelled_query_(dataset.labelled_query()) {
  if (config.task == kind::task::icl_markov) chain_alpha_ = config.dirichlet_alpha;
  for (uint32_t set = 0; set < dataset.sets().size(); ++set) sets_.push_back(make_rows(dataset, set));
}

Prober::Rows Prober::make_rows(const Dataset& dataset, uint32_t set) const {
  Rows rows;
  rows.name = dataset.sets()[set].name;
  rows.sequences = dataset.held_out(kHeldOutRows, set);
  for (const Sequence& s : rows.sequences) {
    rows.tokens.push_back(s.tokens);
    if (!dataset.own_sources()) continue;
    rows.sources.emplace_back();
    for (uint32_t t = 0; t < length_; ++t) rows.sources.back().push_back(dataset.sources(s, t));
  }
  rows.chance = uniform_scores(rows.tokens, rows.sources);
  return rows;
}

void Prober::forward(const Rows& rows) {
  float *tokens = cpu_.data(program_.tokens), *targets = cpu_.data(program_.targets);
  for (size_t b = 0; b < rows.sequences.size(); ++b)
    for (size_t t = 0; t < length_; ++t) {
      tokens[b * length_ + t] = static_cast<float>(rows.sequences[b].tokens[t]);
      targets[b * length_ + t] = static_cast<float>(rows.sequences[b].targets[t]);
    }
  cpu_.run(false);
}

// Losses by kind of position, after forward(rows).
Losses Prober::losses(const Rows& rows) {
  const float *loss = cpu_.data(program_.loss), *logits = cpu_.data(program_.logits);
  const size_t vocabulary = program_.tensors[program_.logits].shape[2];
  Mean fresh, repeated, right, answered;
  for (size_t b = 0; b < rows.sequences.size(); ++b) {
    const Sequence& s = rows.sequences[b];
    for (uint32_t t = 0; t < length_; ++t) {
      if (s.targets[t] == kNoTarget) continue;
      const size_t at = b * length_ + t;
      (s.inducible[t] ? repeated : fresh).take(loss[at]);
      const bool asked = labelled_query_ && t == s.query;
      if (!s.inducible[t] && !asked) continue;
      const float* row = logits + at * vocabulary;
      const double hit = std::max_element(row, row + vocabulary) - row == static_cast<long>(s.targets[t]) ? 1 : 0;
      if (s.inducible[t]) right.take(hit);
      if (asked) answered.take(hit);
    }
  }
  const Mean all = {fresh.sum + repeated.sum, fresh.count + repeated.count};
  return {all.value(), fresh.value(), repeated.value(), right.value(), answered.value()};
}

std::vector<double> Prober::loss_by_position(const Rows& rows) {
  const float* loss = cpu_.data(program_.loss);
  std::vector<double> list;
  for (uint32_t t = 0; t < length_; ++t) {
    Mean mean;
    for (size_t b = 0; b < rows.sequences.size(); ++b)
      if (rows.sequences[b].targets[t] != kNoTarget) mean.take(loss[b * length_ + t]);
    list.push_back(mean.value());
  }
  return list;
}

StrategyDistances Prober::strategies(const Rows& rows) {
  const uint32_t width = program_.tensors[program_.logits].shape[2];
  return strategy_distances(rows.tokens, cpu_.data(program_.logits), width, states_, *chain_alpha_);
}

std::vector<PatternScores> Prober::scores(const Rows& rows) {
  std::vector<PatternScores> list;
  const size_t square = static_cast<size_t>(length_) * length_;
  for (uint32_t l = 0; l < layers_; ++l) {
    const float* pattern = cpu_.data(program_.find("blocks." + std::to_string(l) + ".attn.hook_pattern"));
    for (uint32_t h = 0; h < heads_; ++h) list.push_back(score_pattern(rows.tokens, pattern + h * square, heads_ * square, rows.sources));
  }
  return list;
}

ProbeRecord Prober::measure(std::span<const float> parameters) {
  std::copy(parameters.begin(), parameters.end(), cpu_.region(program_.parameter_region).begin());
  ProbeRecord record;
  std::vector<PatternScores> seen, unseen;
  const PatternScores* unseen_chance = nullptr;
  for (const Rows& rows : sets_) {
    forward(rows);
    if (&rows == &sets_.front()) {
      record.seen = losses(rows), record.loss_by_position = loss_by_position(rows);
      seen = scores(rows);
      if (chain_alpha_) record.strategies = strategies(rows);
    } else if (rows.name == kUnseen) {
      record.unseen = losses(rows);
      unseen = scores(rows), unseen_chance = &rows.chance;
    } else {
      record.held_out.push_back({rows.name, losses(rows)});
    }
  }
  for (uint32_t i = 0; i < layers_ * heads_; ++i) {
    const RoleVerdict verdict = judge(seen[i], sets_.front().chance, unseen_chance ? &unseen[i] : nullptr, unseen_chance);
    record.heads.push_back({i / heads_, i % heads_, seen[i], verdict});
  }
  return record;
}

}  // namespace induction
