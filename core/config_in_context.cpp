// Rules of the tasks that are learned in context. config_rules.hpp.

#include <string>

#include "config_rules.hpp"

namespace induction {
namespace {

constexpr int64_t kMostStates = 64;   // of a chain: the page's and Sinkhorn's patience, and what a context can show
constexpr int64_t kFewestWords = 15;  // two labels, two groups of five words, three neutral words

std::string text(int64_t x) { return std::to_string(x); }

// Examples of `length` tokens and a label each, then the query.
void check_examples(const Config& c, int64_t length, Problems& found) {
  const int64_t needed = c.pairs * (length + 1) + length;
  if (needed > c.n_ctx)
    refuse(found, "pairs", c.pairs,
           "the examples and the query would take " + text(needed) + " tokens, and the context (n_ctx) has " + text(c.n_ctx));
}

void check_classes(const Config& c, Problems& found) {
  check_examples(c, 1, found);
  const int64_t fixed = c.classes * c.exemplars + c.labels, in_context = c.pairs / c.class_burstiness;
  if (fixed > c.d_vocab) refuse(found, "d_vocab", c.d_vocab, "classes times exemplars and the labels take " + text(fixed) + " tokens");
  if (c.pairs % c.class_burstiness != 0)
    refuse(found, "class_burstiness", c.class_burstiness, "it must divide pairs (" + text(c.pairs) + ")");
  else if (c.bursty_share > 0 && in_context > c.classes)
    refuse(found, "classes", c.classes, "a bursty context shows pairs / class_burstiness = " + text(in_context) + " different ones");
  else if (c.novel_share > 0 && fixed <= c.d_vocab && (c.d_vocab - c.labels) / c.exemplars - c.classes < in_context)
    refuse(found, "d_vocab", c.d_vocab,
           "with novel_share above 0 it must leave tokens for " + text(in_context) + " more classes, so at least " +
               text((c.classes + in_context) * c.exemplars + c.labels) + " are needed");
  if (c.class_noise > 0 && c.exemplars < 2) refuse(found, "exemplars", c.exemplars, "class_noise above 0 needs at least 2");
}

}  // namespace

void check_in_context(const Config& c, Problems& found) {
  using kind::task;
  if (c.task == task::icl_markov && c.d_vocab > kMostStates)
    refuse(found, "d_vocab", c.d_vocab, "icl_markov draws chains of at most " + text(kMostStates) + " states");
  if (c.task == task::icl_classify) check_classes(c, found);
  if (c.task == task::sentiment) {
    check_examples(c, c.review_words, found);
    if (c.d_vocab < kFewestWords)
      refuse(found, "d_vocab", c.d_vocab,
             "sentiment needs at least " + text(kFewestWords) + " tokens: words of two groups, neutral ones and two labels");
  }
  if (c.task == task::image) {
    if (2 * c.image_width > c.n_ctx)
      refuse(found, "image_width", c.image_width,
             "an image has at least two rows, so at most half of n_ctx (" + text(c.n_ctx / 2) + ") is allowed");
    if (c.texture_max >= c.image_width)
      refuse(found, "texture_max", c.texture_max,
             "a texture must repeat within a row, so less than image_width (" + text(c.image_width) + ") is allowed");
  }
  if (c.task == task::bandit && c.arms + 2 > c.d_vocab)
    refuse(found, "arms", c.arms, "with the two rewards they must not be more than d_vocab (" + text(c.d_vocab) + ") tokens");
}

}  // namespace induction
