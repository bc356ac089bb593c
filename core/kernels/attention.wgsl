// Twins of attention.hpp, in attention_together.wgsl and in attention_alone.wgsl. Tiles right of the diagonal are left out; on it, what a
// query may not see is an exact zero, as in the C++.

/// Where a head's matrices start.
struct Head { q: u32, k: u32, v: u32, z: u32, pattern: u32, column: u32 }

/// Operands q, k, v, pattern, z (or dz).
fn head_of(number: u32) -> Head {
  let b = number / size(1u);
  let h = number % size(1u);
  let column = h * size(2u);
  return Head(
    sequence(0u, b) + column, sequence(1u, b) + column, sequence(2u, b) + column, sequence(4u, b) + column,
    sequence(3u, b) + h * size(0u) * size(0u), column);
}
