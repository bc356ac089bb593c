// Twins of Dataset::fill for the tasks repeat and repeat_fixed.

// Token i of a block. Without replacement picks[k] is the place that the shuffle's step k swapped with place k, and what it brought
// there is looked up by walking back: the place whose number was there before step k, before that, and so on.
fn block_token(i: u32) -> u32 {
  var at = picks[i];
  if (flag(kDistinct)) {
    for (var k = i; k > 0u; k--) {
      if (picks[k - 1u] == at) { at = k - 1u; }
    }
  }
  return at;
}

// Draws sequence `row`. size: n_ctx, d_vocab, shortest and longest period, seed, counters per row.
fn repeat_row(row: u32, local: u32) {
  let period = size(2u) + drawn(row, 0u) % (size(3u) - size(2u) + 1u);
  for (var i = local; i < period; i += kThreads) {
    let first = select(0u, i, flag(kDistinct));
    picks[i] = first + drawn(row, 1u + i) % (size(1u) - first);
  }
  workgroupBarrier();
  for (var t = local; t <= size(0u); t += kThreads) { put_token(row, t, block_token(t % period)); }
}

@compute @workgroup_size(kThreads)
fn draw_repeat(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = group_number(group, groups);
  if (row < run.batch) { repeat_row(row, local); }
}

/// Shortest and longest period are the same.
@compute @workgroup_size(kThreads)
fn draw_repeat_fixed(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = group_number(group, groups);
  if (row < run.batch) { repeat_row(row, local); }
}
