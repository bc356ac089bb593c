// Twins of contract.hpp. Tolerance 1e-6: the same terms in the same order, but a GPU may fuse multiply and add.

// What an axis does, as sort_axes of contract.hpp has it: by which of a, b and c have it.
const kShared = 0u;
const kRows = 1u;
const kColumns = 2u;
const kSummed = 3u;
const kAbsent = 4u;

fn role_of(axis: u32) -> u32 {
  if (size(axis) == 0u) { return kAbsent; }
  if (stride(2u, axis) == 0u) { return kSummed; }
  if (stride(0u, axis) == 0u) { return kColumns; }
  return select(kShared, kRows, stride(1u, axis) == 0u);
}

// Elements along all axes of one role. The batch of a parameter's gradient is cut into chunks: it counts as 1 here.
fn extent(role: u32) -> u32 {
  var n = 1u;
  for (var i = 0u; i < kAxes; i++) {
    if (role_of(i) == role && (i > 0u || role != kSummed || chunk_stride(2u) == 0u)) { n *= size(i); }
  }
  return n;
}

// Floats from the start of a, b and c to element `index` along the axes of one role, the last axis fastest.
fn locate(role: u32, index: u32) -> vec3<u32> {
  var rest = index;
  var at = vec3<u32>();
  for (var back = 0u; back < kAxes; back++) {
    let i = kAxes - 1u - back;
    if (role_of(i) != role) { continue; }
    at += rest % size(i) * vec3<u32>(stride(0u, i), stride(1u, i), stride(2u, i));
    rest /= size(i);
  }
  return at;
}

// Floats of a and b from one term to the next: the summed axes lie one after the other, so the innermost one's stride walks them all.
fn term_steps() -> vec2<u32> {
  var step = vec2<u32>();
  for (var i = 0u; i < kAxes; i++) {
    if (role_of(i) == kSummed && size(i) > 1u) { step = vec2<u32>(stride(0u, i), stride(1u, i)); }
  }
  return step;
}

/// A tile of c: its first row and column, all rows and columns, and where its operands start. c counts from its own start.
struct Tile { live: u32, first: vec2<u32>, all: vec2<u32>, start: vec3<u32>, terms: u32, product: Product }

// Tiles are counted columns first, so that neighbours share their rows of a; then along the shared axes, then chunk by chunk.
fn tile_of(number: u32) -> Tile {
  let all = vec2<u32>(extent(kRows), extent(kColumns));
  let tiles = (all + kTile - 1u) / kTile;
  let shared_axes = extent(kShared);
  let turn = number / tiles.y / tiles.x;
  let chunk = turn / shared_axes;
  let first = kTile * vec2<u32>(number / tiles.y % tiles.x, number % tiles.y);
  var start = locate(kShared, turn % shared_axes) + vec3<u32>(offset(0u), offset(1u), 0u);
  var terms = extent(kSummed);
  var chunks = 1u;
  if (chunk_stride(2u) != 0u) {
    let range = sequences_of(chunk);
    chunks = run.chunks;
    terms *= range.y - range.x;
    start += vec3<u32>(range.x * stride(0u, 0u), range.x * stride(1u, 0u), chunk * chunk_stride(2u));
  }
  return Tile(u32(chunk < chunks), first, all, start, terms, Product(term_steps(), kArena));
}

var<workgroup> tile: Tile;
var<workgroup> targets: array<u32, 2u * kTile>;  // where the tile's rows lie in c, then its columns

fn find_lines(t: Tile, local: u32) {
  if (local < kTile) {
    let at = locate(kRows, min(t.first.x + local, t.all.x - 1u));
    lines[local] = t.start.x + at.x;
    targets[local] = t.start.z + at.z;
  } else {
    let at = locate(kColumns, min(t.first.y + local - kTile, t.all.y - 1u));
    lines[local] = t.start.y + at.y;
    targets[local] = at.z;
  }
}

fn write_element(at: u32, sum: f32) {
  var element = sum;
  if (value(0u) != 0.0) {
    element = arena[offset(3u) + at] + sum;
  } else if (flag(kAccumulate)) {
    element = arena[offset(2u) + at] + sum;
  }
  arena[offset(2u) + at] = element;
}

/// A workgroup is one tile of c; for a parameter's gradient, of one chunk's copy of c.
@compute @workgroup_size(kThreads)
fn contract(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups);
  if (local == 0u) { tile = tile_of(number); }
  let t = workgroupUniformLoad(&tile);
  if (t.live == 0u) { return; }
  find_lines(t, local);
  var sums = tile_product(t.terms, t.product, local);
  for (var r = 0u; r < 4u; r++) {
    for (var c = 0u; c < 4u; c++) {
      let row = tile_row(r, local);
      let column = tile_column(c, local);
      if (t.first.x + row < t.all.x && t.first.y + column < t.all.y) { write_element(targets[row] + targets[kTile + column], sums[r][c]); }
    }
  }
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
