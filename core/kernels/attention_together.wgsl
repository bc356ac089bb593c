// Attention by workgroups: the products are tiles (tile_together.wgsl), which meet the rows at barriers; see attention.wgsl.
// Tolerance 1e-5: exp; in the reverse, differences of nearly equal numbers inside the softmax's rule.

/// A workgroup's share: its head's length and width, where it starts, which of [batch, head]; live: there is such a share.
struct Share { live: u32, length: u32, width: u32, first: u32, number: u32 }

var<workgroup> its_share: Share;

// Four scores of query q.
fn write_score_row(pattern: u32, slope: f32, q: u32, k: vec4<u32>, sums: vec4<f32>) {
  if (q >= size(0u)) { return; }
  let scores = sums * value(0u) - slope * vec4<f32>(q - k);
  let to = pattern + q * size(0u) + k;
  if (k.x <= q) { arena[to.x] = scores.x; }
  if (k.y <= q) { arena[to.y] = scores.y; }
  if (k.z <= q) { arena[to.z] = scores.z; }
  if (k.w <= q) { arena[to.w] = scores.w; }
}

// A tile of scores: queries from start.x, keys from start.y.
fn write_scores(pattern: u32, slope: f32, start: vec2<u32>, sums: mat4x4<f32>, local: u32) {
  let k = start.y + tile_columns(local);
  write_score_row(pattern, slope, start.x + tile_row(0u, local), k, sums[0]);
  write_score_row(pattern, slope, start.x + tile_row(1u, local), k, sums[1]);
  write_score_row(pattern, slope, start.x + tile_row(2u, local), k, sums[2]);
  write_score_row(pattern, slope, start.x + tile_row(3u, local), k, sums[3]);
}

fn write_dpattern_row(dpattern: u32, q: u32, k: vec4<u32>, sums: vec4<f32>) {
  if (q >= size(0u)) { return; }
  let to = dpattern + q * size(0u) + k;
  if (k.x <= q) { scratch[to.x] = sums.x; }
  if (k.y <= q) { scratch[to.y] = sums.y; }
  if (k.z <= q) { scratch[to.z] = sums.z; }
  if (k.w <= q) { scratch[to.w] = sums.w; }
}

// A tile of dpattern, into the workspace.
fn write_dpattern(dpattern: u32, start: vec2<u32>, sums: mat4x4<f32>, local: u32) {
  let k = start.y + tile_columns(local);
  write_dpattern_row(dpattern, start.x + tile_row(0u, local), k, sums[0]);
  write_dpattern_row(dpattern, start.x + tile_row(1u, local), k, sums[1]);
  write_dpattern_row(dpattern, start.x + tile_row(2u, local), k, sums[2]);
  write_dpattern_row(dpattern, start.x + tile_row(3u, local), k, sums[3]);
}

fn write_position(to_head: u32, row_stride: u32, t: u32, e: vec4<u32>, sums: vec4<f32>) {
  if (t >= size(0u)) { return; }
  let to = to_head + t * row_stride + e;
  if (e.x < size(2u)) { arena[to.x] = sums.x; }
  if (e.y < size(2u)) { arena[to.y] = sums.y; }
  if (e.z < size(2u)) { arena[to.z] = sums.z; }
  if (e.w < size(2u)) { arena[to.w] = sums.w; }
}

// A tile of z, dq, dk or dv: positions start.x and columns start.y of a head whose rows are `row_stride` apart.
fn write_positions(to: u32, row_stride: u32, start: vec2<u32>, sums: mat4x4<f32>, local: u32) {
  let e = start.y + tile_columns(local);
  write_position(to, row_stride, start.x + tile_row(0u, local), e, sums[0]);
  write_position(to, row_stride, start.x + tile_row(1u, local), e, sums[1]);
  write_position(to, row_stride, start.x + tile_row(2u, local), e, sums[2]);
  write_position(to, row_stride, start.x + tile_row(3u, local), e, sums[3]);
}

/// A workgroup is 32 queries of one head of one sequence.
@compute @workgroup_size(kThreads)
fn attention(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups);
  if (local == 0u) {
    let tiles = (size(0u) + kTile - 1u) / kTile;
    its_share = Share(u32(number / tiles < run.batch * size(1u)), size(0u), size(2u), number % tiles * kTile, number / tiles);
  }
  let share = workgroupUniformLoad(&its_share);
  if (share.live == 0u) { return; }
  let at = head_of(share.number);
  let seen = min(share.first + kTile, share.length);  // keys that the last of these queries sees
  let rows = seen - share.first;
  var slope = 0.0;
  if (flag(kAlibi)) { slope = arena[offset(5u) + share.number % size(1u)]; }
  for (var k0 = 0u; k0 < seen; k0 += kTile) {
    set_lines(vec2<u32>(at.q + share.first * size(3u), size(3u)), rows, vec2<u32>(at.k + k0 * size(4u), size(4u)), seen - k0, local);
    let sums = tile_product(share.width, Product(vec2<u32>(1u, 1u), kArena), local);
    write_scores(at.pattern, slope, vec2<u32>(share.first, k0), sums, local);
  }
  storageBarrier();
  for (var q0 = 0u; q0 < rows; q0 += kTeams) {
    let q = share.first + q0 + team_of(local);
    let row = at.pattern + q * share.length;
    softmax_row(row, row, select(0u, q + 1u, q < seen), select(0u, share.length, q < seen), local);
  }
  storageBarrier();
  for (var e0 = 0u; e0 < share.width; e0 += kTile) {
    set_lines(vec2<u32>(at.pattern + share.first * share.length, share.length), rows, vec2<u32>(at.v + e0, 1u), share.width - e0, local);
    let sums = tile_product(seen, Product(vec2<u32>(1u, size(5u)), kArena), local);
    write_positions(at.z, size(6u), vec2<u32>(share.first, e0), sums, local);
  }
}

