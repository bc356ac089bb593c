// Rows by sixteen invocations each, four rows per workgroup: lane j takes elements j, j + 16, … as lane_sum of arithmetic.hpp does.

const kLanes = 16u;
const kTeams = kThreads / kLanes;  // rows of a workgroup

var<workgroup> lanes: array<f32, kThreads>;

fn four_lanes(first: u32) -> vec4<f32> { return vec4<f32>(lanes[first], lanes[first + 1u], lanes[first + 2u], lanes[first + 3u]); }

fn put_lane(mine: f32, local: u32) -> u32 {
  workgroupBarrier();
  lanes[local] = mine;
  workgroupBarrier();
  return local / kLanes * kLanes;
}

/// Σ over the lanes of an invocation's row, in lane_sum's tree. The whole workgroup takes part.
fn row_sum(mine: f32, local: u32) -> f32 {
  let first = put_lane(mine, local);
  let four = (four_lanes(first) + four_lanes(first + 8u)) + (four_lanes(first + 4u) + four_lanes(first + 12u));
  let two = four.xy + four.zw;
  return two.x + two.y;
}

/// The highest of the lanes of an invocation's row. The whole workgroup takes part.
fn row_highest(mine: f32, local: u32) -> f32 {
  let first = put_lane(mine, local);
  let four = max(max(four_lanes(first), four_lanes(first + 8u)), max(four_lanes(first + 4u), four_lanes(first + 12u)));
  return max(max(four.x, four.z), max(four.y, four.w));
}

/// The row of an invocation among those that a workgroup takes at a time.
fn team_row(number: u32, local: u32) -> u32 { return number * kTeams + local / kLanes; }
