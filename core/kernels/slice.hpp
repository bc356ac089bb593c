#pragma once
// What a kernel is called with, shared by every instruction set's copy of the kernels.

#include <cstdint>
#include <span>

#include "../rng.hpp"
#include "../step.hpp"

namespace induction {

/// One chunk's share of a Step: operand pointers already moved to the first sequence of the chunk.
template <class Real>
struct Slice {
  Real* p[kOperands];
  uint32_t n = 0;      // sequences in this chunk
  uint32_t first = 0;  // the first of them
  uint32_t training_step = 0;
  Real* scratch = nullptr;  // this thread's workspace
  const Hyper* hyper = nullptr;
};

template <class Real>
using KernelFunction = void (*)(const Step&, const Slice<Real>&);

/// How fast the instruction set is: a product of `rows` by `columns` floats per term; see kernels/peak.hpp.
struct ProductPeak {
  uint32_t rows, columns;
  void (*product)(const float* a, const float* b, float* c, uint32_t k, uint32_t turns);
};

/// exact: the same bits on every processor. fast: a product and the sum it goes into may be rounded once instead of twice (fused
/// multiply-add), so the bits are the instruction set's own; every number is within its kernel's stated error.
enum class Numerics : uint8_t { exact, fast };

/// One function per Kernel, compiled for one instruction set.
template <class Real>
struct KernelTable {
  const char* name;
  KernelFunction<Real> run[static_cast<int>(Kernel::count)];
  std::span<const ProductPeak> peaks;  // of its tiles' shapes
  Numerics numerics = Numerics::exact;
};

}  // namespace induction
