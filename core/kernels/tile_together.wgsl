// One tile, 32 by 32, of a matrix product by one workgroup: what contract.wgsl and attention.wgsl share. Panels of both operands,
// sixteen terms deep, go through workgroup memory (5 KiB). An invocation adds up 4 by 4 elements, each in one accumulator over
// ascending terms, as gemm.hpp does; terms beyond the last one are exact zeros. Sizes that no tile divides repeat their last line.

const kTile = 32u;
const kDepth = 16u;
const kSlots = kTile / 4u;    // an invocation's rows: its slot, slot + 8, slot + 16, slot + 24. Its columns likewise
const kPitch = kSlots + 1u;   // one more: lines that are read along their terms are then written without bank conflicts
const kArena = 0u;
const kScratch = 1u;

/// Σ_k a[row, k] b[k, column]. step: floats from one term to the next in a and b; place: of a, in the arena or in scratch.
struct Product { step: vec2<u32>, place: u32 }

var<workgroup> panels: array<vec4<f32>, 2u * kDepth * kPitch>;
var<workgroup> lines: array<u32, 2u * kTile>;  // where the tile's rows start in a, then its columns in b

/// Lines at equal distances: `rows` rows of a and `columns` columns of b, at least one of each.
fn set_lines(a: vec2<u32>, rows: u32, b: vec2<u32>, columns: u32, local: u32) {
  let line = local % kTile;
  if (local < kTile) {
    lines[local] = a.x + min(line, rows - 1u) * a.y;
  } else {
    lines[local] = b.x + min(line, columns - 1u) * b.y;
  }
}

// Slot and term of the i-th entry of a panel: neighbouring invocations read neighbouring floats, whichever way memory runs.
fn spot(p: Product, operand: u32, i: u32) -> vec2<u32> {
  if (p.step[operand] == 1u) { return vec2<u32>(i / kDepth, i % kDepth); }
  return vec2<u32>(i % kSlots, i / kSlots);
}

fn term(p: Product, operand: u32, at: u32) -> f32 {
  if (p.place == kScratch && operand == 0u) { return scratch[at]; }
  return arena[at];
}

// The four lines of one slot at one term of the panel that starts at term `first`.
fn fetch(terms: u32, p: Product, operand: u32, first: u32, i: u32) -> vec4<f32> {
  let at = spot(p, operand, i);
  let k = first + at.y;
  if (k >= terms) { return vec4<f32>(); }
  let line = operand * kTile + at.x;
  let along = k * p.step[operand];
  return vec4<f32>(
    term(p, operand, lines[line] + along), term(p, operand, lines[line + kSlots] + along),
    term(p, operand, lines[line + 2u * kSlots] + along), term(p, operand, lines[line + 3u * kSlots] + along));
}

fn put_panel(p: Product, operand: u32, i: u32, four: vec4<f32>) {
  let at = spot(p, operand, i);
  panels[(operand * kDepth + at.y) * kPitch + at.x] = four;
}

/// The invocation's 4 by 4 elements, a vector per row. The whole workgroup takes part, after somebody has set `lines`; `terms`, k's bound,
/// must be uniform as WGSL sees it.
fn tile_product(terms: u32, p: Product, local: u32) -> mat4x4<f32> {
  workgroupBarrier();
  var sums = mat4x4<f32>();
  // A panel is on its way while the one before it is added up; behind the last one comes one of zeros.
  for (var first = 0u; first < terms + kDepth; first += kDepth) {
    let a = fetch(terms, p, 0u, first, local);
    let a_too = fetch(terms, p, 0u, first, local + kThreads);
    let b = fetch(terms, p, 1u, first, local);
    let b_too = fetch(terms, p, 1u, first, local + kThreads);
    if (first > 0u) {
      for (var k = 0u; k < kDepth; k++) {
        let row = panels[k * kPitch + local / kSlots];
        let column = panels[(kDepth + k) * kPitch + local % kSlots];
        sums[0] += column * row.x;
        sums[1] += column * row.y;
        sums[2] += column * row.z;
        sums[3] += column * row.w;
      }
    }
    workgroupBarrier();
    put_panel(p, 0u, local, a);
    put_panel(p, 0u, local + kThreads, a_too);
    put_panel(p, 1u, local, b);
    put_panel(p, 1u, local + kThreads, b_too);
    workgroupBarrier();
  }
  return sums;
}

/// Inside the tile: the row of an invocation's i-th row of elements, and its four columns. Where a tile is written, its rows are named one
/// by one: a matrix that a variable picks a row of lives in memory.
fn tile_row(i: u32, local: u32) -> u32 { return local / kSlots + i * kSlots; }
fn tile_columns(local: u32) -> vec4<u32> { return local % kSlots + vec4<u32>(0u, kSlots, 2u * kSlots, 3u * kSlots); }
