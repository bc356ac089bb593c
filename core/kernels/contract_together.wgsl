// The contraction by tiles that a workgroup makes together (tile_together.wgsl); see contract.wgsl.
// Tolerance 1e-6: fused multiply-adds.

const kTileSize = vec2<u32>(kTile, kTile);  // rows and columns
var<workgroup> tile: Tile;
var<workgroup> targets: array<u32, 2u * kTile>;  // where the tile's rows lie in c, then its columns

fn find_lines(t: Tile, local: u32) {
  let ends = plan(kPlanEnds);
  if (local < kTile) {
    let at = locate(ends.x, ends.y, min(t.first.x + local, t.all.x - 1u));
    lines[local] = t.start.x + at.x;
    targets[local] = t.start.z + at.z;
  } else {
    let at = locate(ends.y, ends.z, min(t.first.y + local - kTile, t.all.y - 1u));
    lines[local] = t.start.y + at.y;
    targets[local] = at.z;
  }
}

/// Where a tile's elements go: from the start of c's row, the invocation's columns, which of them there are; and what they are added to.
struct Target { to: u32, onto: u32, added: bool, columns: vec4<u32>, live: vec4<bool> }

fn target_of(t: Tile, local: u32) -> Target {
  let other = value(0u) != 0.0;
  let c = kTile + local % kSlots;
  return Target(
    offset(2u), select(offset(2u), offset(3u), other), other || flag(kAccumulate),
    vec4<u32>(targets[c], targets[c + kSlots], targets[c + 2u * kSlots], targets[c + 3u * kSlots]),
    t.first.y + tile_columns(local) < vec4<u32>(t.all.y));
}

fn write_row(goal: Target, row: u32, sums: vec4<f32>) {
  var four = sums;
  let at = targets[row] + goal.columns;
  if (goal.added) {
    let before = at + goal.onto;
    four += vec4<f32>(arena[before.x], arena[before.y], arena[before.z], arena[before.w]);
  }
  let to = at + goal.to;
  if (goal.live.x) { arena[to.x] = four.x; }
  if (goal.live.y) { arena[to.y] = four.y; }
  if (goal.live.z) { arena[to.z] = four.z; }
  if (goal.live.w) { arena[to.w] = four.w; }
}

/// A workgroup is one tile of c; for a parameter's gradient, of one chunk's copy of c.
@compute @workgroup_size(kThreads)
fn contract(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups);
  if (local == 0u) { tile = tile_of(number); }
  let t = workgroupUniformLoad(&tile);
  if (t.live == 0u) { return; }
  find_lines(t, local);
  let sums = tile_product(t.terms, t.product, local);
  let goal = target_of(t, local);
  let rows = t.all.x - t.first.x;
  if (tile_row(0u, local) < rows) { write_row(goal, tile_row(0u, local), sums[0]); }
  if (tile_row(1u, local) < rows) { write_row(goal, tile_row(1u, local), sums[1]); }
  if (tile_row(2u, local) < rows) { write_row(goal, tile_row(2u, local), sums[2]); }
  if (tile_row(3u, local) < rows) { write_row(goal, tile_row(3u, local), sums[3]); }
}
