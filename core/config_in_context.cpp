// Rules of the tasks that are learned in context. config_rules.hpp.

#include <string>

#include "config_rules.hpp"

namespace induction {
namespace {

using kind::task;

constexpr int64_t kMostStates = 64;   // of a chain: the page's and Sinkhorn's patience, and what a context can show
constexpr int64_t kFewestWords = 15;  // two labels, two groups of five words, three neutral words

std::string text(int64_t x) { return std::to_string(x); }

// Examples of `length` tokens and a label each, then the query.
int64_t example_tokens(const Config& c) {
  const int64_t length = c.task == task::sentiment ? c.review_words : 1;
  return c.pairs * (length + 1) + length;
}

// icl_classify: tokens of the classes that keep their labels, and of the labels; different classes of a bursty context.
int64_t fixed_tokens(const Config& c) { return c.classes * c.exemplars + c.labels; }
int64_t bursty_classes(const Config& c) { return c.pairs / c.class_burstiness; }
bool whole(const Config& c) { return c.pairs % c.class_burstiness == 0; }
bool enough_classes(const Config& c) { return c.bursty_share == 0 || bursty_classes(c) <= c.classes; }

constexpr ConfigRule kRules[] = {
    {"d_vocab", [](const Config& c) { return c.task == task::icl_markov && c.d_vocab > kMostStates; },
     [](const Config&) { return "icl_markov draws chains of at most " + text(kMostStates) + " states"; }},
    {"pairs", [](const Config& c) { return (c.task == task::icl_classify || c.task == task::sentiment) && example_tokens(c) > c.n_ctx; },
     [](const Config& c) {
       return "the examples and the query would take " + text(example_tokens(c)) + " tokens, and the context (n_ctx) has " + text(c.n_ctx);
     }},
    {"d_vocab", [](const Config& c) { return c.task == task::icl_classify && fixed_tokens(c) > c.d_vocab; },
     [](const Config& c) { return "classes times exemplars and the labels take " + text(fixed_tokens(c)) + " tokens"; }},
    {"class_burstiness", [](const Config& c) { return c.task == task::icl_classify && !whole(c); },
     [](const Config& c) { return "it must divide pairs (" + text(c.pairs) + ")"; }},
    {"classes", [](const Config& c) { return c.task == task::icl_classify && whole(c) && !enough_classes(c); },
     [](const Config& c) { return "a bursty context shows pairs / class_burstiness = " + text(bursty_classes(c)) + " different ones"; }},
    {"d_vocab",
     [](const Config& c) {
       return c.task == task::icl_classify && whole(c) && enough_classes(c) && c.novel_share > 0 && fixed_tokens(c) <= c.d_vocab &&
              (c.d_vocab - c.labels) / c.exemplars - c.classes < bursty_classes(c);
     },
     [](const Config& c) {
       return "with novel_share above 0 it must leave tokens for " + text(bursty_classes(c)) + " more classes, so at least " +
              text((c.classes + bursty_classes(c)) * c.exemplars + c.labels) + " are needed";
     }},
    {"exemplars", [](const Config& c) { return c.task == task::icl_classify && c.class_noise > 0 && c.exemplars < 2; },
     [](const Config&) -> std::string { return "class_noise above 0 needs at least 2"; }},
    {"d_vocab", [](const Config& c) { return c.task == task::sentiment && c.d_vocab < kFewestWords; },
     [](const Config&) {
       return "sentiment needs at least " + text(kFewestWords) + " tokens: words of two groups, neutral ones and two labels";
     }},
    {"image_width", [](const Config& c) { return c.task == task::image && 2 * c.image_width > c.n_ctx; },
     [](const Config& c) { return "an image has at least two rows, so at most half of n_ctx (" + text(c.n_ctx / 2) + ") is allowed"; }},
    {"texture_max", [](const Config& c) { return c.task == task::image && c.texture_max >= c.image_width; },
     [](const Config& c) {
       return "a texture must repeat within a row, so less than image_width (" + text(c.image_width) + ") is allowed";
     }},
    {"arms", [](const Config& c) { return c.task == task::bandit && c.arms + 2 > c.d_vocab; },
     [](const Config& c) { return "with the two rewards they must not be more than d_vocab (" + text(c.d_vocab) + ") tokens"; }},
};

}  // namespace

std::span<const ConfigRule> in_context_rules() { return kRules; }

}  // namespace induction
