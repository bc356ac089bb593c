// The reverse of an embedding by invocations that work alone; see embed.wgsl.
// Bit-equal: plain sums in the CPU's order.

/// An item is one column of one chunk's dW_E, which takes up the rows of dout in ascending order.
@compute @workgroup_size(kThreads)
fn embed_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let width = size(1u);
  if (i >= run.chunks * width) { return; }
  let column = i % width;
  let to = gradient(1u, i / width) + column;
  if (!flag(kAccumulate)) {
    for (var token = 0u; token < size(2u); token++) { arena[to + token * width] = 0.0; }
  }
  let range = sequences_of(i / width) * size(0u);
  for (var row = range.x; row < range.y; row++) {
    arena[to + u32(arena[offset(0u) + row]) * width] += arena[offset(2u) + row * width + column];
  }
}
