// distance (after Kawata et al. 2025): a trigger whose answer comes back after drawn distances. docs/maths.md (74).

#include <algorithm>
#include <cmath>

#include "../../exact.hpp"
#include "../token_law.hpp"

namespace induction {
namespace {

constexpr uint32_t kTrigger = 0, kShortest = 2;  // trigger, answer, trigger, …

// p(d) ∝ d^−a for d = 2 .. distance_max: thresholds. With a = 0 all of them are even.
std::vector<uint32_t> distance_table(const Config& c) {
  std::vector<double> weight;
  for (int64_t d = kShortest; d <= c.distance_max; ++d)
    weight.push_back(c.distance_tail == 0 ? 1.0 : exact_exp2(-c.distance_tail * exact_ln(static_cast<double>(d)) / 0.69314718055994530942));
  std::vector<uint32_t> table;
  add_thresholds(weight, table);
  return table;
}

// A predictor that looks back by distance alone: each distance d of training that fits has weight p(d) on what followed the place d
// before. Mean over rows of the task itself; Monte Carlo, with a fixed seed.
double position_only_loss(const Config& c, const Task& task) {
  constexpr uint32_t kRows = 256;
  double loss = 0, count = 0;
  for (uint32_t row = 0; row < kRows; ++row) {
    Draws draws(static_cast<uint32_t>(c.seed), Stream::example, 1, row * kDrawsPerRow);
    const Sequence s = task.row(draws, 0);
    for (uint32_t t = 0; t < s.tokens.size(); ++t) {
      double right = 0, all = 0;
      for (uint32_t d = kShortest; d <= std::min<uint32_t>(static_cast<uint32_t>(c.distance_max), t); ++d) {
        const double p = std::pow(d, -c.distance_tail);
        all += p;
        if (static_cast<int32_t>(s.tokens[t + 1 - d]) == s.targets[t]) right += p;
      }
      if (s.inducible[t]) loss -= std::log(right / all), ++count;
    }
  }
  return count > 0 ? loss / count : 0.0;
}

std::vector<Line> distance_lines(const Config& c, const Task& task) {
  const TokenLaw law(c, kTrigger + 1);
  std::vector<Line> lines;
  if (c.corruption == 0) {
    lines.push_back({"any answer", law.entropy(), "Knows the trigger, but not its answer.", true});
    lines.push_back({"position only", position_only_loss(c, task), "Looks back by the distances of training, not by content.", true});
  }
  lines.push_back({"perfect copy", law.copy_loss(), "Finds the trigger before; only corruption costs.", true});
  return lines;
}

}  // namespace

Task distance_task(const Config& c) {
  const auto length = static_cast<uint32_t>(c.n_ctx), longest = static_cast<uint32_t>(c.distance_max), far = length * 3 / 4;
  Task task;
  if (far > longest) task.sets.push_back({"unseen", "Rows whose triggers stand further apart than ever in training."});
  task.row = [=, law = TokenLaw(c, 1), table = distance_table(c)](Draws& draws, uint32_t set) {
    const auto distance = [&] {
      const uint32_t word = draws.word();
      return set == 1 ? longest + 1 + word % (far - longest) : kShortest + outcome(table.data(), longest - kShortest + 1, word);
    };
    const uint32_t answer = law.draw(draws);
    const uint32_t first = distance();
    std::vector<uint32_t> all(length + 1);
    Noise noise(law);
    for (uint32_t& token : all) token = noise.next(draws);
    // The first pair fits wherever it starts.
    const uint32_t start = draws.below(set == 1 ? length - first : longest);
    for (uint32_t t = start; t <= length; t += t == start ? first : distance()) {
      all[t] = kTrigger;
      if (t < length) all[t + 1] = t == start ? answer : law.copy_of(draws, answer);
    }
    Sequence sequence = next_token_sequence(all);
    for (uint32_t t = start + 1; t < length; ++t) sequence.inducible[t] = all[t] == kTrigger && all[t + 1] == answer;
    return sequence;
  };
  task.sources = [](const Sequence& s, uint32_t t) { return s.inducible[t] ? copy_sources(s, t) : std::vector<uint32_t>{}; };
  task.answers = static_cast<uint32_t>(c.d_vocab) - 1;  // all but the trigger
  task.lines = [c, task] { return distance_lines(c, task); };
  task.label = [](uint32_t v) { return v == kTrigger ? "trigger" : std::to_string(v); };
  return task;
}

}  // namespace induction
