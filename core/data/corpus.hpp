#pragma once
// A reader's own data: a vocabulary and rows of tokens, parsed from bytes that nobody has checked. docs/tasks.md, docs/maths.md (76).

#include <memory>
#include <span>

#include "../config.hpp"
#include "byte_stream.hpp"
#include "token_places.hpp"

namespace induction {

/// The largest file that is kept in memory whole, in bytes; a page reads no larger one.
inline constexpr uint64_t kMaxCorpusBytes = 16u << 20;
/// The most tokens: their numbers are 32 bits wide.
inline constexpr uint64_t kMostCorpusTokens = 0xFFFFFFFFu;
/// The vocabulary of a text whose reader did not say how large it shall be.
inline constexpr int64_t kUsualVocabulary = 256;

struct Corpus {
  std::string name;                 // for people, such as a file's name
  std::string hash;                 // 16 hexadecimal digits of vocabulary, rows and tokens
  std::vector<std::string> labels;  // one per token
  std::vector<uint64_t> seen;       // how often each token stands in the part that is trained on
  RowStarts rows;                   // a stream is one row
  /// Tokens from number `from` on, each below labels.size(). Threads may share it.
  std::function<void(uint32_t from, std::span<uint32_t> into)> read;

  uint32_t tokens() const { return rows.begin(rows.size()); }
  bool stream() const { return rows.size() == 1; }
  /// Tokens of the part that is trained on, the first; the last tenth, of the rows or of the stream, is held out.
  uint32_t trained_on() const;
};

/// The number of things that are not in the last tenth, which is rounded up.
inline uint32_t nine_tenths(uint32_t n) { return static_cast<uint32_t>(n - (uint64_t{n} + 9) / 10); }

/// Token numbers as a NumPy array (whole numbers, 1-D a stream, 2-D rows) or JSON ([…] a stream, [[…], …] rows), else UTF-8 text; with
/// task `text` always text. A text's vocabulary: characters or words, the most frequent first; where there are more than `most`, the
/// last token stands for all others, "<unk>". Returns a sentence when the bytes are none of these. Goes through the bytes twice and keeps
/// `source`, which Corpus::read reads from; what it keeps in memory besides does not grow with the data (docs/tasks.md has the figures).
/// Should the bytes change later, tokens are others, but still tokens.
std::string scan_corpus(const ByteSource& source, const Config& config, int64_t most, Corpus& corpus);

/// The same for bytes in memory, at most kMaxCorpusBytes, which are not needed afterwards: the tokens are kept.
std::string read_corpus(std::span<const uint8_t> bytes, const Config& config, int64_t most, Corpus& corpus);

/// What keeps this data from being used with a Config; nullptr: there is none. Nothing for tasks that need no data.
Problems corpus_problems(const Config& config, const Corpus* corpus);

/// The sentence for data with more than kMostCorpusTokens.
std::string too_many_tokens(uint64_t tokens);

}  // namespace induction
