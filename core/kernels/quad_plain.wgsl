// Sixteen rows of a tile where the device has no subgroups: each invocation reads all their terms.

/// Where the rows start in a, four and four.
alias Rows = array<vec4<u32>, 4>;

fn quad_rows(t: Tile, i: u32) -> Rows {
  let four = vec4<u32>(0u, 1u, 2u, 3u);
  return Rows(
    t.start.x + four_rows(t, four).operand, t.start.x + four_rows(t, four + 4u).operand, t.start.x + four_rows(t, four + 8u).operand,
    t.start.x + four_rows(t, four + 12u).operand);
}
fn next_term(rows: Rows, step: u32) -> Rows { return Rows(rows[0] + step, rows[1] + step, rows[2] + step, rows[3] + step); }

/// Rows 4 i to 4 i + 3 in element i.
fn row_terms(rows: Rows) -> array<vec4<f32>, 4> {
  return array<vec4<f32>, 4>(four(rows[0]), four(rows[1]), four(rows[2]), four(rows[3]));
}
