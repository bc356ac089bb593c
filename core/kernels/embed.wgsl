// Twins of embed.hpp; that of embed_backward is in embed_together.wgsl and in embed_alone.wgsl. Bit-equal: copies and plain sums in the
// CPU's order.

/// An item is one float of out.
@compute @workgroup_size(kThreads)
fn embed(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let width = size(1u);
  if (i >= run.batch * size(0u) * width) { return; }
  arena[offset(2u) + i] = arena[offset(1u) + u32(arena[offset(0u) + i / width]) * width + i % width];
}

/// An item is one float of out.
@compute @workgroup_size(kThreads)
fn add_position(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let width = size(0u) * size(1u);
  if (i >= run.batch * width) { return; }
  arena[offset(2u) + i] = arena[offset(0u) + i] + arena[offset(1u) + i % width];
}

/// An item is one float of one chunk's dW_pos.
@compute @workgroup_size(kThreads)
fn add_position_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let width = size(0u) * size(1u);
  let floats = size(2u) * size(1u);
  if (i >= run.chunks * floats) { return; }
  let to = gradient(1u, i / floats) + i % floats;
  var sum = 0.0;
  if (flag(kAccumulate)) { sum = arena[to]; }
  if (i % floats < width) {
    let range = sequences_of(i / floats);
    for (var b = range.x; b < range.y; b++) { sum += arena[offset(0u) + b * width + i % floats]; }
  }
  arena[to] = sum;
}
