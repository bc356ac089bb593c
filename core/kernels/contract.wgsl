// Twins of contract.hpp. Tolerance 1e-6: the same terms in the same order, but a GPU may fuse multiply and add.
// The contraction itself is in contract_together.wgsl and in contract_alone.wgsl; here is what both know of its axes.

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
  let first = kTileSize * vec2<u32>(number / tiles.y % tiles.x, number % tiles.y);
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
