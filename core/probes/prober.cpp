#include "prober.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "token_composition.hpp"

namespace induction {
namespace {

double ratio(double sum, uint64_t count) { return count ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN(); }

}  // namespace

Prober::Prober(const Config& config, const Dataset& dataset, const KernelTable<float>& kernels)
    : config_(config),
      layers_(static_cast<uint32_t>(config.n_layers)),
      heads_(static_cast<uint32_t>(config.n_heads)),
      length_(static_cast<uint32_t>(config.n_ctx)),
      program_(record_model(for_evaluation(config), {kHeldOutRows, length_, length_})),
      cpu_(program_, 1, kernels),
      seen_(make_rows(dataset, 0)),
      unseen_(make_rows(dataset, 1)) {}

Prober::Rows Prober::make_rows(const Dataset& dataset, uint32_t set) const {
  Rows rows;
  rows.sequences = dataset.held_out(kHeldOutRows, set);
  for (const Sequence& s : rows.sequences) rows.tokens.push_back(s.tokens);
  rows.chance = uniform_scores(rows.tokens);
  return rows;
}

// Forward pass over rows; losses by kind of position.
Losses Prober::run(const Rows& rows, std::vector<double>* by_position) {
  float *tokens = cpu_.data(program_.tokens), *targets = cpu_.data(program_.targets);
  for (size_t b = 0; b < rows.sequences.size(); ++b)
    for (size_t t = 0; t < length_; ++t) {
      tokens[b * length_ + t] = static_cast<float>(rows.sequences[b].tokens[t]);
      targets[b * length_ + t] = static_cast<float>(rows.sequences[b].targets[t]);
    }
  cpu_.run(false);

  const float *loss = cpu_.data(program_.loss), *logits = cpu_.data(program_.logits);
  const size_t vocabulary = program_.tensors[program_.logits].shape[2];
  double sum_new = 0, sum_rep = 0, right = 0;
  uint64_t n_new = 0, n_rep = 0;
  if (by_position) by_position->assign(length_, 0.0);
  for (size_t b = 0; b < rows.sequences.size(); ++b)
    for (uint32_t t = 0; t < length_; ++t) {
      const size_t at = b * length_ + t;
      if (rows.sequences[b].targets[t] == kNoTarget) continue;
      if (by_position) (*by_position)[t] += static_cast<double>(loss[at]) / kHeldOutRows;
      if (!rows.sequences[b].inducible[t]) {
        sum_new += loss[at], ++n_new;
        continue;
      }
      sum_rep += loss[at], ++n_rep;
      const float* row = logits + at * vocabulary;
      right += std::max_element(row, row + vocabulary) - row == static_cast<long>(targets[at]) ? 1 : 0;
    }
  return {ratio(sum_new + sum_rep, n_new + n_rep), ratio(sum_new, n_new), ratio(sum_rep, n_rep), ratio(right, n_rep)};
}

std::vector<PatternScores> Prober::scores(const Rows& rows) {
  std::vector<PatternScores> list;
  const size_t square = static_cast<size_t>(length_) * length_;
  for (uint32_t l = 0; l < layers_; ++l) {
    const float* pattern = cpu_.data(program_.find("blocks." + std::to_string(l) + ".attn.hook_pattern"));
    for (uint32_t h = 0; h < heads_; ++h) list.push_back(score_pattern(rows.tokens, pattern + h * square, heads_ * square));
  }
  return list;
}

ProbeRecord Prober::measure(std::span<const float> parameters) {
  std::copy(parameters.begin(), parameters.end(), cpu_.region(program_.parameter_region).begin());
  ProbeRecord record;
  std::vector<PatternScores> unseen;
  if (!unseen_.sequences.empty()) {
    record.unseen = run(unseen_, nullptr);
    unseen = scores(unseen_);
  }
  record.seen = run(seen_, &record.loss_by_position);
  const std::vector<PatternScores> seen = scores(seen_);
  std::vector<HeadEvidence> evidence;
  for (uint32_t i = 0; i < layers_ * heads_; ++i) {
    const bool both = !unseen.empty();
    const RoleVerdict verdict = judge(seen[i], seen_.chance, both ? &unseen[i] : nullptr, both ? &unseen_.chance : nullptr);
    evidence.push_back({i / heads_, i % heads_, seen[i], seen_.chance, both ? unseen[i] : PatternScores{}, unseen_.chance, both});
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

// loss_rep with the head's output matrix set to zero, which is zero ablation. The seen rows' forward pass must be done anew after it.
double Prober::loss_without(const HeadRecord& head) {
  const Tensor& W_O = program_.tensors[program_.find("blocks." + std::to_string(head.layer) + ".attn.W_O")];
  const size_t floats = W_O.stride[0];  // [d_head, d_model] of one head, in one piece
  const std::span<float> own = cpu_.region({W_O.offset + static_cast<uint32_t>(head.head * floats), static_cast<uint32_t>(floats)});
  const std::vector<float> kept(own.begin(), own.end());
  std::fill(own.begin(), own.end(), 0.0f);
  const double loss = run(seen_, nullptr).loss_rep;
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
  const double uniform = std::log(static_cast<double>(config_.d_vocab));
  std::vector<const HeadRecord*> copying;
  for (size_t i = 0; i < evidence.size(); ++i) {
    add(position_alarm(evidence[i]));
    add(sink_alarm(evidence[i]));
    if (record.heads[i].verdict.role == Role::induction) copying.push_back(&record.heads[i]);
  }
  std::stable_sort(copying.begin(), copying.end(),
                   [](const HeadRecord* a, const HeadRecord* b) { return a->scores.induction > b->scores.induction; });
  if (copying.size() > kMostAblated) copying.resize(kMostAblated);
  for (const HeadRecord* head : copying) add(harmless_alarm(head->layer, head->head, record.seen.loss_rep, loss_without(*head), uniform));
  return list;
}

}  // namespace induction
