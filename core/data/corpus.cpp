#include "corpus.hpp"

#include <algorithm>

#include "corpus_numbers.hpp"
#include "corpus_text.hpp"

namespace induction {
namespace {

// FNV-1a, 64 bits, over 32-bit words and the labels' bytes.
class Hash {
 public:
  void take(uint32_t word, int bytes) {
    for (int i = 0; i < bytes; ++i) hash_ = (hash_ ^ (word >> 8 * i & 255)) * 1099511628211ull;
  }
  std::string digits() const {
    std::string digits(16, '0');
    uint64_t hash = hash_;
    for (int i = 15; i >= 0; --i, hash >>= 4) digits[static_cast<size_t>(i)] = "0123456789abcdef"[hash & 15];
    return digits;
  }

 private:
  uint64_t hash_ = 14695981039346656037ull;
};

// Shows all tokens, a block at a time.
template <class Use>
void each_block(const Corpus& corpus, Use use) {
  std::vector<uint32_t> block(std::min<size_t>(size_t{1} << 16, corpus.tokens()));
  for (uint64_t at = 0; at < corpus.tokens(); at += block.size()) {
    const std::span part = std::span(block).first(static_cast<size_t>(std::min<uint64_t>(block.size(), corpus.tokens() - at)));
    corpus.read(static_cast<uint32_t>(at), part);
    use(at, part);
  }
}

// What takes a second look at all tokens: how frequent they are, and the hash.
void measure(Corpus& corpus) {
  Hash hash;
  for (const std::string& label : corpus.labels) {
    for (const char c : label) hash.take(static_cast<uint8_t>(c), 1);
    hash.take(256, 2);
  }
  for (uint32_t row = 0; row < corpus.rows.size(); ++row) hash.take(corpus.rows.begin(row), 4);
  hash.take(corpus.tokens(), 4);
  corpus.seen.assign(corpus.labels.size(), 0);
  each_block(corpus, [&, end = corpus.trained_on()](uint64_t at, std::span<const uint32_t> tokens) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      hash.take(tokens[i], 4);
      corpus.seen[tokens[i]] += at + i < end;
    }
  });
  corpus.hash = hash.digits();
}

// Whatever the bytes have become since they were checked: tokens are indices.
void keep_inside(Corpus& corpus) {
  corpus.read = [read = std::move(corpus.read), last = static_cast<uint32_t>(corpus.labels.size()) - 1](uint32_t from,
                                                                                                        std::span<uint32_t> into) {
    read(from, into);
    for (uint32_t& token : into) token = std::min(token, last);
  };
}

void keep_tokens(Corpus& corpus) {
  const auto kept = std::make_shared<std::vector<uint16_t>>();
  kept->reserve(corpus.tokens());
  each_block(corpus, [&](uint64_t, std::span<const uint32_t> tokens) { kept->insert(kept->end(), tokens.begin(), tokens.end()); });
  corpus.read = [kept](uint32_t from, std::span<uint32_t> into) { std::copy_n(kept->begin() + from, into.size(), into.begin()); };
}

std::string row_problem(const Corpus& corpus, uint32_t row, uint32_t n_ctx) {
  return "n_ctx is " + std::to_string(n_ctx) + "; every row needs at least " + std::to_string(n_ctx + 1) + " tokens, and row " +
         std::to_string(row) + " has " + std::to_string(corpus.rows.length(row));
}

}  // namespace

uint32_t Corpus::trained_on() const { return stream() ? nine_tenths(tokens()) : rows.begin(nine_tenths(rows.size())); }

std::string too_many_tokens(uint64_t tokens) {
  return "the data has " + std::string(tokens > kMostCorpusTokens + 1 ? std::to_string(tokens) : "more") + " tokens; at most " +
         std::to_string(kMostCorpusTokens) + " are read";
}

std::string scan_corpus(const ByteSource& source, const Config& config, int64_t most, Corpus& corpus) {
  Corpus made;
  made.name = corpus.name;
  const bool array = config.task != kind::task::text && is_npy(source);
  const bool list = config.task != kind::task::text && !array && is_json_list(source);
  std::string wrong;
  if (array || list) {
    uint32_t vocabulary = 0;
    wrong = array ? scan_npy(source, made, vocabulary) : scan_json_rows(source, made, vocabulary);
    for (uint32_t v = 0; v < vocabulary; ++v) made.labels.push_back(std::to_string(v));
  } else {
    wrong = scan_text(source, config.vocabulary, most, made);
  }
  if (wrong.empty() && made.tokens() == 0) wrong = "the data holds no tokens";
  if (!wrong.empty()) return wrong;
  keep_inside(made);
  measure(made);
  corpus = std::move(made);
  return {};
}

std::string read_corpus(std::span<const uint8_t> bytes, const Config& config, int64_t most, Corpus& corpus) {
  if (bytes.size() > kMaxCorpusBytes)
    return "the data has " + std::to_string(bytes.size() >> 20) + " MiB; at most " + std::to_string(kMaxCorpusBytes >> 20) + " are read";
  const auto read = [bytes](uint64_t at, std::span<uint8_t> into) {
    const auto part = bytes.subspan(static_cast<size_t>(std::min<uint64_t>(at, bytes.size())));
    const size_t n = std::min(part.size(), into.size());
    std::copy_n(part.begin(), n, into.begin());
    return n;
  };
  const ByteSource source{bytes.size(), read};
  if (std::string wrong = scan_corpus(source, config, most, corpus); !wrong.empty()) return wrong;
  keep_tokens(corpus);
  return {};
}

Problems corpus_problems(const Config& c, const Corpus* corpus) {
  if (!own_data(c)) return {};
  const std::string task = c.task == kind::task::text ? "text" : "tokens";
  if (!corpus) return {{"task", "task is " + task + ", which needs data: a file of token rows or text"}};
  const auto vocabulary = static_cast<int64_t>(corpus->labels.size());
  if (vocabulary > c.d_vocab)
    return {{"d_vocab", "d_vocab is " + std::to_string(c.d_vocab) + "; the data has tokens up to number " + std::to_string(vocabulary - 1) +
                            ", so at least " + std::to_string(vocabulary) + " are needed"}};
  const auto n_ctx = static_cast<uint32_t>(c.n_ctx), needed = n_ctx + 1;
  if (corpus->stream() && corpus->tokens() < 10 * needed)
    return {{"n_ctx", "n_ctx is " + std::to_string(n_ctx) + "; its last tenth is held out, so the data needs at least " +
                          std::to_string(10 * needed) + " tokens, and it has " + std::to_string(corpus->tokens())}};
  for (uint32_t row = 0; row < (corpus->rows.equal() ? 1 : corpus->rows.size()); ++row)
    if (corpus->rows.length(row) < needed) return {{"n_ctx", row_problem(*corpus, row, n_ctx)}};
  return {};
}

}  // namespace induction
