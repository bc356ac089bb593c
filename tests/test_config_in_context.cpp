// The rules of the tasks that are learned in context: each has its sentence, and the next allowed value has none.

#include <algorithm>

#include "config.hpp"
#include "support/support.hpp"

using namespace induction;
using namespace induction::tests;

namespace {

bool says(const Config& c, const std::string& knob, const std::string& words) {
  const Problems list = problems(c);
  return std::any_of(list.begin(), list.end(),
                     [&](const Problem& p) { return p.knob == knob && p.message.find(words) != std::string::npos; });
}

Config with(kind::task task) {
  Config c;
  c.task = task;
  return c;
}

}  // namespace

TEST_CASE("every task works with the other knobs at their defaults") {
  for (const auto task : {kind::task::icl_markov, kind::task::icl_classify, kind::task::sentiment, kind::task::image, kind::task::bandit})
    CHECK(problems(with(task)).empty());
}

TEST_CASE("a chain has at most 64 states") {
  Config c = with(kind::task::icl_markov);
  c.d_vocab = 65;
  CHECK(says(c, "d_vocab", "at most 64 states"));
  c.d_vocab = 64;
  CHECK(problems(c).empty());
}

TEST_CASE("labelled examples and the query must fit into the context") {
  Config c = with(kind::task::icl_classify);
  c.pairs = 16, c.classes = 10;
  CHECK(says(c, "pairs", "33 tokens, and the context (n_ctx) has 32"));
  c.n_ctx = 33;
  CHECK(problems(c).empty());
  c = with(kind::task::sentiment);
  c.pairs = 8;
  CHECK(says(c, "pairs", "35 tokens"));
  c.n_ctx = 35;
  CHECK(problems(c).empty());
}

TEST_CASE("classes, exemplars and labels must fit into the vocabulary, with room for the novel ones that are asked for") {
  Config c = with(kind::task::icl_classify);
  c.classes = 15;
  CHECK(says(c, "d_vocab", "take 17 tokens"));
  c.classes = 14;
  CHECK(problems(c).empty());
  c.novel_share = 0.5;
  CHECK(says(c, "d_vocab", "3 more classes, so at least 19 are needed"));
  c.d_vocab = 19;
  CHECK(problems(c).empty());
}

TEST_CASE("burstiness divides pairs, bursty contexts have different classes, and noise needs another exemplar") {
  Config c = with(kind::task::icl_classify);
  c.class_burstiness = 4;
  CHECK(says(c, "class_burstiness", "must divide pairs (6)"));
  c.class_burstiness = 1, c.classes = 5;
  CHECK(says(c, "classes", "= 6 different ones"));
  c.bursty_share = 0;
  CHECK(problems(c).empty());
  c = with(kind::task::icl_classify);
  c.class_noise = 0.1;
  CHECK(says(c, "exemplars", "at least 2"));
  c.exemplars = 2, c.classes = 7;
  CHECK(problems(c).empty());
}

TEST_CASE("sentiment needs words of both groups, an image two rows in which textures repeat, a bandit tokens for arms and rewards") {
  Config c = with(kind::task::sentiment);
  c.d_vocab = 14;
  CHECK(says(c, "d_vocab", "at least 15 tokens"));
  c.d_vocab = 15;
  CHECK(problems(c).empty());
  c = with(kind::task::image);
  c.image_width = 17;
  CHECK(says(c, "image_width", "at most half of n_ctx (16)"));
  c.image_width = 16, c.texture_max = 16;
  CHECK(says(c, "texture_max", "less than image_width (16)"));
  c.texture_max = 15;
  CHECK(problems(c).empty());
  c = with(kind::task::bandit);
  c.arms = 15;
  CHECK(says(c, "arms", "not be more than d_vocab (16)"));
  c.arms = 14;
  CHECK(problems(c).empty());
}
