// Twins of loss.hpp. Tolerance 1e-5: exp and log. A workgroup is sixteen rows.

struct Row { number: u32, width: u32, x: u32, wanted: f32 }

// A row beyond the last one has width 0: its invocations only take part.
fn loss_row(number: u32, local: u32) -> Row {
  let row = team_row(number, local);
  let live = row < run.batch * size(0u);
  return Row(row, select(0u, size(1u), live), offset(0u) + row * size(1u), arena[offset(1u) + row]);
}

// Wanted of loss.hpp.
fn hit() -> f32 { return 1.0 - value(0u); }
fn rest() -> f32 { return value(0u) / f32(size(1u)); }
fn is_wanted(v: vec4<u32>, row: Row) -> vec4<bool> { return vec4<f32>(v) == vec4<f32>(row.wanted); }
fn wanted_of(v: vec4<u32>, row: Row) -> vec4<f32> { return select(vec4<f32>(rest()), vec4<f32>(rest() + hit()), is_wanted(v, row)); }

fn row_weight(row: Row) -> f32 {
  if (flag(kWeighted)) { return arena[offset(3u) + row.number]; }
  return 1.0 / f32(size(2u));
}

@compute @workgroup_size(kThreads)
fn cross_entropy(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = loss_row(group_number(group, groups), local);
  let highest = highest_of(row.x, row.width, local);
  var sum = vec4<f32>();
  var below = vec4<f32>();
  for (var k = lane_of(local); k < row.width; k += kLanes) {
    let v = elements(k);
    let x = four(row.x + v);
    sum += before(row.width, v, exp_four(x - highest));
    below += before(row.width, v, highest - x);
  }
  let all = row_sum(sum, local);
  let distances = row_sum(below, local);
  if (lane_of(local) != 0u || row.width == 0u) { return; }
  var loss = 0.0;
  if (row.wanted >= 0.0) {
    var distance = highest - arena[row.x + u32(row.wanted)];
    if (value(0u) != 0.0) { distance = hit() * distance + rest() * distances; }
    loss = exact_log(all) + distance;
  }
  arena[offset(2u) + row.number] = loss;
}

@compute @workgroup_size(kThreads)
fn cross_entropy_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = loss_row(group_number(group, groups), local);
  let dx = offset(2u) + row.number * size(1u);
  let weight = row_weight(row);
  let highest = highest_of(row.x, row.width, local);
  var sum = vec4<f32>();
  for (var k = lane_of(local); k < row.width; k += kLanes) {
    let v = elements(k);
    let e = exp_four(four(row.x + v) - highest);
    put_elements(dx, row.width, v, e);
    sum += before(row.width, v, e);
  }
  let all = row_sum(sum, local);
  var scale = 0.0;
  if (row.wanted >= 0.0) { scale = weight / all; }
  for (var k = lane_of(local); k < row.width; k += kLanes) {
    let v = elements(k);
    var gradient = four(dx + v) * scale;
    if (value(0u) != 0.0 && row.wanted >= 0.0) { gradient -= weight * rest(); }
    gradient = select(gradient, gradient - weight * hit(), is_wanted(v, row));
    put_elements(dx, row.width, v, gradient);
  }
}

// Of a row's softmax: the highest logit, and the factor of each exp.
fn softmax_scale(row: Row, local: u32) -> vec2<f32> {
  let highest = highest_of(row.x, row.width, local);
  var sum = vec4<f32>();
  for (var k = lane_of(local); k < row.width; k += kLanes) {
    let v = elements(k);
    sum += before(row.width, v, exp_four(four(row.x + v) - highest));
  }
  return vec2<f32>(highest, 1.0 / row_sum(sum, local));
}
fn probabilities(row: Row, v: vec4<u32>, scale: vec2<f32>) -> vec4<f32> { return exp_four(four(row.x + v) - scale.x) * scale.y; }

@compute @workgroup_size(kThreads)
fn brier(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = loss_row(group_number(group, groups), local);
  let scale = softmax_scale(row, local);
  var sum = vec4<f32>();
  for (var k = lane_of(local); k < row.width; k += kLanes) {
    let v = elements(k);
    let off = before(row.width, v, probabilities(row, v, scale) - wanted_of(v, row));
    sum += off * off;
  }
  let all = row_sum(sum, local);
  if (lane_of(local) != 0u || row.width == 0u) { return; }
  arena[offset(2u) + row.number] = select(0.0, all, row.wanted >= 0.0);
}

@compute @workgroup_size(kThreads)
fn brier_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = loss_row(group_number(group, groups), local);
  let dx = offset(2u) + row.number * size(1u);
  let scale = softmax_scale(row, local);
  var sum = vec4<f32>();
  for (var k = lane_of(local); k < row.width; k += kLanes) {
    let v = elements(k);
    let p = probabilities(row, v, scale);
    put_elements(dx, row.width, v, p);
    sum += before(row.width, v, p * (p - wanted_of(v, row)));
  }
  let mean = row_sum(sum, local);
  var weight = 0.0;
  if (row.wanted >= 0.0) { weight = 2.0 * row_weight(row); }
  for (var k = lane_of(local); k < row.width; k += kLanes) {
    let v = elements(k);
    let p = four(dx + v);
    put_elements(dx, row.width, v, weight * (p * ((p - wanted_of(v, row)) - mean)));
  }
}
