#include "token_places.hpp"

namespace induction {

bool RowStarts::add(uint32_t length) {
  if (starts_.empty() && (rows_ == 0 || length == length_)) {
    length_ = length, ++rows_;
    return true;
  }
  if (rows_ >= kMostUnequalRows) return false;
  if (starts_.empty())
    for (uint32_t row = 0; row <= rows_; ++row) starts_.push_back(row * length_);
  starts_.push_back(starts_.back() + length);
  ++rows_;
  return true;
}

void TokenPlaces::add(uint64_t at) {
  constexpr std::size_t kMost = 1 << 20;
  if (tokens_++ % every_ != 0) return;
  places_.push_back(at);
  if (places_.size() <= kMost) return;
  // Every second one stays.
  for (std::size_t i = 0; 2 * i < places_.size(); ++i) places_[i] = places_[2 * i];
  places_.resize((places_.size() + 1) / 2);
  every_ *= 2;
}

}  // namespace induction
