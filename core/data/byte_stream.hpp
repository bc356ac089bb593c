#pragma once
// Bytes that are read where they are needed: out of memory, or out of a file that may be larger than it.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace induction {

/// A file. `read` fills `into` with the bytes from `at` on and returns their number, which is smaller at the end only. Threads may share
/// it.
struct ByteSource {
  uint64_t size = 0;
  std::function<size_t(uint64_t at, std::span<uint8_t> into)> read;
};

/// Goes through a source byte by byte, a block in memory at a time.
class ByteStream {
 public:
  explicit ByteStream(const ByteSource& source, uint64_t at = 0, size_t block = size_t{1} << 16)
      : source_(source), begin_(at), block_(block) {}
  /// The byte here; -1 at the end.
  int peek() { return next_ < filled_ || fill() ? buffer_[next_] : -1; }
  /// Goes past the byte that was seen last.
  void skip() { ++next_; }
  uint64_t at() const { return begin_ + next_; }

 private:
  bool fill() {
    begin_ += next_, next_ = 0, filled_ = 0;
    if (begin_ >= source_.size) return false;
    buffer_.resize(block_);
    filled_ = source_.read(begin_, std::span(buffer_).first(static_cast<size_t>(std::min<uint64_t>(block_, source_.size - begin_))));
    return filled_ > 0;
  }

  const ByteSource& source_;
  std::vector<uint8_t> buffer_;
  uint64_t begin_;
  size_t block_, next_ = 0, filled_ = 0;
};

}  // namespace induction
