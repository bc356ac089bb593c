// Attention by invocations that work alone (tile_alone.wgsl); see attention.wgsl. Neighbours have the same rows of different heads, so they
// are done at the same time.
// Tolerance 1e-5: exp; in the reverse, differences of nearly equal numbers inside the softmax's rule.

// lane_sum of arithmetic.hpp for an invocation that adds up a whole row, four neighbours at a time. The sixteen lanes change places with
// each four; the tree gives the same wherever in the circle they end.
struct Circle { next: vec4<f32>, then: vec4<f32>, third: vec4<f32>, last: vec4<f32> }
fn turned(c: Circle, terms: vec4<f32>) -> Circle { return Circle(c.then, c.third, c.last, c.next + terms); }
fn circle_sum(c: Circle) -> f32 {
  let all = (c.next + c.third) + (c.then + c.last);
  return (all.x + all.z) + (all.y + all.w);
}

// Four scores of query q, from its products with the keys.
fn scores_of(row: u32, q: u32, k: vec4<u32>, slope: f32) -> vec4<f32> { return four(row + k) * value(0u) - slope * vec4<f32>(q - k); }

// The products of query q with the keys become its row of the pattern: 0 from q + 1 up to the row's end.
fn pattern_row(row: u32, q: u32, slope: f32) {
  let seen = q + 1u;
  var most = vec4<f32>(-infinity());
  for (var at = 0u; at < seen; at += 4u) {
    let k = neighbours(at);
    most = select(most, max(scores_of(row, q, k, slope), most), k < vec4<u32>(seen));
  }
  let highest = max(max(most.x, most.z), max(most.y, most.w));
  var sums = Circle();
  for (var at = 0u; at < seen; at += 4u) {
    let k = neighbours(at);
    let e = exp_four(scores_of(row, q, k, slope) - highest);
    put_elements(row, seen, k, e);
    sums = turned(sums, before(seen, k, e));
  }
  let inverse = 1.0 / circle_sum(sums);
  for (var at = 0u; at < seen; at += 4u) { put_elements(row, seen, neighbours(at), four(row + neighbours(at)) * inverse); }
  for (var k = seen; k < size(0u); k++) { arena[row + k] = 0.0; }
}

/// An invocation is 8 queries of one head of one sequence.
@compute @workgroup_size(kAlone)
fn attention(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups) * kAlone + local;
  let heads = run.batch * size(1u);
  let q0 = number / heads * kSide;
  let length = size(0u);
  if (q0 >= length) { return; }
  let at = head_of(number % heads);
  let end = min(q0 + kSide, length);
  let pattern = at.pattern + q0 * length;
  for (var k0 = 0u; k0 < end; k0 += kSide) {
    let lines = lines_of(vec2<u32>(at.q + q0 * size(3u), size(3u)), end - q0, vec2<u32>(at.k + k0 * size(4u), size(4u)), end - k0);
    let sums = tile_product(size(2u), Product(vec2<u32>(1u, 1u), kArena), lines);
    put_tile(Goal(pattern + k0, length, end - q0, q0 - k0 + 1u, 1u), sums);
  }
  var slope = 0.0;
  if (flag(kAlibi)) { slope = arena[offset(5u) + number % heads % size(1u)]; }
  for (var q = q0; q < end; q++) { pattern_row(at.pattern + q * length, q, slope); }
  for (var e0 = 0u; e0 < size(2u); e0 += kSide) {
    let lines = lines_of(vec2<u32>(pattern, length), end - q0, vec2<u32>(at.v + e0, 1u), size(2u) - e0);
    let sums = tile_product(end, Product(vec2<u32>(1u, size(5u)), kArena), lines);
    put_tile(Goal(at.z + q0 * size(6u) + e0, size(6u), end - q0, size(2u) - e0, 0u), sums);
  }
}

fn dscores_row(pattern: u32, row: u32, seen: u32, end: u32) {
  var sums = Circle();
  for (var at = 0u; at < seen; at += 4u) {
    let k = neighbours(at);
    sums = turned(sums, before(seen, k, four(pattern + k) * four_scratch(row + k)));
  }
  let inner = circle_sum(sums);
  for (var at = 0u; at < end; at += 4u) {
    let k = neighbours(at);
    put_scratch(row, end, k, before(seen, k, four(pattern + k) * (four_scratch(row + k) - inner) * value(0u)));
  }
}

// dpattern = dz vᵀ of 8 queries from q0, then dscores in its place, scaled; 0 from q + 1 up to the end of the tile on the diagonal.
fn dscores_tile(at: Head, dscores: u32, q0: u32) {
  let length = size(0u);
  let end = min(q0 + kSide, length);
  for (var k0 = 0u; k0 < end; k0 += kSide) {
    let lines = lines_of(vec2<u32>(at.z + q0 * size(6u), size(6u)), end - q0, vec2<u32>(at.v + k0 * size(5u), size(5u)), end - k0);
    let sums = tile_product(size(2u), Product(vec2<u32>(1u, 1u), kArena), lines);
    put_scratch_tile(Goal(dscores + q0 * length + k0, length, end - q0, q0 - k0 + 1u, 1u), sums);
  }
  for (var q = q0; q < end; q++) { dscores_row(at.pattern + q * length, dscores + q * length, q + 1u, end); }
}

/// One of three products, for 8 positions from t0: its operands' first floats, floats between rows of a, steps, terms, where it goes.
struct Gradient { a: u32, row: u32, b: u32, product: Product, terms: u32, to: u32, pitch: u32 }

fn put_gradient(g: Gradient, rows: u32) {
  for (var e0 = 0u; e0 < size(2u); e0 += kSide) {
    let sums = tile_product(g.terms, g.product, lines_of(vec2<u32>(g.a, g.row), rows, vec2<u32>(g.b + e0, 1u), size(2u) - e0));
    put_tile(Goal(g.to + e0, g.pitch, rows, size(2u) - e0, 0u), sums);
  }
}

const kHeads = 8u;  // of a workgroup: as many as a processor has lanes

/// An invocation is one head of one sequence: dk and dv need the scores' gradients of all later queries.
@compute @workgroup_size(kHeads)
fn attention_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups) * kHeads + local;
  if (number >= run.batch * size(1u)) { return; }
  let at = head_of(number);
  let length = size(0u);
  let dscores = number * length * length;
  for (var q0 = 0u; q0 < length; q0 += kSide) { dscores_tile(at, dscores, q0); }
  let b = number / size(1u);
  let to = vec3<u32>(sequence(5u, b), sequence(6u, b), sequence(7u, b)) + at.column;
  // Sums over keys end at, and sums over queries start from, the diagonal.
  for (var t0 = 0u; t0 < length; t0 += kSide) {
    let rows = min(kSide, length - t0);
    let corner = t0 * length + t0;
    let later = length - t0;
    // dq = dscores k, dk = dscoresᵀ q, dv = patternᵀ dz
    let keys = Product(vec2<u32>(1u, size(4u)), kScratch);
    let queries = Product(vec2<u32>(length, size(3u)), kScratch);
    let outputs = Product(vec2<u32>(length, size(6u)), kArena);
    put_gradient(Gradient(dscores + t0 * length, length, at.k, keys, t0 + rows, to.x + t0 * size(3u), size(3u)), rows);
    put_gradient(Gradient(dscores + corner, 1u, at.q + t0 * size(3u), queries, later, to.y + t0 * size(4u), size(4u)), rows);
    put_gradient(Gradient(at.pattern + corner, 1u, at.z + t0 * size(6u), outputs, later, to.z + t0 * size(5u), size(5u)), rows);
  }
}
