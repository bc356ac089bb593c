// Twins of loss.hpp. Tolerance 1e-5: exp and log.

// Σ exp(x − highest), in lane_sum's order.
fn sum_of_exp(x: u32, width: u32, highest: f32) -> f32 {
  var lane = Lanes();
  for (var v = 0u; v < width; v++) { lane[v % 16u] += exact_exp(arena[x + v] - highest); }
  return tree(lane);
}

fn highest_of(x: u32, width: u32) -> f32 {
  var highest = arena[x];
  for (var v = 1u; v < width; v++) { highest = max(arena[x + v], highest); }
  return highest;
}

/// An item is one row.
@compute @workgroup_size(kThreads)
fn cross_entropy(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item(group, groups, local);
  if (row >= run.batch * size(0u)) { return; }
  let width = size(1u);
  let x = offset(0u) + row * width;
  let wanted = arena[offset(1u) + row];
  var loss = 0.0;
  if (wanted >= 0.0) {
    let highest = highest_of(x, width);
    loss = exact_log(sum_of_exp(x, width, highest)) + (highest - arena[x + u32(wanted)]);
  }
  arena[offset(2u) + row] = loss;
}

/// An item is one row.
@compute @workgroup_size(kThreads)
fn cross_entropy_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item(group, groups, local);
  if (row >= run.batch * size(0u)) { return; }
  let width = size(1u);
  let x = offset(0u) + row * width;
  let dx = offset(2u) + row * width;
  let wanted = arena[offset(1u) + row];
  let weight = 1.0 / f32(size(2u));
  let highest = highest_of(x, width);
  var scale = 0.0;
  if (wanted >= 0.0) { scale = weight / sum_of_exp(x, width, highest); }
  for (var v = 0u; v < width; v++) { arena[dx + v] = exact_exp(arena[x + v] - highest) * scale; }
  if (wanted >= 0.0) { arena[dx + u32(wanted)] -= weight; }
}
