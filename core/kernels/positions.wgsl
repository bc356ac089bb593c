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

const kAlphaRows = 64u;  // rows whose terms are made at once
var<workgroup> alpha_terms: array<f32, kAlphaRows>;

// Four lanes' share of dk'[t]·(k[t] − k[t−1]); 0 where there is no row before, or the row is beyond the chunk's last.
fn alpha_lanes(row: u32, end: u32, head: u32, lane: u32) -> vec4<f32> {
  var sum = vec4<f32>();
  if (row >= end || row % size(0u) == 0u) { return sum; }
  let x = offset(0u) + row * size(3u) + head * size(2u);
  let dout = offset(2u) + row * size(4u) + head * size(2u);
  for (var k = lane; k < size(2u); k += kLanes) {
    let e = elements(k);
    sum += before(size(2u), e, four(dout + e) * (four(x + e) - four(x + e - size(3u))));
  }
  return sum;
}

// dalpha of one head from one chunk: sixteen rows' terms at a time, added up in order.
fn smear_backward_alpha(chunk: u32, head: u32, local: u32) {
  let range = sequences_of(chunk) * size(0u);
  let end = uniformly(range.y, local);
  var dalpha = 0.0;
  for (var block = uniformly(range.x, local); block < end; block += kAlphaRows) {
    for (var i = 0u; i < kAlphaRows / kTeams; i++) {
      let row = team_row(i, local);
      let term = row_sum(alpha_lanes(block + row, end, head, lane_of(local)), local);
      if (lane_of(local) == 0u) { alpha_terms[row] = term; }
    }
    workgroupBarrier();
    for (var i = 0u; i < kAlphaRows; i++) { dalpha += alpha_terms[i]; }
  }
  if (local != 0u || chunk >= run.chunks) { return; }
  let keep = sigmoid(arena[offset(1u) + head]);
  arena[gradient(4u, chunk) + head] = keep * (1.0 - keep) * dalpha;
}

fn smear_backward_float(i: u32) {
  let floats = size(1u) * size(2u);  // of one row
  if (i >= run.batch * size(0u) * floats) { return; }
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

/// An item is one float of dk, counted [row, head, e]; beyond them, a workgroup is dalpha of one head from one chunk.
/// Tolerance 1e-5: exp in the sigmoid.
@compute @workgroup_size(kThreads)
fn smear_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups);
  let float_groups = (run.batch * size(0u) * size(1u) * size(2u) + kThreads - 1u) / kThreads;
  if (uniformly(u32(number < float_groups), local) != 0u) {
    smear_backward_float(number * kThreads + local);
    return;
  }
  smear_backward_alpha((number - float_groups) / size(1u), (number - float_groups) % size(1u), local);
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
