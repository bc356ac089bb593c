// What a row's four invocations have where the device has subgroups, of four invocations at least: by shuffles, with no barrier. The same
// additions as lanes_memory.wgsl. That neighbours in a workgroup are neighbours in a subgroup is so on every device that we know, but
// WGSL does not promise it: the comparison at start would find out.

fn quad_sum(mine: f32, local: u32) -> f32 {
  let two = mine + subgroupShuffleXor(mine, 2u);
  return two + subgroupShuffleXor(two, 1u);
}

fn row_highest(mine: f32, local: u32) -> f32 {
  let two = max(mine, subgroupShuffleXor(mine, 2u));
  return max(two, subgroupShuffleXor(two, 1u));
}
