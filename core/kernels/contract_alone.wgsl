// The contraction where invocations work alone: a tile of c, 16 by 32, by four neighbours, each of which adds up all rows of eight columns;
// see contract.wgsl. Rows' terms come from quad_plain.wgsl or, where the device has subgroups, from quad_subgroups.wgsl. Sums are named
// one by one: an array that a variable picks from costs a processor a quarter of its time.
// Tolerance 1e-6: fused multiply-adds.

const kTileSize = vec2<u32>(16u, 32u);  // rows and columns

/// Floats from the start of a (or b) and of c to four elements along some of the plan's axes.
struct Places { operand: vec4<u32>, c: vec4<u32> }

// As locate(), for four; which: 1 for a, 2 for b. The outermost axis takes what is left: most lists are one axis, and division is slow.
fn locate_four(begin: u32, end: u32, index: vec4<u32>, which: u32) -> Places {
  var rest = index;
  var at = Places();
  for (var i = begin; i < end; i++) {
    let axis = plan(kPlanAxes + i);
    var along = rest;
    for (var more = u32(i + 1u < end); more > 0u; more--) {
      rest = along / axis.x;
      along -= rest * axis.x;
    }
    at.operand += along * axis[which];
    at.c += along * axis.w;
  }
  return at;
}

/// Four rows of the tile, or its last one again.
fn four_rows(t: Tile, rows: vec4<u32>) -> Places {
  let ends = plan(kPlanEnds);
  return locate_four(ends.x, ends.y, min(t.first.x + rows, vec4<u32>(t.all.x - 1u)), 1u);
}

// A tile's columns of one invocation: where they start in what the sums are added to and in c; how many there are.
struct Columns { onto: array<vec4<u32>, 2>, to: array<vec4<u32>, 2>, added: bool, left: u32 }

// Row `row` of the tile, whose place in c is `at`.
fn write_row(t: Tile, columns: Columns, row: u32, at: u32, sums: array<vec4<f32>, 2>) {
  var low = sums[0];
  var high = sums[1];
  // A loop, because a processor takes both ways of a branch.
  for (var once = u32(columns.added); once > 0u; once--) {
    low += four(columns.onto[0] + at);
    high += four(columns.onto[1] + at);
  }
  let left = select(0u, columns.left, t.first.x + row < t.all.x);
  let first = columns.to[0] + at;
  let last = columns.to[1] + at;
  if (left > 0u) { arena[first.x] = low.x; }
  if (left > 1u) { arena[first.y] = low.y; }
  if (left > 2u) { arena[first.z] = low.z; }
  if (left > 3u) { arena[first.w] = low.w; }
  if (left > 4u) { arena[last.x] = high.x; }
  if (left > 5u) { arena[last.y] = high.y; }
  if (left > 6u) { arena[last.z] = high.z; }
  if (left > 7u) { arena[last.w] = high.w; }
}

