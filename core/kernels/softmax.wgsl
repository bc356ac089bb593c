// Twins of softmax.hpp, and the row functions that attention.wgsl shares.
// Tolerance 1e-6: fused multiply-adds and division.

// arena[y + k] = softmax of arena[x + k] over k <= q, 0 up to length. In place where x = y.
fn softmax_row(x: u32, y: u32, q: u32, length: u32) {
  var highest = arena[x];
  for (var k = 1u; k <= q; k++) { highest = max(arena[x + k], highest); }
  var lane = Lanes();
  for (var k = 0u; k <= q; k++) {
    let e = exact_exp(arena[x + k] - highest);
    arena[y + k] = e;
    lane[k % 16u] += e;
  }
  let inverse = 1.0 / tree(lane);
  for (var k = 0u; k <= q; k++) { arena[y + k] *= inverse; }
  for (var k = q + 1u; k < length; k++) { arena[y + k] = 0.0; }
}

// An item of the four kernels below is one row [b, h, q].
fn rows() -> u32 { return run.batch * size(1u) * size(0u); }

@compute @workgroup_size(kThreads)
fn mask_scores(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item(group, groups, local);
  if (row >= rows()) { return; }
  let length = size(0u);
  let q = row % length;
  var slope = 0.0;
  if (flag(kAlibi)) { slope = arena[offset(1u) + row / length % size(1u)]; }
  for (var k = 0u; k < length; k++) {
    var score = -infinity();
    if (k <= q) { score = arena[offset(0u) + row * length + k] * value(0u) - slope * f32(q - k); }
    arena[offset(2u) + row * length + k] = score;
  }
}

@compute @workgroup_size(kThreads)
fn mask_scores_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item(group, groups, local);
  if (row >= rows()) { return; }
  for (var i = row * size(0u); i < (row + 1u) * size(0u); i++) { arena[offset(1u) + i] = arena[offset(0u) + i] * value(0u); }
}

/// Tolerance 1e-5: exp.
@compute @workgroup_size(kThreads)
fn softmax(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item(group, groups, local);
  if (row >= rows()) { return; }
  softmax_row(offset(0u) + row * size(0u), offset(1u) + row * size(0u), row % size(0u), size(0u));
}

@compute @workgroup_size(kThreads)
fn softmax_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item(group, groups, local);
  if (row >= rows()) { return; }
  let length = size(0u);
  let q = row % length;
  let at = row * length;
  var lane = Lanes();
  for (var k = 0u; k <= q; k++) { lane[k % 16u] += arena[offset(0u) + at + k] * arena[offset(1u) + at + k]; }
  let inner = tree(lane);
  for (var k = 0u; k < length; k++) {
    var dx = 0.0;
    if (k <= q) { dx = arena[offset(0u) + at + k] * (arena[offset(1u) + at + k] - inner); }
    arena[offset(2u) + at + k] = dx;
  }
}
