#pragma once
// What the readers of snapshots share: names, and the check of one array. For snapshot.cpp and foreign_weights.cpp only.

#include "safetensors.hpp"
#include "tensor.hpp"

namespace induction {

// Of a checkpoint: not a parameter of the model.
inline constexpr const char *kOptimiser = "optimizer.", *kHeld = "intervention.";

/// "[4, 8]".
std::string shape_text(const std::vector<uint64_t>& shape);
/// A sentence when the array is missing, of another shape or not finite.
std::string check_array(const NamedArray* array, const std::string& name, const std::vector<uint32_t>& shape);

}  // namespace induction
