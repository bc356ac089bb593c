// Twin of Dataset::fill for the task bigram. draw_table: Dataset::table.

// The first token whose threshold in row `before` lies above the word; the last one takes the rest.
fn next_token(before: u32, word: u32) -> u32 {
  let vocabulary = size(1u);
  var low = 0u;
  var high = vocabulary - 1u;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (draw_table[before * vocabulary + middle] > word) {
      high = middle;
    } else {
      low = middle + 1u;
    }
  }
  return low;
}

/// One invocation walks the chain; all of them draw its words and write its tokens. size: n_ctx, d_vocab, (unused) 2, seed, counters per row.
@compute @workgroup_size(kThreads)
fn draw_bigram(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = group_number(group, groups);
  if (row >= run.batch) { return; }
  for (var t = local; t <= size(0u); t += kThreads) { picks[t] = drawn(row, t); }
  workgroupBarrier();
  if (local == 0u) {
    picks[0] %= size(1u);
    for (var t = 1u; t <= size(0u); t++) { picks[t] = next_token(picks[t - 1u], picks[t]); }
  }
  workgroupBarrier();
  for (var t = local; t <= size(0u); t += kThreads) { put_token(row, t, picks[t]); }
}
