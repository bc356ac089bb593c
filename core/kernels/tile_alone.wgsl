// One tile, 8 by 8, of a matrix product by one invocation. Each element is added up in one accumulator over ascending terms, as gemm.hpp
// does. Sizes that no tile divides repeat their last line.

const kSide = 8u;
const kAlone = 16u;  // invocations of a workgroup whose invocations make tiles
const kArena = 0u;
const kScratch = 1u;

/// Σ_k a[row, k] b[k, column]. step: floats from one term to the next in a and b; place: of a, in the arena or in scratch.
struct Product { step: vec2<u32>, place: u32 }

/// Where the tile's rows start in a and its columns in b, four and four.
struct Lines { a: array<vec4<u32>, 2>, b: array<vec4<u32>, 2> }

/// Element (row, 4 h + i) is component i of [2 row + h].
alias Sums = array<vec4<f32>, 16>;

/// Numbers of a tile's lines from `first` on; beyond the last of `all`, the last one again.
fn line_numbers(first: u32, all: u32) -> array<vec4<u32>, 2> {
  let low = vec4<u32>(0u, 1u, 2u, 3u) + first;
  return array<vec4<u32>, 2>(min(low, vec4<u32>(all - 1u)), min(low + 4u, vec4<u32>(all - 1u)));
}

/// Lines at equal distances: `rows` rows of a and `columns` columns of b, at least one of each.
fn lines_of(a: vec2<u32>, rows: u32, b: vec2<u32>, columns: u32) -> Lines {
  let row = line_numbers(0u, rows);
  let column = line_numbers(0u, columns);
  return Lines(
    array<vec4<u32>, 2>(a.x + row[0] * a.y, a.x + row[1] * a.y), array<vec4<u32>, 2>(b.x + column[0] * b.y, b.x + column[1] * b.y));
}

/// sums + x y, element by element: a processor's compiler then keeps each product in a register.
fn plus(sums: vec4<f32>, x: f32, y: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(sums.x + x * y.x, sums.y + x * y.y, sums.z + x * y.z, sums.w + x * y.w);
}

fn add_term(sums: ptr<function, Sums>, a: array<vec4<f32>, 2>, b: array<vec4<f32>, 2>) {
  (*sums)[0] = plus((*sums)[0], a[0].x, b[0]);
  (*sums)[1] = plus((*sums)[1], a[0].x, b[1]);
  (*sums)[2] = plus((*sums)[2], a[0].y, b[0]);
  (*sums)[3] = plus((*sums)[3], a[0].y, b[1]);
  (*sums)[4] = plus((*sums)[4], a[0].z, b[0]);
  (*sums)[5] = plus((*sums)[5], a[0].z, b[1]);
  (*sums)[6] = plus((*sums)[6], a[0].w, b[0]);
  (*sums)[7] = plus((*sums)[7], a[0].w, b[1]);
  (*sums)[8] = plus((*sums)[8], a[1].x, b[0]);
  (*sums)[9] = plus((*sums)[9], a[1].x, b[1]);
  (*sums)[10] = plus((*sums)[10], a[1].y, b[0]);
  (*sums)[11] = plus((*sums)[11], a[1].y, b[1]);
  (*sums)[12] = plus((*sums)[12], a[1].z, b[0]);
  (*sums)[13] = plus((*sums)[13], a[1].z, b[1]);
  (*sums)[14] = plus((*sums)[14], a[1].w, b[0]);
  (*sums)[15] = plus((*sums)[15], a[1].w, b[1]);
}

/// The invocation's 8 by 8 elements.
fn tile_product(terms: u32, p: Product, lines: Lines) -> Sums {
  if (p.place == kScratch) { return scratch_product(terms, p, lines); }
  var sums: Sums;
  var at = lines;
  for (var k = 0u; k < terms; k++) {
    let rows = array<vec4<f32>, 2>(four(at.a[0]), four(at.a[1]));
    add_term(&sums, rows, array<vec4<f32>, 2>(four(at.b[0]), four(at.b[1])));
    at.a[0] += p.step.x;
    at.a[1] += p.step.x;
    at.b[0] += p.step.y;
    at.b[1] += p.step.y;
  }
  return sums;
}

fn scratch_product(terms: u32, p: Product, lines: Lines) -> Sums {
  var sums: Sums;
  for (var k = 0u; k < terms; k++) {
    let a = k * p.step.x;
    let b = k * p.step.y;
    let rows = array<vec4<f32>, 2>(four_scratch(lines.a[0] + a), four_scratch(lines.a[1] + a));
    add_term(&sums, rows, array<vec4<f32>, 2>(four(lines.b[0] + b), four(lines.b[1] + b)));
  }
  return sums;
}

/// Where a tile goes: its first element, floats between its rows, how many rows; columns of the first row, at least one, and how many more
/// each next one has.
struct Goal { to: u32, pitch: u32, rows: u32, columns: u32, growth: u32 }

fn neighbours(k: u32) -> vec4<u32> { return vec4<u32>(0u, 1u, 2u, 3u) + k; }

fn put_row(g: Goal, row: u32, low: vec4<f32>, high: vec4<f32>) {
  put_elements(g.to + row * g.pitch, g.columns + row * g.growth, neighbours(0u), low);
  put_elements(g.to + row * g.pitch, g.columns + row * g.growth, neighbours(4u), high);
}

fn put_tile(g: Goal, sums: Sums) {
  put_row(g, 0u, sums[0], sums[1]);
  if (g.rows > 1u) { put_row(g, 1u, sums[2], sums[3]); }
  if (g.rows > 2u) { put_row(g, 2u, sums[4], sums[5]); }
  if (g.rows > 3u) { put_row(g, 3u, sums[6], sums[7]); }
  if (g.rows > 4u) { put_row(g, 4u, sums[8], sums[9]); }
  if (g.rows > 5u) { put_row(g, 5u, sums[10], sums[11]); }
  if (g.rows > 6u) { put_row(g, 6u, sums[12], sums[13]); }
  if (g.rows > 7u) { put_row(g, 7u, sums[14], sums[15]); }
}

fn put_scratch_row(g: Goal, row: u32, low: vec4<f32>, high: vec4<f32>) {
  put_scratch(g.to + row * g.pitch, g.columns + row * g.growth, neighbours(0u), low);
  put_scratch(g.to + row * g.pitch, g.columns + row * g.growth, neighbours(4u), high);
}

/// Into scratch.
fn put_scratch_tile(g: Goal, sums: Sums) {
  put_scratch_row(g, 0u, sums[0], sums[1]);
  if (g.rows > 1u) { put_scratch_row(g, 1u, sums[2], sums[3]); }
  if (g.rows > 2u) { put_scratch_row(g, 2u, sums[4], sums[5]); }
  if (g.rows > 3u) { put_scratch_row(g, 3u, sums[6], sums[7]); }
  if (g.rows > 4u) { put_scratch_row(g, 4u, sums[8], sums[9]); }
  if (g.rows > 5u) { put_scratch_row(g, 5u, sums[10], sums[11]); }
  if (g.rows > 6u) { put_scratch_row(g, 6u, sums[12], sums[13]); }
  if (g.rows > 7u) { put_scratch_row(g, 7u, sums[14], sums[15]); }
}
