// What a row's four invocations have, through workgroup memory: what every device can do.

var<workgroup> lanes: array<f32, kThreads>;

fn of_row(mine: f32, local: u32) -> vec4<f32> {
  workgroupBarrier();
  lanes[local] = mine;
  workgroupBarrier();
  let first = local - lane_of(local);
  return vec4<f32>(lanes[first], lanes[first + 1u], lanes[first + 2u], lanes[first + 3u]);
}

fn quad_sum(mine: f32, local: u32) -> f32 {
  let four = of_row(mine, local);
  let two = four.xy + four.zw;
  return two.x + two.y;
}

fn row_highest(mine: f32, local: u32) -> f32 {
  let four = of_row(mine, local);
  return max(max(four.x, four.z), max(four.y, four.w));
}
