// Twins of softmax.hpp, and the row functions that attention.wgsl shares.
// Tolerance 1e-6: fused multiply-adds and division.

// arena[y + k] = softmax of arena[x + k] over k < seen, 0 up to length. In place where x = y. With seen = length = 0 the invocation
// writes nothing, and only takes part.
fn softmax_row(x: u32, y: u32, seen: u32, length: u32, local: u32) {
  let highest = highest_of(x, seen, local);
  var sum = vec4<f32>();
  for (var k = lane_of(local); k < seen; k += kLanes) {
    let at = elements(k);
    let e = exp_four(four(x + at) - highest);
    put_elements(y, seen, at, e);
    sum += before(seen, at, e);
  }
  let inverse = 1.0 / row_sum(sum, local);
  for (var k = lane_of(local); k < length; k += kLanes) {
    let at = elements(k);
    put_elements(y, length, at, before(seen, at, four(y + at) * inverse));
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
  if (k <= q || flag(kBidirectional)) {
    score = arena[offset(0u) + i] * value(0u) - slope * f32(max(q, k) - min(q, k));
    if (flag(kRelative)) {
      let bucket = u32(arena[offset(4u) + q + length - 1u - k]);
      score += arena[offset(3u) + bucket * size(1u) + row / length % size(1u)];
    }
  }
  arena[offset(2u) + i] = score;
}

/// An item is one float of [b, h, q, k].
@compute @workgroup_size(kThreads)
fn mask_scores_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i / size(0u) < rows()) { arena[offset(1u) + i] = arena[offset(0u) + i] * value(0u); }
}

// Sum of dattn_scores over the pairs (q, k) of one head and the chunk's sequences whose distance q + length − 1 − k is from low to high.
fn relative_bias_sum(chunk: u32, head: u32, low: u32, high: u32) -> f32 {
  let length = size(0u);
  let range = sequences_of(chunk);
  var sum = 0.0;
  for (var b = range.x; b < range.y; b++) {
    for (var q = 0u; q < length; q++) {
      let top = q + length - 1u;
      let end = min(select(q, length - 1u, flag(kBidirectional)), top - min(low, top));
      let row = offset(0u) + ((b * size(1u) + head) * length + q) * length;
      if (low > top) { continue; }
      for (var k = top - min(high, top); k <= end; k++) { sum += arena[row + k]; }
    }
  }
  return sum;
}

/// An item is one float of one chunk's dbias [bucket, head]. A bucket is a range of distances. Bit-equal: sums in the CPU's order.
@compute @workgroup_size(kThreads)
fn relative_bias_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let floats = size(2u) * size(1u);
  if (i >= run.chunks * floats) { return; }
  let bucket = f32(i % floats / size(1u));
  var low = 2u * size(0u);
  var high = 0u;
  for (var d = 0u; d < 2u * size(0u) - 1u; d++) {
    if (arena[offset(1u) + d] == bucket) {
      low = min(low, d);
      high = d;
    }
  }
  var sum = 0.0;
  if (low <= high) { sum = relative_bias_sum(i / floats, i % size(1u), low, high); }
  arena[gradient(2u, i / floats) + i % floats] = sum;
}

/// A workgroup is sixteen rows [b, h, q]. Tolerance 1e-5: exp.
@compute @workgroup_size(kThreads)
fn softmax(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = team_row(group_number(group, groups), local);
  let length = select(0u, size(0u), row < rows());
  let seen = min(length, select(row % size(0u) + 1u, size(0u), flag(kBidirectional)));
  softmax_row(offset(0u) + row * size(0u), offset(1u) + row * size(0u), seen, length, local);
}

/// A workgroup is sixteen rows [b, h, q].
@compute @workgroup_size(kThreads)
fn softmax_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = team_row(group_number(group, groups), local);
  let length = select(0u, size(0u), row < rows());
  let seen = min(length, select(row % size(0u) + 1u, size(0u), flag(kBidirectional)));
  let first = row * size(0u);
  let p = offset(0u) + first;
  let dp = offset(1u) + first;
  var sum = vec4<f32>();
  for (var k = lane_of(local); k < seen; k += kLanes) {
    let at = elements(k);
    sum += before(seen, at, four(p + at) * four(dp + at));
  }
  let inner = row_sum(sum, local);
  for (var k = lane_of(local); k < length; k += kLanes) {
    let at = elements(k);
    put_elements(offset(2u) + first, length, at, before(seen, at, four(p + at) * (four(dp + at) - inner)));
  }
}
