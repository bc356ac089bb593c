// Twins of norm.hpp. Tolerance 1e-6: square root and division may be off by their last bits.

/// A workgroup is sixteen rows.
@compute @workgroup_size(kThreads)
fn norm(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = team_row(group_number(group, groups), local);
  let layer = flag(kLayerNorm);
  // A row beyond the last one has no elements: its invocations only take part.
  let width = select(0u, size(1u), row < run.batch * size(0u));
  let lane = lane_of(local);
  let x = offset(0u) + row * size(1u);
  var sum = vec4<f32>();
  if (layer) {
    for (var k = lane; k < width; k += kLanes) { sum += before(width, elements(k), four(x + elements(k))); }
  }
  let mean = row_sum(sum, local) / f32(size(1u));  // RMS: 0
  var squares = vec4<f32>();
  for (var k = lane; k < width; k += kLanes) {
    let centred = before(width, elements(k), four(x + elements(k)) - mean);
    squares += centred * centred;
  }
  let scale = 1.0 / sqrt(row_sum(squares, local) / f32(size(1u)) + value(0u));
  for (var k = lane; k < width; k += kLanes) {
    let i = elements(k);
    var y = (four(x + i) - mean) * scale * four(offset(1u) + i);
    if (layer) { y += four(offset(3u) + i); }
    put_elements(offset(2u) + row * width, width, i, y);
  }
  if (lane != 0u || width == 0u) { return; }
  arena[offset(4u) + 2u * row] = mean;
  arena[offset(4u) + 2u * row + 1u] = scale;
}

// dx of one row; nothing for a row beyond the last one.
fn norm_backward_row(row: u32, local: u32) {
  let width = select(0u, size(1u), row < run.batch * size(0u));
  let lane = lane_of(local);
  let x = offset(0u) + row * width;
  let dy = offset(2u) + row * width;
  let mean = arena[offset(4u) + 2u * row];
  let scale = arena[offset(4u) + 2u * row + 1u];
  var sum = vec4<f32>();
  var sum_n = vec4<f32>();
  for (var k = lane; k < width; k += kLanes) {
    let i = elements(k);
    let g = four(dy + i) * four(offset(1u) + i);
    sum += before(width, i, g);
    sum_n += before(width, i, g * ((four(x + i) - mean) * scale));
  }
  let all = row_sum(sum, local) / f32(size(1u));
  let mean_g = select(0.0, all, flag(kLayerNorm));
  let mean_gn = row_sum(sum_n, local) / f32(size(1u));
  let to = offset(3u) + row * width;
  for (var k = lane; k < width; k += kLanes) {
    let i = elements(k);
    let n = (four(x + i) - mean) * scale;
    var dx = scale * (four(dy + i) * four(offset(1u) + i) - mean_g - n * mean_gn);
    if (flag(kAccumulate)) { dx += four(to + i); }
    put_elements(to, width, i, dx);
  }
}

const kStrip = 16u;       // columns of a workgroup
const kStripRows = 64u;   // rows whose terms are made at once
var<workgroup> terms_w: array<f32, kStrip * kStripRows>;
var<workgroup> terms_b: array<f32, kStrip * kStripRows>;

// One term of dw and of db.
fn strip_term(row: u32, column: u32, to: u32) {
  let dy = arena[offset(2u) + row * size(1u) + column];
  let moments = offset(4u) + 2u * row;
  terms_w[to] = dy * ((arena[offset(0u) + row * size(1u) + column] - arena[moments]) * arena[moments + 1u]);
  terms_b[to] = dy;
}

// dw and db of a strip of columns from one chunk: all make the terms, one invocation per column and sum adds them up in order.
fn norm_backward_strip(chunk: u32, first: u32, local: u32) {
  let range = sequences_of(chunk) * size(0u);
  let end = uniformly(range.y, local);
  let column = first + local % kStrip;
  var sum = 0.0;
  if (flag(kAddToSums) && column < size(1u) && chunk < run.chunks) {
    if (local < kStrip) { sum = arena[gradient(5u, chunk) + column]; }
    if (local >= kStrip && local < 2u * kStrip && flag(kLayerNorm)) { sum = arena[gradient(6u, chunk) + column]; }
  }
  for (var block = uniformly(range.x, local); block < end; block += kStripRows) {
    let count = min(kStripRows, end - block);
    workgroupBarrier();
    if (column < size(1u)) {
      for (var i = local / kStrip; i < count; i += kThreads / kStrip) { strip_term(block + i, column, i * kStrip + local % kStrip); }
    }
    workgroupBarrier();
    if (local < kStrip) {
      for (var i = local; i < count * kStrip; i += kStrip) { sum += terms_w[i]; }
    } else if (local < 2u * kStrip) {
      for (var i = local - kStrip; i < count * kStrip; i += kStrip) { sum += terms_b[i]; }
    }
  }
  if (column >= size(1u) || chunk >= run.chunks) { return; }
  if (local < kStrip) {
    arena[gradient(5u, chunk) + column] = sum;
  } else if (local < 2u * kStrip && flag(kLayerNorm)) {
    arena[gradient(6u, chunk) + column] = sum;
  }
}

/// A workgroup is sixteen rows of dx; beyond them, sixteen columns of one chunk's dw and db.
@compute @workgroup_size(kThreads)
fn norm_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups);
  let row_groups = (run.batch * size(0u) + kTeams - 1u) / kTeams;
  if (uniformly(u32(number < row_groups), local) != 0u) {
    norm_backward_row(team_row(number, local), local);
    return;
  }
  let strips = (size(1u) + kStrip - 1u) / kStrip;
  norm_backward_strip((number - row_groups) / strips, (number - row_groups) % strips * kStrip, local);
}
