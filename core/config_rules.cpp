#include "config_rules.hpp"

namespace induction {
namespace {

using kind::objective;
using kind::task;

std::string text(int64_t x) { return std::to_string(x); }
std::string word(const char* knob, const Config& c) { return value_text(*find_knob(knob), c); }

bool anything_trained(const Config& c) {
  return !c.frozen_embedding || !(c.frozen_unembedding || c.tied_embedding) || !c.frozen_q || !c.frozen_k || !c.frozen_v || !c.frozen_o ||
         (c.norm != kind::norm::none && !c.frozen_norm) || (c.d_mlp > 0 && !c.frozen_mlp);
}

// Without the causal mask: is a target among the tokens that its position sees, or answered by pulls that come after the question?
// icl_classify asks once, at its end, and what `query` and `masked` ask for does not stand in the row.
bool answer_in_sight(const Config& c) {
  return c.bidirectional && (c.objective == objective::next || c.objective == objective::inducible) && c.task != task::icl_classify;
}

// With inducible positions out of the loss: does no position count? The last position of a repeated row is always inducible, and so is
// the only question of icl_classify where the context always shows its class.
bool nothing_counts(const Config& c) {
  if (c.inducible_weight > 0) return false;
  const bool told = c.task == task::icl_classify && c.bursty_share == 1;
  return c.objective == objective::inducible || told || (c.objective == objective::query && repeats(c) && c.corruption == 0);
}

constexpr ConfigRule kModel[] = {
    {"d_head", [](const Config& c) { return c.positions == kind::positions::rotary && head_width(c) % 2 != 0; },
     [](const Config&) -> std::string { return "rotary positions rotate pairs, so it must be even"; }},
    {"frozen_embedding", [](const Config& c) { return !anything_trained(c); },
     [](const Config&) -> std::string { return "every parameter is frozen, and at least one of the frozen_ knobs must be false"; }},
    {"bidirectional", answer_in_sight,
     [](const Config& c) {
       return "with the objective " + word("objective", c) +
              " each position then sees its own answer, so the objective must be masked or query";
     }},
    {"objective", [](const Config& c) { return c.objective == objective::masked && !c.bidirectional && !asks(c); },
     [](const Config&) -> std::string { return "what is masked is told by both its neighbours, so bidirectional must be true"; }},
    {"objective", [](const Config& c) { return c.objective == objective::masked && asks(c); },
     [](const Config& c) {
       return "the task " + word("task", c) + " asks a question of its own, so the objective must be next, inducible or query";
     }},
    {"objective", [](const Config& c) { return c.objective == objective::inducible && c.task == task::bigram; },
     [](const Config&) -> std::string { return "the task bigram repeats nothing, so it needs next or query"; }},
    {"objective", [](const Config& c) { return c.objective == objective::inducible && copies(c) && c.corruption == 1; },
     [](const Config&) -> std::string { return "with a corruption of 1 no copy is left, so corruption must be below 1"; }},
    {"inducible_weight", nothing_counts,
     [](const Config& c) {
       return "with the objective " + word("objective", c) + " it must be above 0 or nothing is learned from the task " + word("task", c);
     }},
};

constexpr ConfigRule kTasks[] = {
    {"period_max", [](const Config& c) { return repeats(c) && c.period_max >= c.n_ctx; },
     [](const Config& c) { return "a block must be shorter than the context (n_ctx " + text(c.n_ctx) + ") or nothing repeats"; }},
    {"d_vocab", [](const Config& c) { return repeats(c) && c.without_replacement && c.d_vocab < c.period_max; },
     [](const Config& c) { return "without_replacement needs at least period_max (" + text(c.period_max) + ") different tokens"; }},
    {"burstiness", [](const Config& c) { return repeats(c) && c.without_replacement && c.burstiness > 0; },
     [](const Config&) -> std::string { return "it takes tokens that a block already has, and without_replacement allows none twice"; }},
    {"period_min", [](const Config& c) { return c.task == task::repeat && c.period_min > c.period_max; },
     [](const Config& c) { return "it must not be above period_max (" + text(c.period_max) + ")"; }},
    {"periods",
     [](const Config& c) { return c.task == task::repeat && c.period_min <= c.period_max && c.periods > c.period_max - c.period_min + 1; },
     [](const Config& c) {
       return "period_min to period_max (" + text(c.period_min) + " to " + text(c.period_max) + ") are only " +
              text(c.period_max - c.period_min + 1) + " different periods";
     }},
    {"segment_length", [](const Config& c) { return c.task == task::segment && 2 * c.segment_length > c.n_ctx; },
     [](const Config& c) {
       return "a segment and its copy must fit into the context, so at most half of n_ctx (" + text(c.n_ctx / 2) + ") is allowed";
     }},
    {"tokens_used", [](const Config& c) { return random_tokens(c) && c.tokens_used > 0; },
     [](const Config& c) { return "it must be 0 (all tokens), or from 2 to d_vocab (" + text(c.d_vocab) + ")"; }},
    {"tokens_first", [](const Config& c) { return random_tokens(c) && c.tokens_first > 0; },
     [](const Config&) -> std::string { return "it must be below d_vocab, for tokens are numbered from 0"; }},
    {"triggers", [](const Config& c) { return c.task == task::trigger && c.triggers >= c.d_vocab; },
     [](const Config& c) {
       return "some token must not be a trigger, so fewer than there are tokens (" + text(c.d_vocab) + ") are allowed";
     }},
    {"distance_max", [](const Config& c) { return c.task == task::distance && 2 * c.distance_max > c.n_ctx; },
     [](const Config& c) {
       return "two triggers must fit wherever the first one stands, so at most half of n_ctx (" + text(c.n_ctx / 2) + ") is allowed";
     }},
    {"d_vocab", [](const Config& c) { return c.task == task::distance && c.d_vocab < 3; },
     [](const Config&) -> std::string { return "the task distance needs at least 3 tokens: the trigger and two answers"; }},
    {"d_vocab", [](const Config& c) { return c.task == task::skewed && c.d_vocab < 4; },
     [](const Config&) -> std::string { return "the task skewed needs at least 4 tokens: the cue, its two followers and another"; }},
};

void ask(std::span<const ConfigRule> rules, const Config& c, Problems& found) {
  for (const ConfigRule& rule : rules)
    if (rule.broken(c)) found.push_back({rule.knob, std::string(rule.knob) + " is " + word(rule.knob, c) + "; " + rule.why(c)});
}

}  // namespace

std::span<const ConfigRule> model_rules() { return kModel; }
std::span<const ConfigRule> copying_rules() { return kTasks; }

Problems problems(const Config& config) {
  Problems found;
  for (const Knob& knob : knobs()) {
    const double x = knob.get(config);
    // NaN fails every comparison, so the test is for being inside.
    if (!(x >= knob.min && x <= knob.max))
      found.push_back({knob.name, std::string(knob.name) + " is " + value_text(knob, config) + "; it must be " + allowed_text(knob)});
  }
  if (!found.empty()) return found;
  const Config row = for_task(config);
  for (const auto list : {model_rules(), copying_rules(), in_context_rules()}) ask(list, row, found);
  if (row.d_vocab != config.d_vocab)  // where the task sees fewer tokens, that is the knob to turn
    for (Problem& problem : found)
      if (problem.knob == "d_vocab") problem = {"tokens_used", "tokens_used" + problem.message.substr(problem.knob.size())};
  return found;
}

}  // namespace induction
