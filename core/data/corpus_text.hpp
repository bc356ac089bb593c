#pragma once
// Text cut into characters or words, and the numbers that these get.

#include <array>
#include <string>
#include <unordered_map>

#include "corpus.hpp"

namespace induction {

/// Reads one unit after the other: characters, or words and single other signs.
class TextUnits {
 public:
  TextUnits(ByteStream& stream, kind::vocabulary kind) : stream_(stream), words_(kind == kind::vocabulary::word) {}
  /// The next unit; false at the end, or where there is a problem().
  bool next(std::string& unit);
  uint64_t begin() const { return begin_; }  // byte of the unit that was read last
  const std::string& problem() const { return problem_; }

 private:
  bool character(std::string& unit);

  ByteStream& stream_;
  bool words_;
  uint64_t begin_ = 0;
  std::string problem_;
};

/// The text's labels (the most frequent units first, then by their bytes; where there are more than `most`, the last stands for all others,
/// "<unk>"), and how to read tokens. One row.
std::string scan_text(const ByteSource& source, kind::vocabulary kind, int64_t most, Corpus& corpus);

}  // namespace induction
