// segment: noise in which one stretch is copied to a later place. docs/maths.md (72).

#include <algorithm>
#include <numeric>

#include "../token_law.hpp"

namespace induction {
namespace {

// Other lengths than training's, near it, that still fit twice.
std::vector<uint32_t> unseen_lengths(const Config& c) {
  std::vector<uint32_t> list;
  const int64_t longest = std::min(2 * c.segment_length, c.n_ctx / 2);
  for (int64_t n = std::max<int64_t>(2, c.segment_length / 2); n <= longest; ++n)
    if (n != c.segment_length) list.push_back(static_cast<uint32_t>(n));
  return list;
}

struct Places {
  uint32_t from, to;
};

// Starts of a segment and its copy, which do not overlap: every such pair in `tokens` tokens is as likely.
Places places_of(Draws& draws, uint32_t tokens, uint32_t segment) {
  const uint32_t n = tokens - 2 * segment + 2;
  const uint32_t i = draws.below(n), other = draws.below(n - 1), j = other >= i ? other + 1 : other;
  return {std::min(i, j), std::max(i, j) - 1 + segment};
}

}  // namespace

Task segment_task(const Config& c) {
  const auto length = static_cast<uint32_t>(c.n_ctx);
  const std::vector<uint32_t> seen = {static_cast<uint32_t>(c.segment_length)}, unseen = unseen_lengths(c);
  Task task;
  if (!unseen.empty()) task.sets.push_back({"unseen", "Rows whose copied stretch is shorter or longer than in training."});
  task.row = [=, law = TokenLaw(c)](Draws& draws, uint32_t set) {
    const std::vector<uint32_t>& lengths = set == 1 ? unseen : seen;
    const uint32_t segment = lengths[draws.below(static_cast<uint32_t>(lengths.size()))];
    const Places at = places_of(draws, length + 1, segment);
    std::vector<uint32_t> all(length + 1);
    Noise noise(law);
    for (uint32_t& token : all) token = noise.next(draws);
    for (uint32_t k = 0; k < segment; ++k) all[at.to + k] = law.copy_of(draws, all[at.from + k]);
    Sequence sequence = next_token_sequence(all);
    for (uint32_t k = 0; k + 1 < segment; ++k)
      sequence.inducible[at.to + k] = all[at.to + k] == all[at.from + k] && all[at.to + k + 1] == all[at.from + k + 1];
    return sequence;
  };
  task.lines = [c] {
    const TokenLaw law(c);
    const std::vector<double> cost = law.noise_cost(static_cast<uint32_t>(c.n_ctx) + 1);
    const double mean = std::accumulate(cost.begin() + 1, cost.end(), 0.0) / static_cast<double>(c.n_ctx);
    return std::vector<Line>{{"new tokens", mean, "What a token costs that is no copy; nobody can cost less.", false},
                             {"perfect copy", law.copy_loss(), "Knows where the stretch and its copy stand.", true}};
  };
  return task;
}

}  // namespace induction
