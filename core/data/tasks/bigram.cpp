// bigram: one fixed Markov chain whose rows are drawn from the seed, which needs no induction. docs/maths.md (18), (70).

#include "../token_law.hpp"

namespace induction {
namespace {

// Per row, thresholds of each next token.
std::vector<uint32_t> chain_table(uint32_t seed, const std::vector<double>& weight) {
  const std::vector<double> rows = markov_rows(seed, weight);
  std::vector<uint32_t> table;
  for (auto row = rows.begin(); row != rows.end(); row += static_cast<long>(weight.size()))
    add_thresholds({row, row + static_cast<long>(weight.size())}, table);
  return table;
}

}  // namespace

Task bigram_task(const Config& c) {
  const auto vocabulary = static_cast<uint32_t>(c.d_vocab), length = static_cast<uint32_t>(c.n_ctx);
  Task task;
  task.table = chain_table(static_cast<uint32_t>(c.seed), TokenLaw(c).weight());
  task.row = [=, table = task.table](Draws& draws, uint32_t) {
    std::vector<uint32_t> all(length + 1);
    all[0] = draws.below(vocabulary);
    for (uint32_t t = 1; t <= length; ++t)
      all[t] = outcome(table.data() + static_cast<size_t>(all[t - 1]) * vocabulary, vocabulary, draws.word());
    return next_token_sequence(all);
  };
  task.drawn_on_device = true;
  return task;
}

}  // namespace induction
