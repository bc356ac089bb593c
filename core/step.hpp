#pragma once
// A Step is one call of one kernel as plain data. An executor needs nothing else; WGSL reads the same words.

#include <cstdint>
#include <type_traits>

namespace induction {

enum class Kernel : uint32_t {
#define KERNEL(name) name,
#include "kernels/kernels.def"
#undef KERNEL
  count
};

inline constexpr int kOperands = 8, kSizes = 8, kAxes = 6, kValues = 4;

/// Bits of Step::flags.
enum Flag : uint32_t {
  kAccumulate = 1,      // add to the output instead of writing it
  kLayerNorm = 2,       // norm: subtract the mean and add a bias
  kAlibi = 4,           // scores: linear biases
  kDistinct = 16,       // drawing a batch: no token twice inside one block
  kRelative = 32,       // scores: learned biases of relative positions
  kBidirectional = 64,  // scores and softmax: keys after the query too
  kTogether = 8,        // goes in one dispatch with the Step before it: same kernel, neither touches what the other one writes
  kAddToSums = 128,     // norm_backward: add to dw and db, which another norm of the same weights has written
  kWeighted = 256,      // loss: each position has a weight of its own
};

/// Steps that may go together: the first, and those after it that have kTogether. An executor may run them in any order.
inline constexpr uint32_t kMaxTogether = 4;
/// Queries that a fused attention kernel takes together, at most: what its workspace is counted for.
inline constexpr uint32_t kQueriesTogether = 16;
/// Columns of a product's second operand that are copied together, at most: a thread's workspace holds them.
inline constexpr uint32_t kPanelColumns = 32;

/// What `measure` makes of a training step, in this order. kStopped: 1 when loss or norm are not finite, else 0.
enum Statistic : uint32_t { kMeanLoss, kGradientNorm, kStopped, kStatistics };

struct Step {
  Kernel kernel = Kernel::count;
  uint32_t flags = 0;
  uint32_t offset[kOperands] = {};        // arena floats; each kernel names its operands
  uint32_t batch_stride[kOperands] = {};  // floats per sequence; 0: shared by the batch
  uint32_t chunk_stride[kOperands] = {};  // floats per gradient chunk; 0: not a parameter's gradient
  uint32_t size[kSizes] = {};             // each kernel names its sizes
  uint32_t stride[3][kAxes] = {};         // contract: strides of a, b, c per axis; 0: the axis is absent
  float value[kValues] = {};              // constants such as a scale
};
static_assert(sizeof(Step) == 4 * (2 + 3 * kOperands + kSizes + 3 * kAxes + kValues) && std::is_trivially_copyable_v<Step>);

/// What changes from one training step to the next. Rates are already scheduled and bias-corrected.
struct Hyper {
  float lr = 0;            // rate of this step
  float lr_decay = 0;      // AdamW: lr · weight_decay
  float step_size = 0;     // Adam: lr / (1 - beta1^s)
  float inv_sqrt_bc2 = 0;  // Adam: 1 / sqrt(1 - beta2^s)
  float beta1 = 0, one_minus_beta1 = 0, beta2 = 0, one_minus_beta2 = 0;
  float momentum = 0, weight_decay = 0;
  float grad_clip = 0;  // 0: off
};
static_assert(std::is_trivially_copyable_v<Hyper>);

}  // namespace induction
