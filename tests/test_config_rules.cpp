// Config: every rule about a combination of knobs has a case here that breaks just it, and a step back that mends it.

#include <set>

#include "config_rules.hpp"
#include "support/support.hpp"

namespace test_config_rules {

using namespace induction;
using namespace induction::tests;

namespace {

using kind::objective;
using kind::task;

struct Case {
  void (*breaks)(Config& c);
  void (*mends)(Config& c);  // applied after it
  const char *knob, *words;
};

const Case kModelCases[] = {
    {[](Config& c) { c.d_head = 5; }, [](Config& c) { c.positions = kind::positions::learned; }, "d_head", "must be even"},
    {[](Config& c) {
       c.frozen_embedding = c.frozen_unembedding = c.frozen_q = c.frozen_k = c.frozen_v = c.frozen_o = c.frozen_mlp = c.frozen_norm = true;
     },
     [](Config& c) { c.d_mlp = 4, c.frozen_mlp = false; }, "frozen_embedding", "every parameter is frozen"},
    {[](Config& c) { c.bidirectional = true; }, [](Config& c) { c.objective = objective::query; }, "bidirectional",
     "with the objective next each position then sees its own answer"},
    {[](Config& c) { c.bidirectional = true, c.objective = objective::inducible; }, [](Config& c) { c.objective = objective::masked; },
     "bidirectional", "with the objective inducible each position"},
    {[](Config& c) { c.bidirectional = true, c.task = task::bandit; }, [](Config& c) { c.task = task::icl_classify; }, "bidirectional",
     "sees its own answer"},
    {[](Config& c) { c.objective = objective::masked; }, [](Config& c) { c.bidirectional = true; }, "objective",
     "bidirectional must be true"},
    {[](Config& c) { c.objective = objective::masked, c.bidirectional = true, c.task = task::icl_classify; },
     [](Config& c) { c.objective = objective::query; }, "objective", "the task icl_classify asks a question of its own"},
    {[](Config& c) { c.objective = objective::inducible, c.task = task::bigram; }, [](Config& c) { c.objective = objective::query; },
     "objective", "the task bigram repeats nothing"},
    {[](Config& c) { c.objective = objective::inducible, c.corruption = 1; }, [](Config& c) { c.corruption = 0.999; }, "objective",
     "no copy is left"},
    {[](Config& c) { c.objective = objective::inducible, c.inducible_weight = 0; }, [](Config& c) { c.inducible_weight = 1e-3; },
     "inducible_weight", "with the objective inducible it must be above 0"},
    {[](Config& c) { c.objective = objective::query, c.inducible_weight = 0; }, [](Config& c) { c.task = task::bigram; },
     "inducible_weight", "learned from the task repeat"},
    {[](Config& c) { c.task = task::icl_classify, c.inducible_weight = 0; }, [](Config& c) { c.bursty_share = 0.5; }, "inducible_weight",
     "learned from the task icl_classify"},
};

const Case kCopyingCases[] = {
    {[](Config& c) { c.period_max = 32; }, [](Config& c) { c.period_max = 31; }, "period_max", "shorter than the context (n_ctx 32)"},
    // The row of the task is one token shorter than that of the model.
    {[](Config& c) { c.start_token = true, c.period_max = 31; }, [](Config& c) { c.period_max = 30; }, "period_max",
     "shorter than the context (n_ctx 31)"},
    {[](Config& c) { c.without_replacement = true, c.d_vocab = 15; }, [](Config& c) { c.d_vocab = 16; }, "d_vocab",
     "at least period_max (16) different tokens"},
    {[](Config& c) { c.without_replacement = true, c.burstiness = 0.5; }, [](Config& c) { c.task = task::segment; }, "burstiness",
     "without_replacement allows none twice"},
    {[](Config& c) { c.period_min = 17, c.periods = 3; }, [](Config& c) { c.task = task::repeat_fixed; }, "period_min",
     "must not be above period_max (16)"},
    {[](Config& c) { c.periods = 14; }, [](Config& c) { c.periods = 13; }, "periods", "only 13 different periods"},
    {[](Config& c) { c.task = task::segment, c.segment_length = 17; }, [](Config& c) { c.segment_length = 16; }, "segment_length",
     "at most half of n_ctx (16)"},
    {[](Config& c) { c.task = task::trigger, c.triggers = 16; }, [](Config& c) { c.triggers = 15; }, "triggers",
     "fewer than there are tokens (16)"},
    {[](Config& c) { c.task = task::distance, c.distance_max = 17; }, [](Config& c) { c.distance_max = 16; }, "distance_max",
     "at most half of n_ctx (16)"},
    {[](Config& c) { c.tokens_used = 17; }, [](Config& c) { c.tokens_used = 16; }, "tokens_used", "from 2 to d_vocab (16)"},
    {[](Config& c) { c.tokens_used = 1; }, [](Config& c) { c.task = task::bandit; }, "tokens_used", "from 2 to d_vocab (16)"},
    {[](Config& c) { c.tokens_first = 16; }, [](Config& c) { c.tokens_first = 15; }, "tokens_first", "below d_vocab"},
    // The task has as many tokens as it uses.
    {[](Config& c) { c.tokens_used = 15, c.without_replacement = true; }, [](Config& c) { c.tokens_used = 16; }, "tokens_used",
     "at least period_max (16) different tokens"},
    {[](Config& c) { c.task = task::distance, c.d_vocab = 2; }, [](Config& c) { c.d_vocab = 3; }, "d_vocab", "at least 3 tokens"},
    {[](Config& c) { c.task = task::skewed, c.d_vocab = 3; }, [](Config& c) { c.d_vocab = 4; }, "d_vocab", "at least 4 tokens"},
};

const Case kInContextCases[] = {
    {[](Config& c) { c.task = task::icl_markov, c.d_vocab = 65; }, [](Config& c) { c.d_vocab = 64; }, "d_vocab", "at most 64 states"},
    {[](Config& c) { c.task = task::icl_classify, c.pairs = 16, c.classes = 10; }, [](Config& c) { c.n_ctx = 33; }, "pairs",
     "33 tokens, and the context (n_ctx) has 32"},
    {[](Config& c) { c.task = task::sentiment, c.pairs = 8; }, [](Config& c) { c.n_ctx = 35; }, "pairs", "35 tokens"},
    {[](Config& c) { c.task = task::icl_classify, c.classes = 15; }, [](Config& c) { c.classes = 14; }, "d_vocab", "take 17 tokens"},
    {[](Config& c) { c.task = task::icl_classify, c.class_burstiness = 4; }, [](Config& c) { c.class_burstiness = 3; }, "class_burstiness",
     "must divide pairs (6)"},
    {[](Config& c) { c.task = task::icl_classify, c.class_burstiness = 1, c.classes = 5; }, [](Config& c) { c.bursty_share = 0; },
     "classes", "= 6 different ones"},
    {[](Config& c) { c.task = task::icl_classify, c.classes = 14, c.novel_share = 0.5; }, [](Config& c) { c.d_vocab = 19; }, "d_vocab",
     "3 more classes, so at least 19 are needed"},
    {[](Config& c) { c.task = task::icl_classify, c.class_noise = 0.1; }, [](Config& c) { c.exemplars = 2, c.classes = 7; }, "exemplars",
     "at least 2"},
    {[](Config& c) { c.task = task::sentiment, c.d_vocab = 14; }, [](Config& c) { c.d_vocab = 15; }, "d_vocab", "at least 15 tokens"},
    {[](Config& c) { c.task = task::image, c.image_width = 17; }, [](Config& c) { c.image_width = 16; }, "image_width",
     "at most half of n_ctx (16)"},
    {[](Config& c) { c.task = task::image, c.image_width = 16, c.texture_max = 16; }, [](Config& c) { c.texture_max = 15; }, "texture_max",
     "less than image_width (16)"},
    {[](Config& c) { c.task = task::bandit, c.arms = 15; }, [](Config& c) { c.arms = 14; }, "arms", "not be more than d_vocab (16)"},
};

// Breaks rules of `rules` one by one; each of them must have been the only one that a case broke.
void check_cases(std::span<const Case> cases, std::span<const ConfigRule> rules) {
  std::set<size_t> covered;
  for (const Case& one : cases) {
    const std::string knob = one.knob, words = one.words;
    CAPTURE(knob);
    CAPTURE(words);
    Config c;
    one.breaks(c);
    const Problems found = problems(c);
    REQUIRE(found.size() == 1);
    CAPTURE(found[0].message);
    CHECK(says(found, knob, words));
    CHECK(found[0].message.rfind(knob + " is ", 0) == 0);
    CHECK(found[0].message.size() < 200);
    for (size_t i = 0; i < rules.size(); ++i)
      if (rules[i].broken(for_task(c))) covered.insert(i);
    one.mends(c);
    CHECK(problems(c).empty());
  }
  for (size_t i = 0; i < rules.size(); ++i) {
    const std::string rule = rules[i].knob + (" number " + std::to_string(i));
    CAPTURE(rule);
    CHECK(covered.count(i) == 1);
  }
}

}  // namespace

TEST_CASE("every rule about model and objective has its sentence, and the next sensible value has none") {
  check_cases(kModelCases, model_rules());
}

TEST_CASE("every rule of a task that copies has its sentence, and the next sensible value has none") {
  check_cases(kCopyingCases, copying_rules());
}

TEST_CASE("every rule of a task that is learned in context has its sentence, and the next sensible value has none") {
  check_cases(kInContextCases, in_context_rules());
}

TEST_CASE("a rule of one task does not mind another task, and several broken rules are all told") {
  for (const auto cases : {std::span<const Case>(kCopyingCases), std::span<const Case>(kInContextCases)})
    for (const Case& one : cases) {
      Config c;
      one.breaks(c);
      c.task = task::tokens;  // which has no rules here
      CHECK(problems(c).empty());
    }
  Config c;
  c.d_head = 5, c.period_max = 40;
  CHECK(problems(c).size() == 2);
}

TEST_CASE("every task works with the other knobs at their defaults, and a bidirectional one with the objective query") {
  const Knob& knob = *find_knob("task");
  for (size_t i = 0; i < knob.options.size(); ++i) {
    CAPTURE(knob.options[i]);
    Config c;
    knob.set(c, static_cast<double>(i));
    CHECK(problems(c).empty());
    c.bidirectional = true, c.objective = objective::query;
    CHECK(problems(c).empty());
  }
}

}  // namespace test_config_rules
