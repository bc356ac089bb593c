// bandit: pulls of arms and their rewards, one after the other; after each reward the better arm is asked, as in decision-pretrained
// transformers (Lee et al. 2023): in-context reinforcement learning from another's pulls. docs/maths.md (87).

#include <algorithm>

#include "../../exact.hpp"
#include "../examples.hpp"

namespace induction {
namespace {

constexpr uint32_t kLineRows = 2000;     // a standard error below .01 nats
constexpr double kFavouredShare = 0.75;  // of the pulls, in rows whose pulls favour one arm

// Tokens: the arms, then lost, then won.
struct Rules {
  explicit Rules(const Config& c)
      : arms(static_cast<uint32_t>(c.arms)), pulls(static_cast<uint32_t>(c.n_ctx) / 2), better(0.5 + c.reward_gap / 2) {}
  uint32_t arms, pulls;
  double better;  // chance of a reward from the better arm; from the others 1 − better
  uint32_t won() const { return arms + 1; }
};

struct Play {
  uint32_t best = 0;
  std::vector<uint32_t> tokens;  // arm, reward, arm, reward, …
};

// Each pull is of a random arm; `favoured`: three in four are of one arm, good or not.
Play play(Draws& draws, const Rules& rules, bool favoured) {
  Play p;
  p.best = draws.below(rules.arms);
  const uint32_t favourite = draws.below(rules.arms);
  for (uint32_t i = 0; i < rules.pulls; ++i) {
    uint32_t arm = draws.below(rules.arms);
    if (favoured && draws.uniform() < kFavouredShare) arm = favourite;
    const bool won = draws.uniform() < (arm == p.best ? rules.better : 1 - rules.better);
    p.tokens.push_back(arm);
    p.tokens.push_back(rules.arms + won);
  }
  return p;
}

// −ln of the posterior chance of the better arm after each pull, mean. With chances better and 1 − better a win counts as much as a
// loss against: posterior ∝ (better / (1 − better))^(wins − losses).
double bayes_loss(const Play& p, const Rules& rules) {
  const double unit = exact_ln(rules.better / (1 - rules.better));
  std::vector<int32_t> lead(rules.arms, 0);
  double loss = 0;
  constexpr double kLog2e = 1.44269504088896340736;
  for (size_t i = 0; i + 1 < p.tokens.size(); i += 2) {
    lead[p.tokens[i]] += p.tokens[i + 1] == rules.won() ? 1 : -1;
    const int32_t most = *std::max_element(lead.begin(), lead.end());
    double sum = 0;
    for (const int32_t x : lead) sum += exact_exp2(std::max(-1000.0, (x - most) * unit * kLog2e));
    loss += exact_ln(sum) + (most - lead[p.best]) * unit;
  }
  return loss / rules.pulls;
}

std::vector<Line> bandit_lines(const Config& c, const Rules& rules) {
  double mean = 0;
  for_line_rows(c, kLineRows, [&](Draws& draws) { mean += bayes_loss(play(draws, rules, false), rules) / kLineRows; });
  return {{"uniform", exact_ln(static_cast<double>(rules.arms)), "All arms equally likely: ln of their number.", false},
          {"Bayes", mean, "The posterior from wins and losses of each arm so far: no predictor does better.", false}};
}

}  // namespace

Task bandit_task(const Config& c) {
  const Rules rules(c);
  Task task;
  task.sets = {{"seen", "Pulls of random arms, as in training."},
               {"unseen", "Three in four pulls are of one arm, good or not, which training never shows: wins must count, not pulls."}};
  const auto rewarded = [rules](const Sequence& s, uint32_t t) {
    std::vector<uint32_t> keys;
    if (s.targets[t] == kNoTarget) return keys;
    for (uint32_t i = 0; i < t; i += 2)
      if (s.tokens[i + 1] == rules.won() && static_cast<int32_t>(s.tokens[i]) == s.targets[t]) keys.push_back(i);
    return keys;
  };
  task.row = [=](Draws& draws, uint32_t set) {
    Play p = play(draws, rules, set == 1);
    Sequence s = silent_sequence(std::move(p.tokens), c);
    bool won = false;
    for (uint32_t t = 1; t < 2 * rules.pulls; t += 2) {
      won = won || (s.tokens[t] == rules.won() && s.tokens[t - 1] == p.best);
      ask(s, t, p.best, won);
    }
    return s;
  };
  task.sources = rewarded;
  task.labelled_query = task.sparse = true;
  task.answers = rules.arms;
  task.label = [rules](uint32_t token) {
    if (token < rules.arms) return "pull " + std::string(1, static_cast<char>('A' + token));
    return std::string(token == rules.arms ? "lost" : token == rules.won() ? "won" : std::to_string(token));
  };
  task.lines = [=] { return bandit_lines(c, rules); };
  return task;
}

}  // namespace induction
