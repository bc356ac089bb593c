// skewed: a cue that one of two tokens follows, one of them more often, to measure how far a model exaggerates what its context
// repeats. docs/maths.md (75).

#include "../closed_forms.hpp"
#include "../token_law.hpp"

namespace induction {
namespace {

constexpr uint32_t kCue = 0, kGap = 4;  // a position that may be a cue is one with probability 1/kGap

}  // namespace

Task skewed_task(const Config& c) {
  const auto length = static_cast<uint32_t>(c.n_ctx), others = static_cast<uint32_t>(c.d_vocab) - 1;
  Task task;
  task.sets.push_back({"unseen", "Rows in which both followers of the cue are equally frequent."});
  task.row = [=, law = TokenLaw(c, 1), skew = c.skew](Draws& draws, uint32_t set) {
    const uint32_t common = draws.below(others), other = draws.below(others - 1), rare = other >= common ? other + 1 : other;
    const double share = set == 1 ? 0.5 : skew;
    std::vector<uint32_t> all(length + 1);
    Noise noise(law);
    for (uint32_t t = 0; t <= length; ++t) {
      if (t > 0 && all[t - 1] == kCue)
        all[t] = 1 + (draws.uniform() < share ? common : rare);
      else
        all[t] = draws.below(kGap) == 0 ? kCue : noise.next(draws);
    }
    Sequence sequence = next_token_sequence(all);
    bool before = false;
    for (uint32_t t = 0; t < length; ++t)
      if (all[t] == kCue) sequence.inducible[t] = before, before = true;
    return sequence;
  };
  // Every follower so far, the rare one too: the prediction weighs them.
  task.sources = [](const Sequence& s, uint32_t t) {
    std::vector<uint32_t> keys;
    if (s.inducible[t])
      for (uint32_t k = 1; k <= t; ++k)
        if (s.tokens[k - 1] == kCue) keys.push_back(k);
    return keys;
  };
  task.answers = others;
  task.lines = [=] {
    return std::vector<Line>{{"any follower", uniform_loss(others), "Knows the cue, but not what follows it here.", true},
                             {"calibrated", association_loss({c.skew, others, length, kGap}),
                              "Weighs what followed the cue so far as the generator would: a model below it in surprise and above it in "
                              "certainty exaggerates.",
                              true}};
  };
  task.label = [](uint32_t v) { return v == kCue ? "cue" : std::to_string(v); };
  return task;
}

}  // namespace induction
