#pragma once
// Counter-based random numbers: value = f(seed, stream, i, j), with nothing to carry along. Adds, rotations and
// exclusive-ors of 32-bit words only, so WGSL can do the same to the bit.

#include <cstdint>

namespace induction {

/// What a random number is for. Each purpose has its own stream, so adding one never moves another. Dropout has one per place in the
/// model, from `dropout` on.
enum class Stream : uint32_t {
  init = 1,
  train = 2,
  held_out = 3,
  unseen = 4,
  markov = 5,
  example = 6,
  pool = 70,
  pool_choice = 71,
  scramble = 72,
  dropout = 0x44524f50
};

struct Random2 {
  uint32_t a, b;
};

/// Threefry-2x32, 20 rounds: key (seed, stream), counter (i, j) -> two words.
/// Source: Salmon et al. 2011, 'Parallel random numbers: as easy as 1, 2, 3'; docs/maths.md (17).
// static: kernels call it, and their copies for other processors must not share code (kernels/table.inc).
static inline Random2 random2(uint32_t seed, Stream stream, uint32_t i, uint32_t j) {
  constexpr uint32_t kParity = 0x1BD11BDA;  // Skein's key-schedule constant
  constexpr int kRotation[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  const uint32_t key[3] = {seed, static_cast<uint32_t>(stream), kParity ^ seed ^ static_cast<uint32_t>(stream)};
  uint32_t a = i + key[0], b = j + key[1];
  for (uint32_t round = 0; round < 20; ++round) {
    const int turn = kRotation[round % 8];
    a += b;
    b = (b << turn | b >> (32 - turn)) ^ a;
    if (round % 4 == 3) {
      const uint32_t inject = round / 4 + 1;
      a += key[inject % 3];
      b += key[(inject + 1) % 3] + inject;
    }
  }
  return {a, b};
}

/// Uniform in {0 .. n-1}; the bias of the remainder is below n / 2^32.
static inline uint32_t uniform_below(uint32_t seed, Stream stream, uint32_t i, uint32_t j, uint32_t n) {
  return random2(seed, stream, i, j).a % n;
}

}  // namespace induction
