// Rows by four invocations each, sixteen rows per workgroup. Invocation i of a row has lanes i, i + 4, i + 8 and i + 12 of lane_sum
// (arithmetic.hpp) in one vector: a row's elements k, k + 4, k + 8 and k + 12 for k = i, i + 16, …
// row_sum and row_highest come from lanes_memory.wgsl or, where the device has subgroups, from lanes_subgroups.wgsl.

const kLanes = 16u;
const kQuad = 4u;                 // invocations of a row
const kTeams = kThreads / kQuad;  // rows of a workgroup

/// Which of its row's four an invocation is, which row of the workgroup it has, and which of those that a workgroup takes at a time.
fn lane_of(local: u32) -> u32 { return local % kQuad; }
fn team_of(local: u32) -> u32 { return local / kQuad; }
fn team_row(number: u32, local: u32) -> u32 { return number * kTeams + team_of(local); }

/// An invocation's four elements, the first of which is k.
fn elements(k: u32) -> vec4<u32> { return vec4<u32>(0u, 4u, 8u, 12u) + k; }

/// Values of elements `at`; 0 from `end` on.
fn before(end: u32, at: vec4<u32>, values: vec4<f32>) -> vec4<f32> { return select(vec4<f32>(), values, at < vec4<u32>(end)); }

/// Puts elements `at` of the row that starts at `first`, but for those from `end` on.
fn put_elements(first: u32, end: u32, at: vec4<u32>, values: vec4<f32>) {
  if (at.x < end) { arena[first + at.x] = values.x; }
  if (at.y < end) { arena[first + at.y] = values.y; }
  if (at.z < end) { arena[first + at.z] = values.z; }
  if (at.w < end) { arena[first + at.w] = values.w; }
}

fn put_scratch(first: u32, end: u32, at: vec4<u32>, values: vec4<f32>) {
  if (at.x < end) { scratch[first + at.x] = values.x; }
  if (at.y < end) { scratch[first + at.y] = values.y; }
  if (at.z < end) { scratch[first + at.z] = values.z; }
  if (at.w < end) { scratch[first + at.w] = values.w; }
}

fn exp_four(x: vec4<f32>) -> vec4<f32> { return vec4<f32>(exact_exp(x.x), exact_exp(x.y), exact_exp(x.z), exact_exp(x.w)); }

/// The highest of the row's `n` elements from `first` on. The whole workgroup takes part; with n = 0 an invocation only does that.
fn highest_of(first: u32, n: u32, local: u32) -> f32 {
  var most = vec4<f32>(-infinity());
  for (var k = lane_of(local); k < n; k += kLanes) {
    let at = elements(k);
    most = select(most, max(four(first + at), most), at < vec4<u32>(n));
  }
  return row_highest(max(max(most.x, most.z), max(most.y, most.w)), local);
}

/// Σ over a row's lanes, in lane_sum's tree. The whole workgroup takes part.
fn row_sum(mine: vec4<f32>, local: u32) -> f32 { return quad_sum((mine.x + mine.z) + (mine.y + mine.w), local); }
