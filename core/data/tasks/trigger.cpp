// trigger (Bietti et al. 2023): a Markov chain in which some tokens are always answered alike within a sequence. docs/maths.md (73).

#include <algorithm>

#include "../closed_forms.hpp"
#include "../token_law.hpp"

namespace induction {
namespace {

constexpr uint32_t kNoAnswer = UINT32_MAX;

struct TriggerChain {
  uint32_t tokens, triggers;
  bool random;
  TokenLaw law;                   // π_u
  std::vector<uint32_t> follows;  // thresholds of π_b, row by row

  explicit TriggerChain(const Config& c)
      : tokens(static_cast<uint32_t>(c.d_vocab)), triggers(static_cast<uint32_t>(c.triggers)), random(c.random_triggers), law(c) {
    const std::vector<double> rows = markov_rows(static_cast<uint32_t>(c.seed), law.weight());
    for (auto row = rows.begin(); row != rows.end(); row += tokens) add_thresholds({row, row + tokens}, follows);
  }

  // Tokens 0 .. triggers − 1; else drawn from π_u, where `unseen` says never one of those.
  std::vector<uint32_t> draw_triggers(Draws& draws, bool unseen) const {
    std::vector<uint32_t> list;
    if (!random && !unseen)
      for (uint32_t k = 0; k < triggers; ++k) list.push_back(k);
    if (!list.empty()) return list;
    for (const uint32_t token : law.distinct(draws, unseen ? tokens : triggers))
      if ((!unseen || token >= triggers) && list.size() < triggers) list.push_back(token);
    return list;
  }

  // Per token its answer in this sequence, evenly from the tokens that are no triggers; kNoAnswer for those.
  std::vector<uint32_t> draw_answers(Draws& draws, const std::vector<uint32_t>& chosen) const {
    std::vector<uint32_t> plain, answers(tokens, kNoAnswer);
    for (uint32_t v = 0; v < tokens; ++v)
      if (std::find(chosen.begin(), chosen.end(), v) == chosen.end()) plain.push_back(v);
    for (const uint32_t q : chosen) answers[q] = plain[draws.below(static_cast<uint32_t>(plain.size()))];
    return answers;
  }

  uint32_t next(Draws& draws, const std::vector<uint32_t>& answers, uint32_t token) const {
    if (answers[token] != kNoAnswer) return law.copy_of(draws, answers[token]);
    return outcome(follows.data() + static_cast<size_t>(token) * tokens, tokens, draws.word());
  }
};

// What copying an answer costs, and what knowing all but the answers does. Answers are even over the tokens that are no triggers.
std::vector<Line> trigger_lines(const Config& c) {
  std::vector<double> answers(static_cast<size_t>(c.d_vocab), 1.0);
  if (!c.random_triggers) std::fill_n(answers.begin(), c.triggers, 0.0);
  std::vector<Line> lines;
  if (!c.random_triggers && c.corruption == 0)
    lines.push_back({"any answer", uniform_loss(static_cast<uint32_t>(c.d_vocab - c.triggers)),
                     "Knows the triggers, but not what they are answered by here.", true});
  lines.push_back({"perfect copy", TokenLaw(c).copy_loss(answers), "Knows each trigger's answer; only corruption costs.", true});
  return lines;
}

}  // namespace

Task trigger_task(const Config& c) {
  const auto length = static_cast<uint32_t>(c.n_ctx);
  Task task;
  if (!c.random_triggers && c.d_vocab > 2 * c.triggers)
    task.sets.push_back({"unseen", "Rows whose triggers are tokens that are never one in training."});
  task.row = [=, chain = TriggerChain(c)](Draws& draws, uint32_t set) {
    const std::vector<uint32_t> answers = chain.draw_answers(draws, chain.draw_triggers(draws, set == 1));
    std::vector<uint32_t> all(length + 1);
    all[0] = chain.law.draw(draws);
    for (uint32_t t = 1; t <= length; ++t) all[t] = chain.next(draws, answers, all[t - 1]);
    Sequence sequence = next_token_sequence(all);
    for (uint32_t t = 0; t < length; ++t) sequence.inducible[t] = all[t + 1] == answers[all[t]] && !copy_sources(sequence, t).empty();
    return sequence;
  };
  task.sources = [](const Sequence& s, uint32_t t) { return s.inducible[t] ? copy_sources(s, t) : std::vector<uint32_t>{}; };
  task.answers = static_cast<uint32_t>(c.d_vocab - c.triggers);
  task.lines = [c] { return trigger_lines(c); };
  if (!c.random_triggers)
    task.label = [n = static_cast<uint32_t>(c.triggers)](uint32_t v) { return (v < n ? "T" : "") + std::to_string(v); };
  return task;
}

}  // namespace induction
