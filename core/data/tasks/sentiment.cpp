// sentiment: short reviews, each with its label after it. Words come in two groups; which of them is positive is drawn for each
// context, so only the reviews before tell. Every label is asked, the last one is the query. docs/maths.md (85).

#include <algorithm>

#include "../../exact.hpp"
#include "../examples.hpp"

namespace induction {
namespace {

constexpr uint32_t kLabels = 2;     // negative, positive: the last tokens
constexpr uint32_t kPolar = 2;      // words of a review that tell its sentiment, where it has so many
constexpr uint32_t kHeldApart = 3;  // pairs of words with a sum of numbers divisible by this never stand together in training

// Group one and group two are opposites, number by number.
constexpr const char* kFirst[] = {"lovely", "bright", "warm", "crisp",  "clever", "tender",   "witty", "fresh",
                                  "bold",   "smooth", "rich", "lively", "honest", "graceful", "funny", "sweet"};
constexpr const char* kSecond[] = {"dreary", "dull",  "cold", "soggy",    "clumsy", "harsh",   "tedious", "stale",
                                   "timid",  "rough", "thin", "sluggish", "phoney", "awkward", "grim",    "bitter"};
constexpr const char* kNeutral[] = {"plot", "soup",  "hotel",  "song",   "actor", "room",
                                    "book", "scene", "waiter", "garden", "voice", "street"};

template <size_t n>
std::string word(const char* const (&list)[n], const char* kind, uint32_t i) {
  return i < n ? list[i] : std::string(kind) + " " + std::to_string(i + 1);
}

/// Tokens: words of group one, of group two, neutral ones, labels.
struct Lexicon {
  explicit Lexicon(const Config& c)
      : words(static_cast<uint32_t>(c.d_vocab) - kLabels), group(words * 2 / 5), length(static_cast<uint32_t>(c.review_words)) {}
  uint32_t words, group, length;
  uint32_t polar() const { return std::min(kPolar, length); }

  std::string label(uint32_t token) const {
    if (token >= words) return token == words ? "negative" : "positive";
    if (token < group) return word(kFirst, "good", token);
    if (token < 2 * group) return word(kSecond, "bad", token - group);
    return word(kNeutral, "thing", token - 2 * group);
  }
  uint32_t last_word(uint32_t review) const { return review * (length + 1) + length - 1; }
  /// Of the review that ends at position `end`: its first polar word tells.
  uint32_t group_of(const Sequence& s, uint32_t end) const {
    uint32_t at = end + 1 - length;
    while (s.tokens[at] >= 2 * group) ++at;
    return s.tokens[at] / group;
  }
};

bool held_apart(uint32_t a, uint32_t b) { return (a + b) % kHeldApart == 0; }

// The words of one review, in any order: two different ones of a group (one where a review has one word), the rest neutral.
std::vector<uint32_t> review(Draws& draws, const Lexicon& lexicon, uint32_t group, bool unseen) {
  std::vector<uint32_t> pair = shuffled(draws, lexicon.group, lexicon.polar());
  if (pair.size() == kPolar && held_apart(pair[0], pair[1]) != unseen) {
    // The next second word that is as wanted; a group of five words or more has one for every first word.
    for (uint32_t i = 1; i < lexicon.group; ++i) {
      const uint32_t other = (pair[1] + i) % lexicon.group;
      if (other == pair[0] || held_apart(pair[0], other) != unseen) continue;
      pair[1] = other;
      break;
    }
  }
  std::vector<uint32_t> words;
  for (const uint32_t w : pair) words.push_back(group * lexicon.group + w);
  const uint32_t first_neutral = 2 * lexicon.group;
  while (words.size() < lexicon.length) words.push_back(first_neutral + draws.below(lexicon.words - first_neutral));
  std::vector<uint32_t> mixed;
  for (const uint32_t i : shuffled(draws, lexicon.length, lexicon.length)) mixed.push_back(words[i]);
  return mixed;
}

}  // namespace

Task sentiment_task(const Config& c) {
  const Lexicon lexicon(c);
  const auto reviews = static_cast<uint32_t>(c.pairs) + 1;
  Task task;
  task.sets = {{"seen", "Contexts as in training."}};
  if (lexicon.polar() == kPolar) task.sets.push_back({"unseen", "The query joins two words that never stand together in training."});
  task.row = [=](Draws& draws, uint32_t set) {
    const uint32_t positive = c.fixed_polarity ? 0 : draws.below(2);
    std::vector<uint32_t> tokens, labels;
    std::vector<uint8_t> told;
    bool came[2] = {false, false};
    for (uint32_t i = 0; i < reviews; ++i) {
      const uint32_t group = draws.below(2);
      for (const uint32_t w : review(draws, lexicon, group, set == 1 && i + 1 == reviews)) tokens.push_back(w);
      labels.push_back(lexicon.words + (group == positive));
      if (i + 1 < reviews) tokens.push_back(labels.back());
      told.push_back(came[group]), came[group] = true;
    }
    Sequence s = silent_sequence(std::move(tokens), c);
    for (uint32_t i = 0; i < reviews; ++i) ask(s, lexicon.last_word(i), labels[i], told[i]);
    return s;
  };
  // The labels of earlier reviews of the same group.
  task.sources = [lexicon](const Sequence& s, uint32_t t) {
    std::vector<uint32_t> keys;
    if (s.targets[t] == kNoTarget) return keys;
    for (uint32_t end = lexicon.last_word(0); end < t; end += lexicon.length + 1)
      if (lexicon.group_of(s, end) == lexicon.group_of(s, t)) keys.push_back(end + 1);
    return keys;
  };
  task.labelled_query = task.sparse = true;
  task.answers = 2;
  task.label = [lexicon](uint32_t token) { return lexicon.label(token); };
  task.lines = [known = c.fixed_polarity, reviews] {
    return std::vector<Line>{
        {"uniform", exact_ln(2), "Both labels equally likely: ln 2.", false},
        {"Bayes", known ? 0.0 : exact_ln(2) / reviews, "Only the first label of a context is a guess: no predictor does better.", false}};
  };
  return task;
}

}  // namespace induction