// dscores of one row, in place of dpattern, scaled; 0 from q + 1 up to the end of the tile on the diagonal. seen: as in softmax_row.
fn dscores_row(pattern: u32, row: u32, seen: u32, end: u32, local: u32) {
  var sum = vec4<f32>();
  for (var k = lane_of(local); k < seen; k += kLanes) {
    let at = elements(k);
    sum += before(seen, at, four(pattern + at) * four_scratch(row + at));
  }
  let inner = row_sum(sum, local);
  for (var k = lane_of(local); k < end; k += kLanes) {
    let at = elements(k);
    let dscores = before(seen, at, four(pattern + at) * (four_scratch(row + at) - inner) * value(0u));
    put_scratch(row, end, at, dscores);
  }
}

// dpattern = dz vᵀ, then dscores, of 32 queries from q0.
fn dscores_tile(at: Head, share: Share, dscores: u32, q0: u32, local: u32) {
  let end = min(q0 + kTile, share.length);
  for (var k0 = 0u; k0 <= q0; k0 += kTile) {
    set_lines(vec2<u32>(at.z + q0 * size(6u), size(6u)), end - q0, vec2<u32>(at.v + k0 * size(5u), size(5u)), end - k0, local);
    let sums = tile_product(share.width, Product(vec2<u32>(1u, 1u), kArena), local);
    write_dpattern(dscores, vec2<u32>(q0, k0), sums, local);
  }
  storageBarrier();
  for (var first = q0; first < end; first += kTeams) {
    let q = first + team_of(local);
    dscores_row(at.pattern + q * share.length, dscores + q * share.length, select(0u, q + 1u, q < end), select(0u, end, q < end), local);
  }
}

/// One of three products: the first float of a and of b, floats between rows of a, steps along the terms, and where it goes.
struct Gradient { a: u32, row: u32, b: u32, product: Product, to: u32, to_row: u32 }

// 0: dq = dscores k; 1: dk = dscoresᵀ q; 2: dv = patternᵀ dz; at positions from t0. Sums over keys end at, and sums over queries start
// from, the diagonal.
fn gradient_of(which: u32, at: Head, share: Share, dscores: u32, t0: u32) -> Gradient {
  let length = share.length;
  let corner = t0 * length + t0;
  let to = sequence(5u + which, share.number / size(1u)) + at.column;
  if (which == 0u) { return Gradient(dscores + t0 * length, length, at.k, Product(vec2<u32>(1u, size(4u)), kScratch), to, size(3u)); }
  if (which == 1u) {
    return Gradient(dscores + corner, 1u, at.q + t0 * size(3u), Product(vec2<u32>(length, size(3u)), kScratch), to, size(4u));
  }
  return Gradient(at.pattern + corner, 1u, at.z + t0 * size(6u), Product(vec2<u32>(length, size(6u)), kArena), to, size(5u));
}

// dq, dk and dv: 32 positions from t0, 32 columns from e0.
fn gradients_tile(at: Head, share: Share, dscores: u32, t0: u32, e0: u32, local: u32) {
  let rows = min(kTile, share.length - t0);
  for (var which = 0u; which < 3u; which++) {
    let g = gradient_of(which, at, share, dscores, t0);
    set_lines(vec2<u32>(g.a, g.row), rows, vec2<u32>(g.b + e0, 1u), share.width - e0, local);
    let sums = tile_product(select(share.length - t0, t0 + rows, which == 0u), g.product, local);
    write_positions(g.to, g.to_row, vec2<u32>(t0, e0), sums, local);
  }
}

/// A workgroup is one head of one sequence: dk and dv need the scores' gradients of all later queries.
@compute @workgroup_size(kThreads)
fn attention_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups);
  if (local == 0u) { its_share = Share(u32(number < run.batch * size(1u)), size(0u), size(2u), 0u, number); }
  let share = workgroupUniformLoad(&its_share);
  if (share.live == 0u) { return; }
  let at = head_of(share.number);
  let dscores = share.number * share.length * share.length;
  for (var q0 = 0u; q0 < share.length; q0 += kTile) { dscores_tile(at, share, dscores, q0, local); }
  storageBarrier();
  for (var t0 = 0u; t0 < share.length; t0 += kTile) {
    for (var e0 = 0u; e0 < share.width; e0 += kTile) { gradients_tile(at, share, dscores, t0, e0, local); }
  }
}
