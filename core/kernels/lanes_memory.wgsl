// A row's sixteen lanes through workgroup memory: what every device can do.

fn put_lane(mine: f32, local: u32) -> u32 {
  let first = local / kLanes * kLanes;
  workgroupBarrier();
  lanes[first + lane_of(local)] = mine;
  workgroupBarrier();
  return first;
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
