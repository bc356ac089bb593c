// Twins of softmax.hpp, and the row functions that attention.wgsl shares.
// Tolerance 1e-6: fused multiply-adds and division.

// arena[y + k] = softmax of arena[x + k] over k < seen, 0 up to length. In place where x = y. With seen = length = 0 the invocation
// writes nothing, and only takes part.
fn softmax_row(x: u32, y: u32, seen: u32, length: u32, local: u32) {
  let lane = lane_of(local);
  var most = -infinity();
  for (var k = lane; k < seen; k += kLanes) { most = max(arena[x + k], most); }
  let highest = row_highest(most, local);
  var sum = 0.0;
  for (var k = lane; k < seen; k += kLanes) {
    let e = exact_exp(arena[x + k] - highest);
    arena[y + k] = e;
    sum += e;
  }
  let inverse = 1.0 / row_sum(sum, local);
  for (var k = lane; k < length; k += kLanes) {
    if (k < seen) {
      arena[y + k] *= inverse;
    } else {
      arena[y + k] = 0.0;
    }
  }
}

fn rows() -> u32 { return run.batch * size(1u) * size(0u); }

/// An item is one float of [b, h, q, k].
@compute @workgroup_size(kThreads)
fn mask_scores(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let length = size(0u);
  let row = i / length;
  if (row >= rows()) { return; }
  let q = row % length;
  let k = i % length;
  var slope = 0.0;
  if (flag(kAlibi)) { slope = arena[offset(1u) + row / length % size(1u)]; }
  var score = -infinity();
  if (k <= q) { score = arena[offset(0u) + i] * value(0u) - slope * f32(q - k); }
  arena[offset(2u) + i] = score;
}

/// An item is one float of [b, h, q, k].
@compute @workgroup_size(kThreads)
fn mask_scores_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i / size(0u) < rows()) { arena[offset(1u) + i] = arena[offset(0u) + i] * value(0u); }
}

/// A workgroup is four rows [b, h, q]. Tolerance 1e-5: exp.
@compute @workgroup_size(kThreads)
fn softmax(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = team_row(group_number(group, groups), local);
  let length = select(0u, size(0u), row < rows());
  let seen = min(length, row % size(0u) + 1u);
  softmax_row(offset(0u) + row * size(0u), offset(1u) + row * size(0u), seen, length, local);
}

/// A workgroup is four rows [b, h, q].
@compute @workgroup_size(kThreads)
fn softmax_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = team_row(group_number(group, groups), local);
  let length = select(0u, size(0u), row < rows());
  let seen = min(length, row % size(0u) + 1u);
  let first = row * size(0u);
  let lane = lane_of(local);
  var sum = 0.0;
  for (var k = first + lane; k < first + seen; k += kLanes) { sum += arena[offset(0u) + k] * arena[offset(1u) + k]; }
  let inner = row_sum(sum, local);
  for (var k = lane; k < length; k += kLanes) {
    var dx = 0.0;
    if (k < seen) { dx = arena[offset(0u) + first + k] * (arena[offset(1u) + first + k] - inner); }
    arena[offset(2u) + first + k] = dx;
  }
}
