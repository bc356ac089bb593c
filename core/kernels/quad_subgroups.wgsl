// Sixteen rows of a tile where the device has subgroups: each of four neighbours reads one term in four, and they tell each other.

/// Where rows i, 4 + i, 8 + i, 12 + i start in a; i: the invocation's number among the four.
alias Rows = vec4<u32>;

fn quad_rows(t: Tile, i: u32) -> Rows { return t.start.x + four_rows(t, vec4<u32>(0u, 4u, 8u, 12u) + i).operand; }
fn next_term(rows: Rows, step: u32) -> Rows { return rows + step; }

fn of_all(mine: f32) -> vec4<f32> {
  return vec4<f32>(quadBroadcast(mine, 0u), quadBroadcast(mine, 1u), quadBroadcast(mine, 2u), quadBroadcast(mine, 3u));
}

/// Rows 4 i to 4 i + 3 in element i.
fn row_terms(rows: Rows) -> array<vec4<f32>, 4> {
  let mine = four(rows);
  return array<vec4<f32>, 4>(of_all(mine.x), of_all(mine.y), of_all(mine.z), of_all(mine.w));
}
