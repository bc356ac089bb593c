// Twins of norm.hpp. Tolerance 1e-6: square root and division may be off by their last bits.

/// An item is one row.
@compute @workgroup_size(kThreads)
fn norm(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = item(group, groups, local);
  if (row >= run.batch * size(0u)) { return; }
  let width = size(1u);
  let layer = flag(kLayerNorm);
  let x = offset(0u) + row * width;
  var lane = Lanes();
  var mean = 0.0;
  if (layer) {
    for (var i = 0u; i < width; i++) { lane[i % 16u] += arena[x + i]; }
    mean = tree(lane) / f32(width);
    lane = Lanes();
  }
  for (var i = 0u; i < width; i++) {
    let centred = arena[x + i] - mean;
    lane[i % 16u] += centred * centred;
  }
  let scale = 1.0 / sqrt(tree(lane) / f32(width) + value(0u));
  for (var i = 0u; i < width; i++) {
    var y = (arena[x + i] - mean) * scale * arena[offset(1u) + i];
    if (layer) { y += arena[offset(3u) + i]; }
    arena[offset(2u) + row * width + i] = y;
  }
  arena[offset(4u) + 2u * row] = mean;
  arena[offset(4u) + 2u * row + 1u] = scale;
}

// dx of one row.
fn norm_backward_row(row: u32) {
  let width = size(1u);
  let layer = flag(kLayerNorm);
  let x = offset(0u) + row * width;
  let dy = offset(2u) + row * width;
  let mean = arena[offset(4u) + 2u * row];
  let scale = arena[offset(4u) + 2u * row + 1u];
  var lane = Lanes();
  var lane_n = Lanes();
  for (var i = 0u; i < width; i++) {
    let g = arena[dy + i] * arena[offset(1u) + i];
    lane[i % 16u] += g;
    lane_n[i % 16u] += g * ((arena[x + i] - mean) * scale);
  }
  var mean_g = 0.0;
  if (layer) { mean_g = tree(lane) / f32(width); }
  let mean_gn = tree(lane_n) / f32(width);
  for (var i = 0u; i < width; i++) {
    let n = (arena[x + i] - mean) * scale;
    let dx = scale * (arena[dy + i] * arena[offset(1u) + i] - mean_g - n * mean_gn);
    let to = offset(3u) + row * width + i;
    if (flag(kAccumulate)) {
      arena[to] += dx;
    } else {
      arena[to] = dx;
    }
  }
}

// One column of one chunk's dw and db.
fn norm_backward_column(chunk: u32, column: u32) {
  let width = size(1u);
  let range = sequences_of(chunk) * size(0u);
  var dw = 0.0;
  var db = 0.0;
  for (var row = range.x; row < range.y; row++) {
    let dy = arena[offset(2u) + row * width + column];
    dw += dy * ((arena[offset(0u) + row * width + column] - arena[offset(4u) + 2u * row]) * arena[offset(4u) + 2u * row + 1u]);
    db += dy;
  }
  arena[gradient(5u, chunk) + column] = dw;
  if (flag(kLayerNorm)) { arena[gradient(6u, chunk) + column] = db; }
}

/// An item is one row of dx; beyond them, one column of one chunk's dw and db.
@compute @workgroup_size(kThreads)
fn norm_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let rows = run.batch * size(0u);
  if (i < rows) {
    norm_backward_row(i);
  } else if (i - rows < run.chunks * size(1u)) {
    norm_backward_column((i - rows) / size(1u), (i - rows) % size(1u));
  }
}
