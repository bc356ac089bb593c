#pragma once
// Activations by head: one head in one row of what a Program keeps for all heads and rows.

#include "matrix.hpp"

namespace induction {

/// Of patterns [rows, heads, T, T]: [T, T].
Matrix pattern_of(std::span<const float> patterns, size_t row, size_t head, size_t heads, size_t length);
/// Of outputs z [rows, T, heads, d_head]: [T, d_head].
Matrix output_of(std::span<const float> outputs, size_t row, size_t head, size_t heads, size_t length, size_t width);

}  // namespace induction
