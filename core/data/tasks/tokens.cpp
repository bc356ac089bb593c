// tokens, text: windows of a reader's own data, whose last tenth is held out. docs/maths.md (76).

#include <cmath>

#include "../task.hpp"

namespace induction {
namespace {

// The part of the data that rows are cut from: rows [first, last) and, in a stream, tokens [from, to).
struct Part {
  uint32_t first, last, from, to;
};

// The first nine tenths, or the rest.
Part part_of(const Corpus& corpus, bool training) {
  const uint32_t rows = corpus.rows.size(), tokens = corpus.tokens();
  if (corpus.stream()) return training ? Part{0, 1, 0, corpus.trained_on()} : Part{0, 1, corpus.trained_on(), tokens};
  const uint32_t split = nine_tenths(rows);
  return training ? Part{0, split, 0, tokens} : Part{split, rows, 0, tokens};
}

// `n` neighbouring tokens of a part.
std::vector<uint32_t> window(const Corpus& corpus, const Part& part, Draws& draws, uint32_t n) {
  const uint32_t row = part.first + draws.below(part.last - part.first);
  const uint32_t from = corpus.stream() ? part.from : corpus.rows.begin(row), to = corpus.stream() ? part.to : corpus.rows.begin(row + 1);
  std::vector<uint32_t> tokens(n);
  corpus.read(from + draws.below(to - from - n + 1), tokens);
  return tokens;
}

// Entropy of single tokens in the training part: what knowing their frequencies leaves, nats.
double unigram_entropy(const Corpus& corpus) {
  const double all = corpus.trained_on();
  double entropy = 0;
  for (const uint64_t n : corpus.seen)
    if (n > 0) entropy -= static_cast<double>(n) / all * std::log(static_cast<double>(n) / all);
  return entropy;
}

}  // namespace

Task tokens_task(const Config& c, std::shared_ptr<const Corpus> corpus) {
  const auto length = static_cast<uint32_t>(c.n_ctx);
  Task task;
  task.sets = {{"seen", "Windows of the last tenth of the data, which training never reads."}};
  if (!corpus || !corpus_problems(c, corpus.get()).empty()) {
    // Whoever asks gets rows without a target.
    task.row = [length](Draws&, uint32_t) {
      Sequence sequence = next_token_sequence(std::vector<uint32_t>(length + 1));
      sequence.targets.assign(length, kNoTarget);
      return sequence;
    };
    return task;
  }
  task.row = [=, training = part_of(*corpus, true), held_out = part_of(*corpus, false)](Draws& draws, uint32_t) {
    Sequence sequence = next_token_sequence(window(*corpus, draws.training() ? training : held_out, draws, length + 1));
    for (uint32_t t = 0; t < length; ++t) sequence.inducible[t] = !copy_sources(sequence, t).empty();
    return sequence;
  };
  task.sources = copy_sources;
  task.label = [=](uint32_t token) { return token < corpus->labels.size() ? corpus->labels[token] : std::to_string(token); };
  task.lines = [=] {
    return std::vector<Line>{{"token frequencies", unigram_entropy(*corpus), "Knows how frequent each token is, and nothing else.", false}};
  };
  return task;
}

}  // namespace induction
