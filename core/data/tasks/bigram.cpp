// bigram: one fixed Markov chain whose rows are drawn uniformly from the simplex, which needs no induction. docs/maths.md (18).

#include <algorithm>

#include "../../exact.hpp"
#include "../task.hpp"

namespace induction {
namespace {

// Per row, thresholds of each next token in units of 2^-32. Dirichlet(1): normalised exponentials.
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

Task bigram_task(const Config& c) {
  const auto vocabulary = static_cast<uint32_t>(c.d_vocab), length = static_cast<uint32_t>(c.n_ctx);
  Task task;
  task.table = markov_rows(static_cast<uint32_t>(c.seed), vocabulary);
  task.row = [=, rows = task.table](Draws& draws, uint32_t) {
    std::vector<uint32_t> all(length + 1);
    all[0] = draws.below(vocabulary);
    for (uint32_t t = 1; t <= length; ++t) {
      const uint32_t* row = rows.data() + static_cast<size_t>(all[t - 1]) * vocabulary;
      // The first token whose threshold lies above the word; the last one takes the rest.
      all[t] = static_cast<uint32_t>(std::upper_bound(row, row + vocabulary - 1, draws.word()) - row);
    }
    return next_token_sequence(all);
  };
  task.drawn_on_device = true;
  return task;
}

}  // namespace induction
