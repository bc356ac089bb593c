#pragma once
// Inputs near given ones: changed by a generator that a seed decides, so that a finding can be made again anywhere.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace induction::fuzz {

using Input = std::vector<uint8_t>;

class Mutator {
 public:
  Mutator(std::vector<Input> seeds, uint64_t seed) : seeds_(std::move(seeds)), state_(seed * 2654435769u + 1) {}
  /// One of the seeds after one to eight changes: bits, bytes, numbers, pieces removed, doubled, or taken from another seed.
  Input next();

 private:
  uint32_t word();
  size_t below(size_t n) { return n == 0 ? 0 : word() % n; }
  void change(Input& input);
  void insert(Input& input, size_t at, const uint8_t* from, size_t n);
  void change_digits(Input& input, size_t at);

  std::vector<Input> seeds_;
  uint64_t state_;
};

}  // namespace induction::fuzz
