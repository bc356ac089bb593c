// Twins of attention.hpp: one workgroup per (sequence, head), which meets at barriers between products and rows.
// Tolerance 1e-5: exp; in the reverse, differences of nearly equal numbers inside the softmax's rule.

struct Head { q: u32, k: u32, v: u32, z: u32, pattern: u32, number: u32, head: u32 }

/// Where this workgroup's matrices start. Operands q, k, v, pattern, z (or dz).
fn head_of(number: u32) -> Head {
  let b = number / size(1u);
  let h = number % size(1u);
  let column = h * size(2u);
  return Head(
    sequence(0u, b) + column, sequence(1u, b) + column, sequence(2u, b) + column, sequence(4u, b) + column,
    sequence(3u, b) + h * size(0u) * size(0u), number, h);
}

@compute @workgroup_size(kThreads)
fn attention(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups);
  if (number >= run.batch * uniformly(size(1u), local)) { return; }
  let at = head_of(number);
  let length = size(0u);
  let width = size(2u);
  var slope = 0.0;
  if (flag(kAlibi)) { slope = arena[offset(5u) + at.head]; }
  for (var i = local; i < length * length; i += kThreads) {
    let q = i / length;
    let k = i % length;
    if (k > q) { continue; }
    var sum = 0.0;
    for (var e = 0u; e < width; e++) { sum += arena[at.k + k * size(4u) + e] * arena[at.q + q * size(3u) + e]; }
    arena[at.pattern + i] = sum * value(0u) - slope * f32(q - k);
  }
  storageBarrier();
  for (var q = local; q < length; q += kThreads) { softmax_row(at.pattern + q * length, at.pattern + q * length, q, length); }
  storageBarrier();
  for (var i = local; i < length * width; i += kThreads) {
    let q = i / width;
    let e = i % width;
    var sum = 0.0;
    for (var k = 0u; k <= q; k++) { sum += arena[at.v + k * size(5u) + e] * arena[at.pattern + q * length + k]; }
    arena[at.z + q * size(6u) + e] = sum;
  }
}

// dscores of one row, in place of dpattern, scaled.
fn dscores_row(pattern: u32, row: u32, q: u32) {
  var lane = Lanes();
  for (var k = 0u; k <= q; k++) { lane[k % 16u] += arena[pattern + k] * scratch[row + k]; }
  let inner = tree(lane);
  for (var k = 0u; k <= q; k++) { scratch[row + k] = arena[pattern + k] * (scratch[row + k] - inner) * value(0u); }
}

// dq, dk and dv at one position and column of the head.
fn gradients_at(at: Head, dscores: u32, t: u32, e: u32) {
  let length = size(0u);
  var dq = 0.0;
  for (var k = 0u; k <= t; k++) { dq += arena[at.k + k * size(4u) + e] * scratch[dscores + t * length + k]; }
  var dk = 0.0;
  var dv = 0.0;
  for (var q = t; q < length; q++) {
    dk += arena[at.q + q * size(3u) + e] * scratch[dscores + q * length + t];
    dv += arena[at.z + q * size(6u) + e] * arena[at.pattern + q * length + t];
  }
  let b = at.number / size(1u);
  let column = at.head * size(2u) + e;
  arena[sequence(5u, b) + t * size(3u) + column] = dq;
  arena[sequence(6u, b) + t * size(4u) + column] = dk;
  arena[sequence(7u, b) + t * size(5u) + column] = dv;
}

@compute @workgroup_size(kThreads)
fn attention_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups);
  if (number >= run.batch * uniformly(size(1u), local)) { return; }
  let at = head_of(number);
  let length = size(0u);
  let width = size(2u);
  let dscores = number * length * length;
  for (var i = local; i < length * length; i += kThreads) {
    let q = i / length;
    let k = i % length;
    if (k > q) { continue; }
    var sum = 0.0;
    for (var e = 0u; e < width; e++) { sum += arena[at.v + k * size(5u) + e] * arena[at.z + q * size(6u) + e]; }
    scratch[dscores + i] = sum;
  }
  storageBarrier();
  for (var q = local; q < length; q += kThreads) { dscores_row(at.pattern + q * length, dscores + q * length, q); }
  storageBarrier();
  for (var i = local; i < length * width; i += kThreads) { gradients_at(at, dscores, i / width, i % width); }
}
