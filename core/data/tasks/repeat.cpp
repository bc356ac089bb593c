// repeat: a random block of random length, again and again. repeat_fixed: always blocks of period_max tokens. docs/maths.md (18).

#include <algorithm>

#include "../task.hpp"

namespace induction {
namespace {

// Periods that training never shows, near its range on both sides.
std::vector<uint32_t> unseen_periods(const Config& c, int64_t low) {
  std::vector<uint32_t> periods;
  const int64_t longest = c.without_replacement ? std::min(c.n_ctx * 3 / 4, c.d_vocab) : c.n_ctx * 3 / 4;
  for (int64_t p = std::max<int64_t>(2, low / 2); p < low; ++p) periods.push_back(static_cast<uint32_t>(p));
  for (int64_t p = c.period_max + 1; p <= longest; ++p) periods.push_back(static_cast<uint32_t>(p));
  return periods;
}

std::vector<uint32_t> block_of(Draws& draws, uint32_t period, uint32_t vocabulary, bool distinct) {
  std::vector<uint32_t> block(period);
  if (!distinct) {
    for (uint32_t& token : block) token = draws.below(vocabulary);
    return block;
  }
  // The first P of a Fisher–Yates shuffle.
  std::vector<uint32_t> shuffled(vocabulary);
  for (uint32_t v = 0; v < vocabulary; ++v) shuffled[v] = v;
  for (uint32_t i = 0; i < period; ++i) std::swap(shuffled[i], shuffled[i + draws.below(vocabulary - i)]);
  std::copy_n(shuffled.begin(), period, block.begin());
  return block;
}

}  // namespace

Task repeat_task(const Config& c) {
  const bool fixed = c.task == kind::task::repeat_fixed;
  const auto longest = static_cast<uint32_t>(c.period_max), shortest = fixed ? longest : static_cast<uint32_t>(c.period_min);
  const auto vocabulary = static_cast<uint32_t>(c.d_vocab), length = static_cast<uint32_t>(c.n_ctx);
  const std::vector<uint32_t> unseen = unseen_periods(c, shortest);
  Task task;
  if (!unseen.empty()) task.sets.push_back({"unseen", "Rows whose periods training never shows."});
  task.row = [=, distinct = c.without_replacement](Draws& draws, uint32_t set) {
    const uint32_t choice = draws.word();  // with a fixed period it is not used
    const uint32_t period = set == 1 ? unseen[choice % unseen.size()] : shortest + choice % (longest - shortest + 1);
    const std::vector<uint32_t> block = block_of(draws, period, vocabulary, distinct);
    std::vector<uint32_t> all(length + 1);
    for (uint32_t t = 0; t <= length; ++t) all[t] = block[t % period];
    Sequence sequence = next_token_sequence(all);
    sequence.period = period;
    for (uint32_t t = period; t < length; ++t) sequence.inducible[t] = 1;
    return sequence;
  };
  task.drawn_on_device = true;
  task.draw.flags = c.without_replacement ? kDistinct : 0u;
  task.draw.size[2] = shortest, task.draw.size[3] = longest;
  return task;
}

}  // namespace induction
