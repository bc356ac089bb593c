// icl_markov: a Markov chain that is drawn anew for each sequence (Edelman et al. 2024), so only the context tells its transitions.
// docs/maths.md (81)–(83).

#include <algorithm>
#include <cmath>

#include "../../exact.hpp"
#include "../examples.hpp"

namespace induction {
namespace {

// Steps before the first one that is shown, from a uniform state: the first shown state is then nearly stationary.
constexpr uint32_t kBurnIn = 100;
constexpr uint32_t kBalanceRounds = 60;  // Sinkhorn's; columns then sum to 1 within 1e-6 but for chains that hardly mix

using Row = std::vector<double>;

/// One sequence's chain: its rows are made when they are first asked for, from a word of the sequence's, so that many
/// states do not run into another sequence's counters.
class Chain {
 public:
  Chain(const Config& c, uint32_t word) : config_(c), states_(static_cast<uint32_t>(c.d_vocab)), word_(word), rows_(states_) {
    if (c.markov_prior == kind::markov_prior::doubly_stochastic) balance();
  }
  const Row& row(uint32_t from) {
    Row& row = rows_[config_.markov_prior == kind::markov_prior::unigram ? 0 : from];
    if (row.empty()) row = weights(config_.markov_prior == kind::markov_prior::unigram ? 0 : from), divide(row, 1);
    return row;
  }
  uint32_t next(Draws& draws, uint32_t from) {
    const Row& p = row(from);
    double u = draws.uniform();
    uint32_t to = 0;
    while (to + 1 < states_ && u >= p[to]) u -= p[to++];
    return to;
  }

 private:
  Row weights(uint32_t from) const {
    Draws draws(word_, Stream::markov, from, 0);
    Row row(states_);
    for (double& x : row) x = gamma_variate(draws, config_.dirichlet_alpha);
    return row;
  }
  static void divide(Row& row, double total) {
    double sum = 0;
    for (const double x : row) sum += x;
    for (double& x : row) x *= total / sum;
  }
  // Sinkhorn 1964: columns and rows are divided by their sums in turn; rows last, so that they are exact.
  void balance() {
    for (uint32_t i = 0; i < states_; ++i) rows_[i] = weights(i);
    for (uint32_t round = 0; round < kBalanceRounds; ++round) {
      Row columns(states_, 0.0);
      for (const Row& row : rows_)
        for (uint32_t j = 0; j < states_; ++j) columns[j] += row[j];
      for (Row& row : rows_)
        for (uint32_t j = 0; j < states_; ++j) row[j] /= columns[j];
      for (Row& row : rows_) divide(row, 1);
    }
  }

  Config config_;
  uint32_t states_, word_;
  std::vector<Row> rows_;
};

std::vector<uint32_t> walk(Chain& chain, Draws& draws, uint32_t states, uint32_t length) {
  uint32_t now = draws.below(states);
  for (uint32_t i = 0; i < kBurnIn; ++i) now = chain.next(draws, now);
  std::vector<uint32_t> all;
  for (uint32_t t = 0; t < length; ++t, now = chain.next(draws, now)) all.push_back(now);
  return all;
}

// What predictors lose on one sequence, expected over each next state given its chain: unigram, and bigram or, where all rows
// are alike, unigram with the prior's own α.
struct RowLoss {
  double unigram = 0, best = 0;
};
RowLoss row_loss(const Config& c, Draws& draws) {
  const auto k = static_cast<uint32_t>(c.d_vocab), length = static_cast<uint32_t>(c.n_ctx);
  const bool alike = c.markov_prior == kind::markov_prior::unigram;
  Chain chain(c, draws.word());
  const std::vector<uint32_t> all = walk(chain, draws, k, length);
  Row count(k, 0.0), from(k, 0.0);
  std::vector<Row> pairs(k, Row(k, 0.0));
  RowLoss loss;
  for (uint32_t t = 0; t < length; ++t) {
    const uint32_t now = all[t];
    ++count[now];
    if (t > 0) ++pairs[all[t - 1]][now], ++from[all[t - 1]];
    const Row &p = chain.row(now), &seen = alike ? count : pairs[now];
    const double n = t + 1, all_seen = alike ? n : from[now];
    for (uint32_t j = 0; j < k; ++j) {
      loss.unigram -= p[j] * exact_ln((count[j] + 1) / (n + k)) / length;
      loss.best -= p[j] * exact_ln((seen[j] + c.dirichlet_alpha) / (all_seen + k * c.dirichlet_alpha)) / length;
    }
  }
  return loss;
}

// Rows for the lines: a standard error near .005 for small k, and no more than some tenths of a second for large ones.
uint32_t line_rows(const Config& c) {
  const int64_t cost = c.d_vocab * (c.n_ctx + kBurnIn);
  return static_cast<uint32_t>(std::clamp<int64_t>(3000000 / cost, 16, 2000));
}

std::vector<Line> markov_lines_of(const Config& c) {
  const uint32_t rows = line_rows(c);
  RowLoss mean;
  for_line_rows(c, rows, [&](Draws& draws) {
    const RowLoss loss = row_loss(c, draws);
    mean.unigram += loss.unigram / rows, mean.best += loss.best / rows;
  });
  std::vector<Line> lines = {{"uniform", exact_ln(static_cast<double>(c.d_vocab)), "All states equally likely: ln k.", false},
                             {"unigram", mean.unigram, "How often each state came so far in this context, plus one.", false}};
  switch (c.markov_prior) {
    case kind::markov_prior::dirichlet:
      lines.push_back({"Bayes", mean.best,
                       "How often each state came after the current one in this context, plus alpha: no predictor does better.", false});
      break;
    case kind::markov_prior::unigram:
      lines.push_back(
          {"Bayes", mean.best, "How often each state came so far, plus alpha: no predictor does better where all rows are alike.", false});
      break;
    case kind::markov_prior::doubly_stochastic:
      lines.push_back({"bigram", mean.best, "How often each state came after the current one in this context, plus alpha.", false});
  }
  return lines;
}

// Letters while there are enough.
std::string state_label(uint32_t states, uint32_t token) {
  return states <= 26 && token < states ? std::string(1, static_cast<char>('a' + token)) : std::to_string(token);
}

}  // namespace

Task icl_markov_task(const Config& c) {
  const auto states = static_cast<uint32_t>(c.d_vocab), length = static_cast<uint32_t>(c.n_ctx);
  Task task;
  task.sets = {{"seen", "Chains drawn as in training; each is new, so these have not been seen either."}};
  task.row = [=](Draws& draws, uint32_t) {
    Chain chain(c, draws.word());
    Sequence s = next_token_sequence(walk(chain, draws, states, length + 1));
    std::vector<uint8_t> came(states, 0);
    for (uint32_t t = 0; t < length; ++t) s.inducible[t] = came[s.tokens[t]], came[s.tokens[t]] = 1;
    return s;
  };
  task.label = [=](uint32_t token) { return state_label(states, token); };
  task.lines = [=] { return markov_lines_of(c); };
  return task;
}

}  // namespace induction
