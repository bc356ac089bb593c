// Twins of contract.hpp. Tolerance 1e-6: the same terms in the same order, but a GPU may fuse multiply and add.

// What a workgroup would otherwise work out of the Step's sizes and strides: as sort_axes of contract.hpp has it, written by gpu/plan.ts.
// Axes are sorted by role, innermost first, and each is (size, floats in a, in b, in c).
const kPlanEnds = 0u;     // of the axes shared by a, b and c; of those of rows; of those of columns
const kPlanExtents = 1u;  // elements along shared axes, rows, columns; terms, of one sequence where the batch is cut into chunks
const kPlanTiles = 2u;    // tiles along rows and columns; floats of a and b from one term to the next
const kPlanAxes = 3u;

fn plan(i: u32) -> vec4<u32> { return steps[member].plan[i]; }

// Floats from the start of a, b and c to element `index` along some of the plan's axes.
fn locate(begin: u32, end: u32, index: u32) -> vec3<u32> {
  var rest = index;
  var at = vec3<u32>();
  for (var i = begin; i < end; i++) {
    let axis = plan(kPlanAxes + i);
    at += rest % axis.x * axis.yzw;
    rest /= axis.x;
  }
  return at;
}

/// A tile of c: its first row and column, all rows and columns, and where its operands start. c counts from its own start.
struct Tile { live: u32, first: vec2<u32>, all: vec2<u32>, start: vec3<u32>, terms: u32, product: Product }

// Tiles are counted columns first, so that neighbours share their rows of a; then along the shared axes, then chunk by chunk.
fn tile_of(number: u32) -> Tile {
  let extents = plan(kPlanExtents);
  let tiles = plan(kPlanTiles);
  let turn = number / tiles.y / tiles.x;
  let chunk = turn / extents.x;
  let first = kTile * vec2<u32>(number / tiles.y % tiles.x, number % tiles.y);
  var start = locate(0u, plan(kPlanEnds).x, turn % extents.x) + vec3<u32>(offset(0u), offset(1u), 0u);
  var terms = extents.w;
  var chunks = 1u;
  if (chunk_stride(2u) != 0u) {
    let range = sequences_of(chunk);
    chunks = run.chunks;
    terms *= range.y - range.x;
    start += vec3<u32>(range.x * stride(0u, 0u), range.x * stride(1u, 0u), chunk * chunk_stride(2u));
  }
  return Tile(u32(chunk < chunks), first, extents.yz, start, terms, Product(tiles.zw, kArena));
}

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

/// An item is one float of the whole batch.
@compute @workgroup_size(kThreads)
fn add(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= run.batch * size(0u)) { return; }
  arena[offset(2u) + i] = arena[offset(0u) + i] + arena[offset(1u) + i];
}

/// An item is one float of the whole batch.
@compute @workgroup_size(kThreads)
fn accumulate(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= run.batch * size(0u)) { return; }
  let term = arena[offset(0u) + i];
  if (flag(kAccumulate)) {
    arena[offset(1u) + i] += term;
  } else {
    arena[offset(1u) + i] = term;
  }
}
