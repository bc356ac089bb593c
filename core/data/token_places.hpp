#pragma once
// Where tokens and rows stand in a reader's data, in memory that does not grow with it.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace induction {

/// RowStarts of different lengths of one file: each takes four bytes.
inline constexpr uint32_t kMostUnequalRows = 1u << 24;

/// Where each row begins: a number and a length while all rows are equally long, else a list.
class RowStarts {
 public:
  RowStarts() = default;
  RowStarts(uint32_t rows, uint32_t length) : rows_(rows), length_(length) {}
  /// Adds a row behind the others. false when there are too many for a list.
  bool add(uint32_t length);
  uint32_t size() const { return rows_; }
  /// First token of a row; begin(size()): the number of all tokens.
  uint32_t begin(uint32_t row) const { return starts_.empty() ? row * length_ : starts_[row]; }
  uint32_t length(uint32_t row) const { return begin(row + 1) - begin(row); }
  /// Is every row as long as the first?
  bool equal() const { return starts_.empty(); }

 private:
  uint32_t rows_ = 0, length_ = 0;
  std::vector<uint32_t> starts_;  // empty, or one more than there are rows
};

/// The byte at which every n-th token stands; n doubles whenever that would be more than a million places, which take 8 MiB.
class TokenPlaces {
 public:
  /// The next token, from number 0 on.
  void add(uint64_t at);
  /// The last noted token up to `token`, and its byte. There must have been such a token.
  std::pair<uint32_t, uint64_t> before(uint32_t token) const {
    const uint32_t i = token / every_;
    return {i * every_, places_[i]};
  }
  uint32_t tokens() const { return tokens_; }

 private:
  std::vector<uint64_t> places_;
  uint32_t every_ = 64, tokens_ = 0;
};

}  // namespace induction
