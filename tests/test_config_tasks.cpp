// Config: the rules of single tasks.

#include "support/support.hpp"

using namespace induction;
using namespace induction::tests;

TEST_CASE("each task's combination rule has its sentence, and no other task minds") {
  struct Rule {
    kind::task task;
    void (*set)(Config&);
    const char *knob, *words;
  };
  const Rule rules[] = {{kind::task::repeat, [](Config& c) { c.periods = 14; }, "periods", "only 13 different periods"},
                        {kind::task::segment, [](Config& c) { c.segment_length = 17; }, "segment_length", "at most half of n_ctx (16)"},
                        {kind::task::trigger, [](Config& c) { c.triggers = 16; }, "triggers", "fewer than d_vocab (16)"},
                        {kind::task::distance, [](Config& c) { c.distance_max = 17; }, "distance_max", "at most half of n_ctx (16)"},
                        {kind::task::distance, [](Config& c) { c.d_vocab = 2; }, "d_vocab", "at least 3 tokens"},
                        {kind::task::skewed, [](Config& c) { c.d_vocab = 3; }, "d_vocab", "at least 4 tokens"}};
  for (const Rule& rule : rules) {
    Config c;
    rule.set(c);
    c.task = kind::task::bigram;
    CHECK(problems(c).empty());
    c.task = rule.task;
    const Problems found = problems(c);
    REQUIRE(found.size() == 1);
    CHECK(says(found, rule.knob, rule.words));
  }
  Config c;
  c.period_min = 17, c.periods = 3;
  CHECK(problems(c).size() == 1);  // an empty range is one problem, not two
}
