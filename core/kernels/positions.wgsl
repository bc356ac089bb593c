// Twins of positions.hpp. Tolerance 1e-6: fused multiply-adds.

/// An item is one float of k', counted [row, head, e]. Tolerance 1e-5: exp in the sigmoid.
@compute @workgroup_size(kThreads)
fn smear(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let floats = size(1u) * size(2u);  // of one row
  if (i >= run.batch * size(0u) * floats) { return; }
  let row = i / floats;
  let column = i % floats;
  let keep = sigmoid(arena[offset(1u) + column / size(2u)]);
  let k = offset(0u) + row * size(3u) + column;
  var to = arena[k];
  if (row % size(0u) != 0u) { to = keep * to + (1.0 - keep) * arena[k - size(3u)]; }
  arena[offset(2u) + row * size(4u) + column] = to;
}

// dalpha of one head from one chunk.
fn smear_backward_alpha(chunk: u32, head: u32) {
  let keep = sigmoid(arena[offset(1u) + head]);
  let range = sequences_of(chunk) * size(0u);
  var dalpha = 0.0;
  for (var row = range.x; row < range.y; row++) {
    if (row % size(0u) == 0u) { continue; }
    let k = offset(0u) + row * size(3u) + head * size(2u);
    let dout = offset(2u) + row * size(4u) + head * size(2u);
    var lane = Lanes();
    for (var e = 0u; e < size(2u); e++) { lane[e % 16u] += arena[dout + e] * (arena[k + e] - arena[k + e - size(3u)]); }
    dalpha += tree(lane);
  }
  arena[gradient(4u, chunk) + head] = keep * (1.0 - keep) * dalpha;
}

/// An item is one float of dk, counted [row, head, e]; beyond them, dalpha of one head from one chunk. Tolerance 1e-5: exp in the sigmoid.
@compute @workgroup_size(kThreads)
fn smear_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let floats = size(1u) * size(2u);
  let all = run.batch * size(0u) * floats;
  if (i >= all) {
    if (i - all < run.chunks * size(1u)) { smear_backward_alpha((i - all) / size(1u), (i - all) % size(1u)); }
    return;
  }
  let row = i / floats;
  let column = i % floats;
  let t = row % size(0u);
  let keep = sigmoid(arena[offset(1u) + column / size(2u)]);
  let dout = offset(2u) + row * size(4u) + column;
  var dk = arena[dout];
  if (t != 0u) { dk = keep * dk; }
  if (t + 1u != size(0u)) { dk += (1.0 - keep) * arena[dout + size(4u)]; }
  arena[offset(3u) + row * size(3u) + column] = dk;
}

// One pair (i, i + E/2) of one head of one row.
fn rotate(i: u32, sign: f32) {
  let half = size(2u) / 2u;
  let pairs = size(1u) * half;  // of one row
  if (i >= run.batch * size(0u) * pairs) { return; }
  let row = i / pairs;
  let head = i % pairs / half;
  let pair = i % half;
  let table = offset(1u) + row % size(0u) * 2u * half + pair;
  let cosine = arena[table];
  let sine = sign * arena[table + half];
  let x = offset(0u) + row * size(3u) + head * 2u * half + pair;
  let y = offset(2u) + row * size(4u) + head * 2u * half + pair;
  let low = arena[x];
  let high = arena[x + half];
  arena[y] = low * cosine - high * sine;
  arena[y + half] = high * cosine + low * sine;
}

/// An item is one rotated pair.
@compute @workgroup_size(kThreads)
fn rotary(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  rotate(item(group, groups, local), 1.0);
}

/// An item is one rotated pair.
@compute @workgroup_size(kThreads)
fn rotary_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  rotate(item(group, groups, local), -1.0);
}
