#include "freeze.hpp"

#include <algorithm>

namespace induction {
namespace {

bool is_named(const Tensor& tensor, const std::string& name) {
  return tensor.name.compare(0, name.size(), name) == 0 && (tensor.name.size() == name.size() || tensor.name[name.size()] == '.');
}

constexpr size_t kNoHeads = SIZE_MAX;

// The axis that counts the heads: every parameter of attention has one, first but for the biases of relative positions, [bucket, head].
size_t head_axis(const Tensor& tensor) {
  if (tensor.name.find(".attn.") == std::string::npos) return kNoHeads;
  return tensor.name.find(".rel_pos_bias.") == std::string::npos ? 0 : 1;
}

bool concerns(const Tensor& tensor, const FrozenPart& part) {
  if (!is_named(tensor, part.name)) return false;
  if (part.head < 0) return true;
  const size_t axis = head_axis(tensor);
  return axis != kNoHeads && static_cast<uint32_t>(part.head) < tensor.shape[axis];
}

void freeze(const Tensor& tensor, const FrozenPart& part, uint32_t region, std::vector<double>& values) {
  const size_t axis = part.head < 0 ? kNoHeads : head_axis(tensor);
  for (uint32_t i = 0; i < tensor.elements(); ++i) {
    size_t at = tensor.offset - region;
    bool chosen = true;
    for (size_t a = tensor.shape.size(), rest = i; a-- > 0; rest /= tensor.shape[a]) {
      const size_t index = rest % tensor.shape[a];
      at += index * tensor.stride[a];
      chosen = chosen && (a != axis || index == static_cast<size_t>(part.head));
    }
    if (chosen) values[at] = 0;
  }
}

}  // namespace

std::string frozen_problem(const Program& program, const FrozenPart& part) {
  const auto& list = program.parameters;
  const auto any = [&](const FrozenPart& wanted) {
    return std::any_of(list.begin(), list.end(), [&](TensorId id) { return concerns(program.tensors[id], wanted); });
  };
  if (!any({part.name, -1}))
    return "the model has no parameter '" + part.name.substr(0, 60) + "'; name one such as blocks.0.attn.W_Q, or blocks.0 for a layer";
  if (any(part)) return {};
  return "'" + part.name.substr(0, 60) + "' has no head " + std::to_string(part.head) + "; heads count from 0 and belong to attention";
}

std::vector<double> trainable_values(const Program& program, const std::vector<FrozenPart>& frozen) {
  std::vector<double> values(program.parameter_region.size, 1.0);
  for (const FrozenPart& part : frozen)
    for (const TensorId id : program.parameters)
      if (const Tensor& tensor = program.tensors[id]; concerns(tensor, part)) freeze(tensor, part, program.parameter_region.offset, values);
  return values;
}

}  // namespace induction
