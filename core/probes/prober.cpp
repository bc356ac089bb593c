#include "prober.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../sort_few.hpp"
#include "token_composition.hpp"

namespace induction {
namespace {

// A set of this name asks the same as training of what training never shows.
constexpr const char* kUnseen = "unseen";

}  // namespace

std::vector<RowSources> own_sources(const Dataset& dataset, std::span<const Sequence> rows) {
  std::vector<RowSources> list;
  if (!dataset.own_sources()) return list;
  for (const Sequence& row : rows) {
    list.emplace_back();
    for (uint32_t t = 0; t < row.tokens.size(); ++t) list.back().push_back(dataset.sources(row, t));
  }
  return list;
}

Prober::Prober(const Config& config, const Dataset& dataset, const KernelTable<float>& kernels, const Interventions& held)
    : config_(config),
      layers_(static_cast<uint32_t>(config.n_layers)),
      heads_(static_cast<uint32_t>(config.n_heads)),
      length_(static_cast<uint32_t>(config.n_ctx)),
      states_(static_cast<uint32_t>(config.d_vocab)),
      program_(record_model(for_evaluation(config), {kHeldOutRows, length_, length_}, Mode::training, {{}, false, held})),
      cpu_(program_, 1, kernels),
      labelled_query_(dataset.labelled_query()),
      answers_(dataset.answers()) {
  // Of a model that is trained on other positions, or sees what comes, a distance to predictors from the past says nothing.
  if (config.task == kind::task::icl_markov && config.objective == kind::objective::next) chain_alpha_ = config.dirichlet_alpha;
  for (uint32_t i = 0; i < layers_ * heads_; ++i)
    if (copies(held, i / heads_, i % heads_)) copied_.push_back(i);
  for (uint32_t set = 0; set < dataset.sets().size(); ++set) sets_.push_back(make_rows(dataset, set));
}

Prober::Rows Prober::make_rows(const Dataset& dataset, uint32_t set) const {
  std::vector<Sequence> sequences = dataset.held_out(kHeldOutRows, set);
  std::vector<std::vector<uint32_t>> tokens;
  for (const Sequence& s : sequences) tokens.push_back(s.tokens);
  PatternScorer scorer(tokens, own_sources(dataset, sequences), sight_of(config_));
  const PatternScores chance = scorer.uniform();
  return {dataset.sets()[set].name, std::move(sequences), std::move(tokens), std::move(scorer), chance};
}

void Prober::forward(const Rows& rows) {
  float *tokens = cpu_.data(program_.tokens), *targets = cpu_.data(program_.targets);
  for (size_t b = 0; b < rows.sequences.size(); ++b)
    for (size_t t = 0; t < length_; ++t) {
      tokens[b * length_ + t] = static_cast<float>(rows.sequences[b].tokens[t]);
      targets[b * length_ + t] = static_cast<float>(rows.sequences[b].targets[t]);
    }
  cpu_.run(false);
  intact_ = &rows == &sets_.front() ? program_.forward.size() : 0;
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

// Of every head, by what `of` makes of a pattern and its stride.
template <class Of>
std::vector<PatternScores> Prober::scores(Of of) {
  std::vector<PatternScores> list;
  const size_t square = static_cast<size_t>(length_) * length_;
  for (uint32_t l = 0; l < layers_; ++l) {
    const float* pattern = cpu_.data(program_.find("blocks." + std::to_string(l) + ".attn.hook_pattern"));
    for (uint32_t h = 0; h < heads_; ++h) list.push_back(of(pattern + h * square, heads_ * square));
  }
  return list;
}

ProbeRecord Prober::measure(std::span<const float> parameters) {
  std::copy(parameters.begin(), parameters.end(), cpu_.region(program_.parameter_region).begin());
  ProbeRecord record;
  std::vector<PatternScores> seen, unseen;
  const PatternScores* unseen_chance = nullptr;
  // The seen rows come last, since the alarms go on from their pass.
  for (size_t i = 1; i <= sets_.size(); ++i) {
    const Rows& rows = sets_[i % sets_.size()];
    forward(rows);
    if (&rows == &sets_.front()) {
      record.seen = losses(rows), record.loss_by_position = loss_by_position(rows);
      seen = scores([&](const float* pattern, size_t stride) { return rows.scorer.of(pattern, stride); });
      if (chain_alpha_) record.strategies = strategies(rows);
    } else if (rows.name == kUnseen) {
      record.unseen = losses(rows);
      unseen = scores([&](const float* pattern, size_t stride) { return rows.scorer.without_entropy(pattern, stride); });
      unseen_chance = &rows.chance;
    } else {
      record.held_out.push_back({rows.name, losses(rows)});
    }
  }
  const PatternScores &chance = sets_.front().chance, none;
  std::vector<HeadEvidence> evidence;
  for (uint32_t i = 0; i < layers_ * heads_; ++i) {
    const bool both = unseen_chance != nullptr;
    const RoleVerdict verdict = judge(seen[i], chance, both ? &unseen[i] : nullptr, unseen_chance);
    evidence.push_back({i / heads_, i % heads_, seen[i], chance, both ? unseen[i] : none, both ? *unseen_chance : none, both});
    record.heads.push_back({i / heads_, i % heads_, seen[i], verdict, evidence_of(evidence[i], verdict), {}});
  }
  add_token_composition(record.heads);
  record.alarms = alarms_of(record, evidence);
  return record;
}

// How well each later head's keys read, through previous-token heads, what its queries ask for: the stage between the two onsets.
void Prober::add_token_composition(std::vector<HeadRecord>& heads) {
  if (layers_ < 2 || token_count(config_) > kLargestTokenComposition) return;
  const ModelWeights weights = read_weights<float>(config_, program_, std::span<const float>(cpu_.region(program_.parameter_region)));
  std::vector<WeightedHead> earlier;
  for (const HeadRecord& head : heads) earlier.push_back({{head.layer, head.head}, head.scores.previous_token});
  for (HeadRecord& head : heads)
    if (const auto found = token_composition(weights, {head.layer, head.head}, earlier); found.value)
      head.token_k_composition = found.value->diagonal_share;
}

// loss_rep with the head's output matrix set to zero, which is zero ablation. The seen rows' pass goes on where the matrix is first read.
double Prober::loss_without(const HeadRecord& head) {
  const Tensor& W_O = program_.tensors[program_.find("blocks." + std::to_string(head.layer) + ".attn.W_O")];
  const size_t floats = W_O.stride[0];  // [d_head, d_model] of one head, in one piece
  const std::span<float> own = cpu_.region({W_O.offset + static_cast<uint32_t>(head.head * floats), static_cast<uint32_t>(floats)});
  const std::vector<float> kept(own.begin(), own.end());
  std::fill(own.begin(), own.end(), 0.0f);
  intact_ = std::min(intact_, program_.first_reader(W_O));
  cpu_.run_forward_from(intact_);
  const double loss = losses(sets_.front()).loss_rep;
  std::copy(kept.begin(), kept.end(), own.begin());
  return loss;
}

std::vector<Alarm> Prober::alarms_of(const ProbeRecord& record, const std::vector<HeadEvidence>& evidence) {
  constexpr size_t kMostAblated = 2;  // of the heads with the role: each costs a forward pass of the held-out rows
  std::vector<Alarm> list;
  const auto add = [&](std::optional<Alarm> alarm) {
    if (alarm) list.push_back(std::move(*alarm));
  };
  if (record.unseen) add(position_alarm(record.seen.accuracy_rep, record.unseen->accuracy_rep));
  const double uniform = std::log(static_cast<double>(answers_));
  std::vector<const HeadRecord*> copying;
  for (size_t i = 0; i < evidence.size(); ++i) {
    add(position_alarm(evidence[i]));
    add(sink_alarm(evidence[i]));
    if (record.heads[i].verdict.role == Role::induction && std::find(copied_.begin(), copied_.end(), i) == copied_.end())
      copying.push_back(&record.heads[i]);
  }
  sort_few(copying.begin(), copying.end(),
           [](const HeadRecord* a, const HeadRecord* b) { return a->scores.induction > b->scores.induction; });
  if (copying.size() > kMostAblated) copying.resize(kMostAblated);
  for (const HeadRecord* head : copying) add(harmless_alarm(head->layer, head->head, record.seen.loss_rep, loss_without(*head), uniform));
  return list;
}

}  // namespace induction