/// Four invocations are one tile of c; for a parameter's gradient, of one chunk's copy of c.
@compute @workgroup_size(kAlone)
fn contract(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let t = tile_of((group_number(group, groups) * kAlone + local) / kQuad);
  if (t.live == 0u) { return; }
  let ends = plan(kPlanEnds);
  let first = t.first.y + local % kQuad * 8u;
  let low = locate_four(ends.y, ends.z, min(vec4<u32>(0u, 1u, 2u, 3u) + first, vec4<u32>(t.all.y - 1u)), 2u);
  let high = locate_four(ends.y, ends.z, min(vec4<u32>(4u, 5u, 6u, 7u) + first, vec4<u32>(t.all.y - 1u)), 2u);
  var rows = quad_rows(t, local % kQuad);
  var b_low = t.start.y + low.operand;
  var b_high = t.start.y + high.operand;
  var sums: array<array<vec4<f32>, 2>, 16>;
  for (var k = 0u; k < t.terms; k++) {
    let x = four(b_low);
    let y = four(b_high);
    let row = row_terms(rows);
    sums[0][0] = plus(sums[0][0], row[0].x, x);
    sums[0][1] = plus(sums[0][1], row[0].x, y);
    sums[1][0] = plus(sums[1][0], row[0].y, x);
    sums[1][1] = plus(sums[1][1], row[0].y, y);
    sums[2][0] = plus(sums[2][0], row[0].z, x);
    sums[2][1] = plus(sums[2][1], row[0].z, y);
    sums[3][0] = plus(sums[3][0], row[0].w, x);
    sums[3][1] = plus(sums[3][1], row[0].w, y);
    sums[4][0] = plus(sums[4][0], row[1].x, x);
    sums[4][1] = plus(sums[4][1], row[1].x, y);
    sums[5][0] = plus(sums[5][0], row[1].y, x);
    sums[5][1] = plus(sums[5][1], row[1].y, y);
    sums[6][0] = plus(sums[6][0], row[1].z, x);
    sums[6][1] = plus(sums[6][1], row[1].z, y);
    sums[7][0] = plus(sums[7][0], row[1].w, x);
    sums[7][1] = plus(sums[7][1], row[1].w, y);
    sums[8][0] = plus(sums[8][0], row[2].x, x);
    sums[8][1] = plus(sums[8][1], row[2].x, y);
    sums[9][0] = plus(sums[9][0], row[2].y, x);
    sums[9][1] = plus(sums[9][1], row[2].y, y);
    sums[10][0] = plus(sums[10][0], row[2].z, x);
    sums[10][1] = plus(sums[10][1], row[2].z, y);
    sums[11][0] = plus(sums[11][0], row[2].w, x);
    sums[11][1] = plus(sums[11][1], row[2].w, y);
    sums[12][0] = plus(sums[12][0], row[3].x, x);
    sums[12][1] = plus(sums[12][1], row[3].x, y);
    sums[13][0] = plus(sums[13][0], row[3].y, x);
    sums[13][1] = plus(sums[13][1], row[3].y, y);
    sums[14][0] = plus(sums[14][0], row[3].z, x);
    sums[14][1] = plus(sums[14][1], row[3].z, y);
    sums[15][0] = plus(sums[15][0], row[3].w, x);
    sums[15][1] = plus(sums[15][1], row[3].w, y);
    rows = next_term(rows, t.product.step.x);
    b_low += t.product.step.y;
    b_high += t.product.step.y;
  }
  let other = value(0u) != 0.0;
  let onto = select(offset(2u), offset(3u), other) + t.start.z;
  let to = offset(2u) + t.start.z;
  let columns = Columns(
    array<vec4<u32>, 2>(onto + low.c, onto + high.c), array<vec4<u32>, 2>(to + low.c, to + high.c), other || flag(kAccumulate),
    max(t.all.y, first) - first);
  let at0 = four_rows(t, vec4<u32>(0u, 1u, 2u, 3u) + 0u).c;
  write_row(t, columns, 0u, at0.x, sums[0]);
  write_row(t, columns, 1u, at0.y, sums[1]);
  write_row(t, columns, 2u, at0.z, sums[2]);
  write_row(t, columns, 3u, at0.w, sums[3]);
  let at1 = four_rows(t, vec4<u32>(0u, 1u, 2u, 3u) + 4u).c;
  write_row(t, columns, 4u, at1.x, sums[4]);
  write_row(t, columns, 5u, at1.y, sums[5]);
  write_row(t, columns, 6u, at1.z, sums[6]);
  write_row(t, columns, 7u, at1.w, sums[7]);
  let at2 = four_rows(t, vec4<u32>(0u, 1u, 2u, 3u) + 8u).c;
  write_row(t, columns, 8u, at2.x, sums[8]);
  write_row(t, columns, 9u, at2.y, sums[9]);
  write_row(t, columns, 10u, at2.z, sums[10]);
  write_row(t, columns, 11u, at2.w, sums[11]);
  let at3 = four_rows(t, vec4<u32>(0u, 1u, 2u, 3u) + 12u).c;
  write_row(t, columns, 12u, at3.x, sums[12]);
  write_row(t, columns, 13u, at3.y, sums[13]);
  write_row(t, columns, 14u, at3.z, sums[14]);
  write_row(t, columns, 15u, at3.w, sums[15]);
}
