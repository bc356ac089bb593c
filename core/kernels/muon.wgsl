// Twins of muon.hpp. Tolerance 1e-6: sums in the CPU's order; square root and division may be off by their last bits.
// A training step that `measure` stopped is not applied.

var<workgroup> row_squares: array<f32, kTeams>;

// Momentum of one row, which a team shares: returns the lanes' Σ u².
fn muon_row(matrix: u32, row: u32, local: u32) -> vec4<f32> {
  let keep = hyper(8u);
  let rest = 1.0 - keep;
  let at = matrix * stride(0u, 0u) + row * stride(0u, 1u);
  let x = offset(2u) + (matrix * size(1u) + row) * size(2u);
  var squares = vec4<f32>();
  for (var k = lane_of(local); k < size(2u); k += kLanes) {
    let j = elements(k);
    let g = rest * (four(offset(0u) + at + j) * clip_factor());
    let m = keep * four(offset(1u) + at + j) + g;
    let u = keep * m + g;
    put_elements(offset(1u) + at, size(2u), j, m);
    put_elements(x, size(2u), j, u);
    squares += before(size(2u), j, u * u);
  }
  return squares;
}

/// A workgroup is one matrix, sixteen rows at a time, whose sums are added in order.
@compute @workgroup_size(kThreads)
fn muon_direction(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let matrix = group_number(group, groups);
  if (uniformly(select(0u, 1u, matrix < size(0u) && !is_stopped()), local) == 0u) { return; }
  let rows = uniformly(size(1u), local);
  var squares = 0.0;
  for (var first = 0u; first < rows; first += kTeams) {
    let row = first + team_of(local);
    var mine = vec4<f32>();
    if (row < rows) { mine = muon_row(matrix, row, local); }
    let sum = row_sum(mine, local);
    workgroupBarrier();
    if (lane_of(local) == 0u) { row_squares[team_of(local)] = sum; }
    workgroupBarrier();
    for (var i = 0u; i < kTeams && first + i < rows; i++) { squares += row_squares[i]; }
  }
  let scale = 1.0 / (sqrt(squares) + 1e-7);
  let x = offset(2u) + matrix * rows * size(2u);
  storageBarrier();
  for (var i = local; i < rows * size(2u); i += kThreads) { arena[x + i] *= scale; }
}

/// An item is one float.
@compute @workgroup_size(kThreads)
fn muon_polynomial(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= size(0u)) { return; }
  let n = size(1u);
  let one = select(0.0, value(0u), i % (n * n) % (n + 1u) == 0u);
  arena[offset(1u) + i] = one + (value(1u) * arena[offset(0u) + i] + value(2u) * arena[offset(1u) + i]);
}

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn muon_update(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= size(0u) * size(1u) * size(2u) || is_stopped()) { return; }
  let row = i / size(2u);
  let p = offset(0u) + row / size(1u) * stride(0u, 0u) + row % size(1u) * stride(0u, 1u) + i % size(2u);
  arena[p] = (1.0 - hyper(1u)) * arena[p] - hyper(0u) * value(0u) * arena[offset(1u) + i];
}
