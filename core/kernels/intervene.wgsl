// Twins of intervene.hpp. Tolerance 1e-6: fused multiply-adds and division.

/// An item is one float of the target's rows.
@compute @workgroup_size(kThreads)
fn put(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let columns = size(1u);
  let row = i / columns;
  let b = row / size(0u);
  if (b >= run.batch) { return; }
  let j = i % columns;
  let to = sequence(1u, b) + row % size(0u) * size(5u) + j;
  var x = 0.0;
  if (j - size(2u) < size(3u) && value(0u) != 0.0) { x = value(0u) * arena[sequence(0u, b) + row % size(0u) * size(4u) + j - size(2u)]; }
  if (flag(kAccumulate)) { x = arena[to] + x; }
  arena[to] = x;
}

/// An item is one row [b, q] of the head's pattern.
@compute @workgroup_size(kThreads)
fn match_pattern(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let length = size(0u);
  let b = i / length;
  if (b >= run.batch) { return; }
  let q = i % length;
  let tokens = sequence(0u, b);
  let to = sequence(1u, b) + q * length;
  var matches = 0u;
  for (var k = 1u; k <= q; k++) { matches += select(0u, 1u, arena[tokens + k - 1u] == arena[tokens + q]); }
  let share = 1.0 / f32(select(q + 1u, matches, matches > 0u));
  for (var k = 0u; k < length; k++) {
    var chosen = k <= q && matches == 0u;
    if (k > 0u && k <= q && matches > 0u) { chosen = arena[tokens + k - 1u] == arena[tokens + q]; }
    arena[to + k] = select(0.0, share, chosen);
  }
}

/// An item is one row [b, q] of the logits, which is added to by keys in ascending order.
@compute @workgroup_size(kThreads)
fn copy_tokens(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let length = size(0u);
  let b = i / length;
  if (b >= run.batch) { return; }
  let q = i % length;
  let tokens = sequence(0u, b);
  let pattern = sequence(1u, b) + (size(3u) * length + q) * length;
  let to = sequence(2u, b) + q * size(1u);
  for (var k = 0u; k < length; k++) {
    let token = u32(arena[tokens + k]);
    if (token < size(1u)) { arena[to + token] += value(0u) * arena[pattern + k]; }
  }
}

/// An item is one float [b, head, q, k] of the pattern's gradient.
@compute @workgroup_size(kThreads)
fn copy_tokens_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let length = size(0u);
  let floats = size(2u) * length * length;
  let b = i / floats;
  if (b >= run.batch) { return; }
  let at = i % floats;
  let token = u32(arena[sequence(0u, b) + at % length]);
  var x = 0.0;
  if (at / (length * length) == size(3u) && token < size(1u)) {
    x = value(0u) * arena[sequence(1u, b) + at / length % length * size(1u) + token];
  }
  let to = sequence(2u, b) + at;
  if (flag(kAccumulate)) { x = arena[to] + x; }
  arena[to] = x;
}

const kNoRow = 0xffffffffu;

/// The row (t · parts + i) of x that is patched in sequence b, or kNoRow.
fn patched_row(b: u32) -> u32 {
  let patched = sequence(0u, b);
  let i = arena[patched] - f32(size(3u));
  let t = arena[patched + 1u];
  let here = i >= 0.0 && i < f32(size(1u)) && t >= 0.0 && t < f32(size(0u));
  return select(kNoRow, u32(t) * size(1u) + u32(i), here);
}

/// An item is one float [b, e] of what is patched: nobody writes the clean row. Bit-equal.
@compute @workgroup_size(kThreads)
fn patch_rows(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let width = size(2u);
  let b = i / width;
  if (b >= run.batch || b % run.chunk_sequences == 0u) { return; }
  let row = patched_row(b);
  if (row == kNoRow) { return; }
  let at = row * width + i % width;
  arena[sequence(1u, b) + at] = arena[sequence(1u, b - b % run.chunk_sequences) + at];
}

/// An item is one float [t, i, e] of one chunk's rows, which it adds up in ascending order. Bit-equal.
@compute @workgroup_size(kThreads)
fn patch_rows_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  let floats = size(0u) * size(1u) * size(2u);
  if (i / floats >= run.chunks) { return; }
  let at = i % floats;
  let range = sequences_of(i / floats);
  let clean = sequence(1u, range.x) + at;
  for (var b = range.x + 1u; b < range.y; b++) {
    if (patched_row(b) != at / size(2u)) { continue; }
    let own = sequence(1u, b) + at;
    arena[clean] += arena[own];
    arena[own] = 0.0;
  }
}
