// Rows by sixteen invocations each, four rows per workgroup: lane j takes elements j, j + 16, … as lane_sum of arithmetic.hpp does.
// row_sum and row_highest come from lanes_memory.wgsl or, where the device has subgroups, from lanes_subgroups.wgsl.

const kLanes = 16u;
const kTeams = kThreads / kLanes;  // rows of a workgroup

var<workgroup> lanes: array<f32, kThreads>;

/// The lane of an invocation: its number within the row with the four bits reversed. Two lanes that the tree adds first are neighbours.
fn lane_of(local: u32) -> u32 { return reverseBits(local) >> 28u; }

/// The row of an invocation among those that a workgroup takes at a time.
fn team_row(number: u32, local: u32) -> u32 { return number * kTeams + local / kLanes; }

fn four_lanes(first: u32) -> vec4<f32> { return vec4<f32>(lanes[first], lanes[first + 1u], lanes[first + 2u], lanes[first + 3u]); }
