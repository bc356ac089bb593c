#pragma once
// What happens when an activation is changed in mid-flight: ablations of a finished model. They walk a recorded
// plain-mode Program with the model's own kernels, so they hold for every Config.

#include <functional>

#include "../cpu.hpp"
#include "weights.hpp"

namespace induction {

/// Changes a tensor's elements (row-major, of its shape) as soon as the Program has written them. The tensor must have a place
/// of its own, which every named activation of a plain-mode Program but q, k and v has.
template <class Real>
struct Edit {
  TensorId tensor = kNoTensor;
  std::function<void(std::vector<Real>& values)> change;
};

/// Forward pass with edits, over the tokens and parameters that lie in `cpu`.
template <class Real>
void run_edited(Cpu<Real>& cpu, std::span<const Edit<Real>> edits);

/// What stands in for a head's output z. Later patterns are computed anew, but for pattern_preserving.
/// zero: nothing. mean: the mean of z at the same position over the batch. resample: z of the next row of the batch.
/// pattern_preserving: nothing, with all patterns as they were; without a norm it takes every path through the head from the
/// logits, docs/maths.md (38).
enum class Ablation : uint8_t { zero, mean, resample, pattern_preserving };
inline constexpr Ablation kAblations[] = {Ablation::zero, Ablation::mean, Ablation::resample, Ablation::pattern_preserving};
/// "zero", "mean", "resample", "pattern_preserving".
const char* ablation_name(Ablation kind);

/// Forward pass without the heads' own output. The Program is in plain mode and `cpu` holds tokens, targets and parameters;
/// afterwards the Program's tensors are those of the ablated model. mean and resample need a batch of two rows or more.
template <class Real>
void run_ablated(Cpu<Real>& cpu, std::span<const HeadPlace> heads, Ablation kind);

}  // namespace induction
