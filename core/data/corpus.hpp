#pragma once
// A reader's own data: a vocabulary and rows of tokens, parsed from bytes that nobody has checked. docs/tasks.md, docs/maths.md (76).

#include <memory>
#include <span>

#include "../config.hpp"

namespace induction {

/// The largest file that is read, in bytes.
inline constexpr uint64_t kMaxCorpusBytes = 16u << 20;
/// The vocabulary of a text whose reader did not say how large it shall be.
inline constexpr int64_t kUsualVocabulary = 256;

struct Corpus {
  std::string name;                 // for people, such as a file's name
  std::string hash;                 // 16 hexadecimal digits of vocabulary, rows and tokens
  std::vector<std::string> labels;  // one per token
  std::vector<uint32_t> tokens;     // all rows, one after the other
  std::vector<uint32_t> rows;       // where each row begins, then the end; a stream is one row
  bool stream() const { return rows.size() == 2; }
};

/// Token numbers as a NumPy array (whole numbers, 1-D a stream, 2-D rows) or JSON ([…] a stream, [[…], …] rows), else UTF-8 text; with
/// task `text` always text. A text's vocabulary: characters or words, the most frequent first; where there are more than `most`, the
/// last token stands for all others, "<unk>". Returns a sentence when the bytes are none of these.
std::string read_corpus(std::span<const uint8_t> bytes, const Config& config, int64_t most, Corpus& corpus);

/// What keeps this data from being used with a Config; nullptr: there is none. Nothing for tasks that need no data.
Problems corpus_problems(const Config& config, const Corpus* corpus);

}  // namespace induction
