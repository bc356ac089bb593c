// Twins of mlp.hpp. Bit-equal, but for GELU: plain sums in the CPU's order.

/// An item is one float of out.
@compute @workgroup_size(kThreads)
fn add_bias(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= run.batch * size(0u) * size(1u)) { return; }
  var sum = arena[offset(0u) + i] + arena[offset(1u) + i % size(1u)];
  if (value(0u) != 0.0) { sum = arena[offset(3u) + i] + sum; }
  arena[offset(2u) + i] = sum;
}

/// An item is one float of one chunk's dbias.
@compute @workgroup_size(kThreads)
fn add_bias_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let width = size(1u);
  if (i >= run.chunks * width) { return; }
  let range = sequences_of(i / width) * size(0u);
  let to = gradient(1u, i / width) + i % width;
  var sum = 0.0;
  if (flag(kAccumulate)) { sum = arena[to]; }
  for (var row = range.x; row < range.y; row++) { sum += arena[offset(0u) + row * width + i % width]; }
  arena[to] = sum;
}

const kGeluScale = 1.5957691;  // 2·√(2/π)
const kGeluCube = 0.044715;

fn gelu_gate(x: f32) -> f32 { return sigmoid(kGeluScale * (x + kGeluCube * (x * x * x))); }

/// An item is one float. Tolerance 1e-5: exp in the sigmoid.
@compute @workgroup_size(kThreads)
fn gelu(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= run.batch * size(0u)) { return; }
  let x = arena[offset(0u) + i];
  arena[offset(1u) + i] = x * gelu_gate(x);
}

/// An item is one float. Tolerance 1e-5: exp in the sigmoid.
@compute @workgroup_size(kThreads)
fn gelu_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= run.batch * size(0u)) { return; }
  let x = arena[offset(0u) + i];
  let gate = gelu_gate(x);
  let slope = kGeluScale * (1.0 + (3.0 * kGeluCube) * (x * x));
  arena[offset(2u) + i] = arena[offset(1u) + i] * (gate + x * (gate * (1.0 - gate)) * slope);
}
