// A row's sixteen lanes where the device has subgroups, of four invocations at least: the tree's first two levels by shuffles, the other
// two through workgroup memory. The same additions as lanes_memory.wgsl. That neighbours in a workgroup are neighbours in a subgroup
// is so on every device that we know, but WGSL does not promise it: the comparison at start would find out.

// What four neighbours agreed on, from the first of each four; where those of this invocation's row begin.
fn put_four(four: f32, local: u32) -> u32 {
  workgroupBarrier();
  if (local % 4u == 0u) { lanes[local / 4u] = four; }
  workgroupBarrier();
  return local / kLanes * 4u;
}

/// Σ over the lanes of an invocation's row, in lane_sum's tree. The whole workgroup takes part.
fn row_sum(mine: f32, local: u32) -> f32 {
  let two = mine + subgroupShuffleXor(mine, 1u);
  let all = four_lanes(put_four(two + subgroupShuffleXor(two, 2u), local));
  return (all.x + all.y) + (all.z + all.w);
}

/// The highest of the lanes of an invocation's row. The whole workgroup takes part.
fn row_highest(mine: f32, local: u32) -> f32 {
  let two = max(mine, subgroupShuffleXor(mine, 1u));
  let all = four_lanes(put_four(max(two, subgroupShuffleXor(two, 2u)), local));
  return max(max(all.x, all.y), max(all.z, all.w));
}
