#include "dataset.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

namespace induction {
namespace {

Task task_of(const Config& config, std::shared_ptr<const Corpus> corpus) {
  switch (config.task) {
    case kind::task::repeat:
    case kind::task::repeat_fixed: return repeat_task(config);
    case kind::task::bigram: return bigram_task(config);
    case kind::task::segment: return segment_task(config);
    case kind::task::trigger: return trigger_task(config);
    case kind::task::distance: return distance_task(config);
    case kind::task::skewed: return skewed_task(config);
    case kind::task::tokens:
    case kind::task::text: return tokens_task(config, std::move(corpus));
    case kind::task::icl_markov: return icl_markov_task(config);
    case kind::task::icl_classify: return icl_classify_task(config);
    case kind::task::sentiment: return sentiment_task(config);
    case kind::task::image: return image_task(config);
    case kind::task::bandit: return bandit_task(config);
  }
  return {};
}

constexpr uint32_t kFurtherSets = 0x53455400;  // streams of held-out sets after the first two

// A row with the start token, numbered `start`, in front: position 0 shall predict the first token, where the others predict next ones.
Sequence with_start(Sequence s, uint32_t start) {
  const bool predicted = s.targets[0] != kNoTarget;
  s.targets.insert(s.targets.begin(), predicted ? static_cast<int32_t>(s.tokens[0]) : kNoTarget);
  s.tokens.insert(s.tokens.begin(), start);
  s.inducible.insert(s.inducible.begin(), 0);
  ++s.query;
  return s;
}

Sequence without_start(Sequence s) {
  s.tokens.erase(s.tokens.begin());
  s.targets.erase(s.targets.begin());
  s.inducible.erase(s.inducible.begin());
  --s.query;
  return s;
}

Stream stream_of_set(uint32_t set) {
  return set == 0 ? Stream::held_out : set == 1 ? Stream::unseen : static_cast<Stream>(kFurtherSets + set);
}

}  // namespace

Dataset::Dataset(const Config& config, std::shared_ptr<const Corpus> corpus)
    : config_(config),
      seed_(static_cast<uint32_t>(config.seed)),
      task_tokens_(static_cast<uint32_t>(for_task(config).d_vocab)),
      first_(random_tokens(config) ? static_cast<uint32_t>(config.tokens_first) : 0),
      corpus_(corpus),
      task_(task_of(for_task(config), std::move(corpus))),
      position_factors_(position_factors(config)) {}

Sequence Dataset::row_of(Draws& draws, uint32_t set) const {
  Sequence row = task_.row(draws, set);
  if (first_ > 0) renumber(row, first_, static_cast<uint32_t>(config_.d_vocab));
  if (config_.start_token) row = with_start(std::move(row), static_cast<uint32_t>(config_.d_vocab));
  apply_objective(
      config_, [this](const Sequence& s, uint32_t t) { return task_sources(s, t); }, draws, row);
  return row;
}

Sequence Dataset::row(Stream stream, uint32_t index, uint32_t row) const {
  const bool pooled = stream == Stream::train && config_.pool > 0;
  const uint32_t member = pooled ? uniform_below(seed_, Stream::pool_choice, index, row, static_cast<uint32_t>(config_.pool)) : 0;
  Draws draws = pooled ? Draws(seed_, Stream::pool, member, 0) : Draws(seed_, stream, index, row * kDrawsPerRow);
  return row_of(draws, 0);
}

void Dataset::fill(uint64_t step, float* tokens, float* targets, float* weights) const {
  std::vector<double> relative;
  for (uint32_t b = 0; b < static_cast<uint32_t>(config_.batch); ++b) {
    const Sequence sequence = row(Stream::train, static_cast<uint32_t>(step), b);
    tokens = std::copy(sequence.tokens.begin(), sequence.tokens.end(), tokens);
    targets = std::copy(sequence.targets.begin(), sequence.targets.end(), targets);
    if (weights) append_weights(config_, sequence, position_factors_, relative);
  }
  if (weights) normalise_weights(relative, weights);
}

Step Dataset::draw(uint32_t tokens, uint32_t targets) const {
  const auto length = static_cast<uint32_t>(config_.n_ctx);
  Step step = task_.draw;
  step.kernel = static_cast<Kernel>(static_cast<uint32_t>(Kernel::count) + static_cast<uint32_t>(config_.task));
  step.offset[0] = tokens, step.offset[1] = targets;
  step.batch_stride[0] = step.batch_stride[1] = length;
  step.size[0] = length, step.size[1] = static_cast<uint32_t>(config_.d_vocab), step.size[4] = seed_, step.size[5] = kDrawsPerRow;
  return step;
}

std::vector<Sequence> Dataset::held_out(uint32_t rows, uint32_t set) const {
  std::vector<Sequence> list;
  if (set >= task_.sets.size()) return list;
  for (uint32_t b = 0; b < rows; ++b) {
    Draws draws(seed_, stream_of_set(set), 0, b * kDrawsPerRow);
    list.push_back(row_of(draws, set));
  }
  return list;
}

std::vector<uint32_t> Dataset::sources(const Sequence& sequence, uint32_t t) const {
  return masked() ? masked_sources(config_, sequence, t) : task_sources(sequence, t);
}

// Without the start token, in the task's own numbers.
Sequence Dataset::as_the_task(Sequence sequence) const {
  if (config_.start_token) sequence = without_start(std::move(sequence));
  if (first_ > 0) renumber(sequence, static_cast<uint32_t>(config_.d_vocab) - first_, static_cast<uint32_t>(config_.d_vocab));
  return sequence;
}

std::vector<uint32_t> Dataset::task_sources(const Sequence& sequence, uint32_t t) const {
  std::vector<uint32_t> keys;
  if (task_.sources) {
    const uint32_t in_front = config_.start_token ? 1 : 0;
    if (in_front == 0 && first_ == 0) return task_.sources(sequence, t);
    if (t >= in_front) keys = task_.sources(as_the_task(sequence), t - in_front);
    for (uint32_t& key : keys) key += in_front;
    return keys;
  }
  for (uint32_t s = 1; s <= t; ++s)
    if (sequence.tokens[s - 1] == sequence.tokens[t]) keys.push_back(s);
  return keys;
}

Sequence Dataset::example() const {
  constexpr uint32_t kTries = 400;
  Sequence best = row(Stream::example, 0, 0);
  if (best.period == 0) return best;
  // A period near a third of the context is long enough to need memory and short enough to be seen three times; and where
  // no token stands twice in the block, every induction stripe is a clean line.
  const auto flaws = [&](const Sequence& s) {
    const auto block = std::min<size_t>(s.period, s.tokens.size());
    const std::set<uint32_t> different(s.tokens.begin(), s.tokens.begin() + static_cast<long>(block));
    const int64_t off = std::abs(static_cast<int64_t>(s.period) - config_.n_ctx / 3);
    return off + 2 * (static_cast<int64_t>(s.period) - static_cast<int64_t>(different.size()));
  };
  for (uint32_t i = 1; i < kTries && flaws(best) > 0; ++i) {
    Sequence other = row(Stream::example, 0, i);
    if (flaws(other) < flaws(best)) best = std::move(other);
  }
  return best;
}

}  // namespace induction
