// Twins of loss.hpp. Tolerance 1e-5: exp and log. A workgroup is four rows.

struct Row { number: u32, width: u32, x: u32, wanted: f32 }

// A row beyond the last one has width 0: its invocations only take part.
fn loss_row(number: u32, local: u32) -> Row {
  let row = team_row(number, local);
  let live = row < run.batch * size(0u);
  return Row(row, select(0u, size(1u), live), offset(0u) + row * size(1u), arena[offset(1u) + row]);
}

fn highest_logit(row: Row, local: u32) -> f32 {
  var most = -infinity();
  for (var v = lane_of(local); v < row.width; v += kLanes) { most = max(arena[row.x + v], most); }
  return row_highest(most, local);
}

@compute @workgroup_size(kThreads)
fn cross_entropy(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = loss_row(group_number(group, groups), local);
  let highest = highest_logit(row, local);
  var sum = 0.0;
  for (var v = lane_of(local); v < row.width; v += kLanes) { sum += exact_exp(arena[row.x + v] - highest); }
  let all = row_sum(sum, local);
  if (lane_of(local) != 0u || row.width == 0u) { return; }
  var loss = 0.0;
  if (row.wanted >= 0.0) { loss = exact_log(all) + (highest - arena[row.x + u32(row.wanted)]); }
  arena[offset(2u) + row.number] = loss;
}

@compute @workgroup_size(kThreads)
fn cross_entropy_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = loss_row(group_number(group, groups), local);
  let dx = offset(2u) + row.number * size(1u);
  let weight = 1.0 / f32(size(2u));
  let highest = highest_logit(row, local);
  var sum = 0.0;
  for (var v = lane_of(local); v < row.width; v += kLanes) {
    let e = exact_exp(arena[row.x + v] - highest);
    arena[dx + v] = e;
    sum += e;
  }
  let all = row_sum(sum, local);
  var scale = 0.0;
  if (row.wanted >= 0.0) { scale = weight / all; }
  for (var v = lane_of(local); v < row.width; v += kLanes) {
    var gradient = arena[dx + v] * scale;
    if (f32(v) == row.wanted) { gradient -= weight; }
    arena[dx + v] = gradient;
  }
}
