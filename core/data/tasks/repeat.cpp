// repeat: a random block of random length, again and again. repeat_fixed: always blocks of period_max tokens. docs/maths.md (18), (71).

#include <algorithm>
#include <numeric>

#include "../closed_forms.hpp"
#include "../token_law.hpp"

namespace induction {
namespace {

// The block lengths of training: all of the range, or `periods` of them evenly over it.
std::vector<uint32_t> training_periods(const Config& c) {
  const auto low = static_cast<uint32_t>(c.task == kind::task::repeat_fixed ? c.period_max : c.period_min);
  const uint32_t n = static_cast<uint32_t>(c.period_max) - low + 1;
  const uint32_t some = c.task == kind::task::repeat && c.periods > 0 ? static_cast<uint32_t>(c.periods) : n;
  if (some == 1) return {low + (n - 1) / 2};
  std::vector<uint32_t> list;
  for (uint32_t i = 0; i < some; ++i) list.push_back(low + (i * (n - 1) + (some - 1) / 2) / (some - 1));
  return list;
}

// Periods that training never shows: left out of its range, or near it on both sides.
std::vector<uint32_t> unseen_periods(const Config& c, const std::vector<uint32_t>& seen) {
  const int64_t low = c.task == kind::task::repeat_fixed ? c.period_max : c.period_min;
  int64_t longest = c.without_replacement ? std::min(c.n_ctx * 3 / 4, c.d_vocab) : c.n_ctx * 3 / 4;
  longest = std::max(longest, c.period_max);
  std::vector<uint32_t> periods;
  for (int64_t p = std::max<int64_t>(2, low / 2); p <= longest; ++p)
    if (std::find(seen.begin(), seen.end(), static_cast<uint32_t>(p)) == seen.end()) periods.push_back(static_cast<uint32_t>(p));
  return periods;
}

std::vector<uint32_t> block_of(Draws& draws, uint32_t period, const TokenLaw& law, bool distinct) {
  if (distinct) return law.distinct(draws, period);
  std::vector<uint32_t> block(period);
  Noise noise(law);
  for (uint32_t& token : block) token = noise.next(draws);
  return block;
}

// A position asks for a copy when it and its target are intact, and so is a pair of them before it.
void mark_inducible(Sequence& s, const std::vector<uint32_t>& block, bool corrupted) {
  const auto length = static_cast<uint32_t>(s.tokens.size());
  for (uint32_t t = s.period; t < length; ++t) {
    const bool intact = s.tokens[t] == block[t % s.period] && static_cast<uint32_t>(s.targets[t]) == block[(t + 1) % s.period];
    s.inducible[t] = !corrupted || (intact && !copy_sources(s, t).empty());
  }
}

// What new tokens cost: the entropy of the law, or, where they hang together, the mean over the blocks' places.
double new_token_loss(const Config& c, const std::vector<uint32_t>& periods) {
  const bool distinct = c.without_replacement && c.zipf == 0;
  if (!distinct && c.burstiness == 0) return TokenLaw(c).entropy();
  const std::vector<double> cost = TokenLaw(c).noise_cost(distinct ? 0 : periods.back());
  double sum = 0, places = 0;
  for (const uint32_t p : periods) {
    sum +=
        distinct ? p * without_replacement_loss(static_cast<uint32_t>(c.d_vocab), p) : std::accumulate(cost.begin(), cost.begin() + p, 0.0);
    places += p;
  }
  return sum / places;
}

std::vector<Line> repeat_lines(const Config& c, const std::vector<uint32_t>& periods) {
  std::vector<Line> lines = {{"new tokens", new_token_loss(c, periods), "The least that tokens of the first block cost.", false}};
  if (c.zipf == 0 && c.burstiness == 0 && c.corruption == 0 && !c.without_replacement &&
      periods.size() == periods.back() - periods.front() + 1) {
    const RepeatTask task{static_cast<uint32_t>(c.d_vocab), periods.front(), periods.back(), static_cast<uint32_t>(c.n_ctx)};
    lines.push_back({"token counts", context_unigram_loss(task), "Predicts each token as often as it came so far.", true});
    lines.push_back({"position only", offset_mixture_loss(task),
                     "Spreads its guess over all distances that blocks can have: the best "
                     "that one layer does without looking at content.",
                     true});
  }
  lines.push_back({"perfect copy", TokenLaw(c).copy_loss(), "Knows the period; only corruption costs.", true});
  return lines;
}

}  // namespace

Task repeat_task(const Config& c) {
  const auto length = static_cast<uint32_t>(c.n_ctx);
  const std::vector<uint32_t> seen = training_periods(c), unseen = unseen_periods(c, seen);
  Task task;
  if (!unseen.empty()) task.sets.push_back({"unseen", "Rows whose periods training never shows."});
  task.row = [=, law = TokenLaw(c), distinct = c.without_replacement, corrupted = c.corruption > 0](Draws& draws, uint32_t set) {
    const uint32_t choice = draws.word();  // with a fixed period it is not used
    const std::vector<uint32_t>& periods = set == 1 ? unseen : seen;
    const uint32_t period = periods[choice % periods.size()];
    const std::vector<uint32_t> block = block_of(draws, period, law, distinct);
    std::vector<uint32_t> all(length + 1);
    for (uint32_t t = 0; t <= length; ++t) all[t] = t < period ? block[t] : law.copy_of(draws, block[t % period]);
    Sequence sequence = next_token_sequence(all);
    sequence.period = period;
    mark_inducible(sequence, block, corrupted);
    return sequence;
  };
  task.lines = [=] { return repeat_lines(c, seen); };
  task.drawn_on_device = c.zipf == 0 && c.burstiness == 0 && c.corruption == 0 && c.periods == 0;
  task.draw.flags = c.without_replacement ? kDistinct : 0u;
  task.draw.size[2] = seen.front(), task.draw.size[3] = seen.back();
  return task;
}

}  // namespace induction
