#pragma once
// Names, shapes and places: a Tensor is a strided view into the one arena of a Program.

#include <cstdint>
#include <string>
#include <vector>

namespace induction {

/// Index of a Tensor in Program::tensors.
using TensorId = uint32_t;
inline constexpr TensorId kNoTensor = UINT32_MAX;

/// A named view: element [i, j, …] lies at arena[offset + i·stride[0] + j·stride[1] + …].
struct Tensor {
  std::string name;  // TransformerLens' name; empty for scratch
  std::string axes;  // one letter per axis, such as "bthe"; 'b' comes first where there is a batch
  std::vector<uint32_t> shape;
  std::vector<uint32_t> stride;  // in floats
  uint32_t offset = 0;           // in floats
  uint32_t chunk_stride = 0;     // floats from one gradient chunk to the next; 0: no chunks
  bool parameter = false;

  uint32_t elements() const {
    uint32_t n = 1;
    for (const uint32_t size : shape) n *= size;
    return n;
  }
  /// Floats from one sequence of the batch to the next; 0 when all sequences share the tensor.
  uint32_t batch_stride() const { return !axes.empty() && axes[0] == 'b' ? stride[0] : 0; }
};

/// A run of floats in the arena.
struct Region {
  uint32_t offset = 0, size = 0;
};

}  // namespace induction
