#include "dataset.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace induction {
namespace {

Task task_of(const Config& config) {
  switch (config.task) {
    case kind::task::repeat:
    case kind::task::repeat_fixed: return repeat_task(config);
    case kind::task::bigram: return bigram_task(config);
    case kind::task::segment: return segment_task(config);
    case kind::task::trigger: return trigger_task(config);
    case kind::task::distance: return distance_task(config);
    case kind::task::skewed: return skewed_task(config);
    case kind::task::tokens:
    case kind::task::text: break;
  }
  return {};
}

constexpr uint32_t kFurtherSets = 0x53455400;  // streams of held-out sets after the first two

Stream stream_of_set(uint32_t set) {
  return set == 0 ? Stream::held_out : set == 1 ? Stream::unseen : static_cast<Stream>(kFurtherSets + set);
}

}  // namespace

Dataset::Dataset(const Config& config)
    : config_(config), seed_(static_cast<uint32_t>(config.seed)), task_(task_of(config)), position_factors_(position_factors(config)) {}

Sequence Dataset::row_of(Draws& draws, uint32_t set) const {
  Sequence row = task_.row(draws, set);
  apply_objective(config_, row);
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
  if (task_.sources) return task_.sources(sequence, t);
  std::vector<uint32_t> keys;
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
