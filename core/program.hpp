#pragma once
// A Program: everything an executor needs to train one Config, as plain data.

#include <algorithm>
#include <iterator>
#include <string_view>

#include "step.hpp"
#include "tensor.hpp"

namespace induction {

/// A tensor whose values never change: rotary tables, sinusoids, ALiBi slopes.
struct Constant {
  TensorId tensor;
  std::vector<double> values;  // row-major
};

/// ε of RMS and layer norm: TransformerLens' and PyTorch's.
inline constexpr float kNormEpsilon = 1e-5f;

struct Program {
  std::vector<Tensor> tensors;
  std::vector<TensorId> gradient;  // gradient[id]: the tensor of dLoss/d(tensor id), or kNoTensor
  std::vector<TensorId> parameters;
  std::vector<Constant> constants;
  std::vector<Step> forward, backward;  // run chunk by chunk
  std::vector<Step> finish, update;     // run once: sum and measure the gradient; apply the optimiser

  // parameters, gradients and the two moments have one layout; gradient_chunks holds `chunks` copies of it.
  Region parameter_region, gradient_region, chunk_region, moment1_region, moment2_region;
  TensorId tokens = kNoTensor, targets = kNoTensor, logits = kNoTensor, loss = kNoTensor;
  TensorId trainable = kNoTensor;  // 1 per float of a parameter that is trained, 0 where it is frozen; only where that was asked for
  TensorId weights = kNoTensor;    // of the positions in the loss, [batch, length], adding up to 1; kNoTensor: all the same
  TensorId patched = kNoTensor;    // of a Program that patches, [batch, 2]: place and position per row; a place −1 is none
  TensorId statistics = kNoTensor, gradient_norm = kNoTensor;  // the norm is one of the statistics
  uint32_t batch = 0, length = 0;
  uint32_t chunks = 0, chunk_sequences = 0;  // gradient sums: fixed chunks of the batch, reduced in order
  uint64_t arena_floats = 0;                 // all tensors, each aligned to 16 floats; beyond 2^32 an executor refuses
  uint32_t scratch_floats = 0;               // workspace of one thread

  /// Floats an executor takes for the arena and for `threads` workspaces.
  uint64_t memory_floats(uint32_t threads) const { return arena_floats + static_cast<uint64_t>(scratch_floats) * threads; }

  /// kNoTensor when there is none of that name.
  TensorId find(std::string_view name) const {
    for (TensorId id = 0; id < tensors.size(); ++id)
      if (tensors[id].name == name) return id;
    return kNoTensor;
  }

  /// The first forward Step with an operand inside a parameter, forward.size() if there is none: those before it do not depend on it.
  size_t first_reader(const Tensor& parameter) const {
    const auto inside = [&](uint32_t offset) { return offset >= parameter.offset && offset < parameter.offset + parameter.elements(); };
    const auto reads = [&](const Step& step) { return std::any_of(std::begin(step.offset), std::end(step.offset), inside); };
    return static_cast<size_t>(std::find_if(forward.begin(), forward.end(), reads) - forward.begin());
  }
};

}  // namespace induction
