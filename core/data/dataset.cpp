#include "dataset.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "../exact.hpp"

namespace induction {
namespace {

constexpr uint32_t kDrawsPerRow = 8192;  // counters reserved for one sequence: more than a shuffled vocabulary needs

// Next-token rows drawn uniformly from the simplex (Dirichlet(1): normalised exponentials).
std::vector<uint32_t> markov_rows(uint32_t seed, uint32_t vocabulary) {
  std::vector<uint32_t> cumulative(static_cast<size_t>(vocabulary) * vocabulary);
  std::vector<double> weight(vocabulary);
  for (uint32_t from = 0; from < vocabulary; ++from) {
    double total = 0;
    for (uint32_t to = 0; to < vocabulary; ++to) {
      const double u = ((random2(seed, Stream::markov, from, to).a >> 8) + 0.5) / 16777216.0;
      total += weight[to] = -exact_ln(u);
    }
    double sum = 0;
    for (uint32_t to = 0; to < vocabulary; ++to) {
      sum += weight[to];
      cumulative[static_cast<size_t>(from) * vocabulary + to] =
          to + 1 == vocabulary ? UINT32_MAX : static_cast<uint32_t>(std::min(sum / total * 4294967296.0, 4294967295.0));
    }
  }
  return cumulative;
}

}  // namespace

Dataset::Dataset(const Config& config) : config_(config), seed_(static_cast<uint32_t>(config.seed)) {
  if (config.task == kind::task::bigram) {
    markov_ = markov_rows(seed_, static_cast<uint32_t>(config.d_vocab));
    return;
  }
  const int64_t low = config.task == kind::task::repeat_fixed ? config.period_max : config.period_min;
  const int64_t longest = config.without_replacement ? std::min(config.n_ctx * 3 / 4, config.d_vocab) : config.n_ctx * 3 / 4;
  for (int64_t p = std::max<int64_t>(2, low / 2); p < low; ++p) unseen_periods_.push_back(static_cast<uint32_t>(p));
  for (int64_t p = config.period_max + 1; p <= longest; ++p) unseen_periods_.push_back(static_cast<uint32_t>(p));
}

void Dataset::fill_repeat(Sequence& sequence, Stream stream, uint32_t index, uint32_t first_draw) const {
  const auto vocabulary = static_cast<uint32_t>(config_.d_vocab);
  auto draw = [&, next = first_draw + 1](uint32_t below) mutable { return uniform_below(seed_, stream, index, next++, below); };
  if (config_.without_replacement) {
    // The first P of a Fisher–Yates shuffle.
    std::vector<uint32_t> shuffled(vocabulary);
    for (uint32_t v = 0; v < vocabulary; ++v) shuffled[v] = v;
    for (uint32_t i = 0; i < sequence.period; ++i) std::swap(shuffled[i], shuffled[i + draw(vocabulary - i)]);
    std::copy_n(shuffled.begin(), sequence.period, sequence.tokens.begin());
  } else {
    for (uint32_t i = 0; i < sequence.period; ++i) sequence.tokens[i] = draw(vocabulary);
  }
  for (size_t i = sequence.period; i < sequence.tokens.size(); ++i) sequence.tokens[i] = sequence.tokens[i - sequence.period];
}

void Dataset::fill_bigram(Sequence& sequence, Stream stream, uint32_t index, uint32_t first_draw) const {
  const auto vocabulary = static_cast<uint32_t>(config_.d_vocab);
  sequence.tokens[0] = uniform_below(seed_, stream, index, first_draw, vocabulary);
  for (size_t i = 1; i < sequence.tokens.size(); ++i) {
    const uint32_t word = random2(seed_, stream, index, first_draw + static_cast<uint32_t>(i)).a;
    const uint32_t* row = markov_.data() + static_cast<size_t>(sequence.tokens[i - 1]) * vocabulary;
    // The first token whose cumulative probability lies above the word; the last one takes the rest.
    sequence.tokens[i] = static_cast<uint32_t>(std::upper_bound(row, row + vocabulary - 1, word) - row);
  }
}

Sequence Dataset::row(Stream stream, uint32_t index, uint32_t row) const {
  Sequence sequence;
  sequence.tokens.resize(static_cast<size_t>(config_.n_ctx) + 1);
  const uint32_t first_draw = row * kDrawsPerRow;
  if (config_.task == kind::task::bigram) {
    fill_bigram(sequence, stream, index, first_draw);
    return sequence;
  }
  const auto longest = static_cast<uint32_t>(config_.period_max);
  if (stream == Stream::unseen) {
    sequence.period = unseen_periods_[uniform_below(seed_, stream, index, first_draw, static_cast<uint32_t>(unseen_periods_.size()))];
  } else if (config_.task == kind::task::repeat_fixed) {
    sequence.period = longest;
  } else {
    const auto shortest = static_cast<uint32_t>(config_.period_min);
    sequence.period = shortest + uniform_below(seed_, stream, index, first_draw, longest - shortest + 1);
  }
  fill_repeat(sequence, stream, index, first_draw);
  return sequence;
}

void Dataset::fill(uint64_t step, float* tokens, float* targets) const {
  const auto length = static_cast<size_t>(config_.n_ctx);
  for (uint32_t b = 0; b < static_cast<uint32_t>(config_.batch); ++b) {
    const Sequence sequence = row(Stream::train, static_cast<uint32_t>(step), b);
    for (size_t t = 0; t < length; ++t) {
      tokens[b * length + t] = static_cast<float>(sequence.tokens[t]);
      targets[b * length + t] = static_cast<float>(sequence.tokens[t + 1]);
    }
  }
}

Step Dataset::draw(uint32_t tokens, uint32_t targets) const {
  const auto length = static_cast<uint32_t>(config_.n_ctx), longest = static_cast<uint32_t>(config_.period_max);
  const uint32_t shortest = config_.task == kind::task::repeat_fixed ? longest : static_cast<uint32_t>(config_.period_min);
  Step step;
  step.kernel = static_cast<Kernel>(static_cast<uint32_t>(Kernel::count) + static_cast<uint32_t>(config_.task));
  step.flags = config_.without_replacement ? kDistinct : 0u;
  step.offset[0] = tokens, step.offset[1] = targets;
  step.batch_stride[0] = step.batch_stride[1] = length;
  const uint32_t sizes[] = {length, static_cast<uint32_t>(config_.d_vocab), shortest, longest, seed_, kDrawsPerRow};
  std::copy(std::begin(sizes), std::end(sizes), step.size);
  return step;
}

std::vector<Sequence> Dataset::held_out(uint32_t rows, bool unseen) const {
  std::vector<Sequence> list;
  if (unseen && unseen_periods_.empty()) return list;
  for (uint32_t b = 0; b < rows; ++b) list.push_back(row(unseen ? Stream::unseen : Stream::held_out, 0, b));
  return list;
}

Sequence Dataset::example() const {
  constexpr uint32_t kTries = 400;
  Sequence best = row(Stream::example, 0, 0);
  if (best.period == 0) return best;
  // A period near a third of the context is long enough to need memory and short enough to be seen three times; and where
  // no token stands twice in the block, every induction stripe is a clean line.
  const auto flaws = [&](const Sequence& s) {
    const std::set<uint32_t> different(s.tokens.begin(), s.tokens.begin() + s.period);
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
