// Where the adapter computes on the processor each Step has a dispatch of its own: dispatches cost little there, and words of a Step that
// everybody knows in advance are read once for all. Kernels named *_alone.wgsl use no workgroup memory either: a processor has to stop
// and resume each invocation at every barrier.

const member = 0u;

/// Numbers the workgroup.
fn group_number(group: vec3<u32>, groups: vec3<u32>) -> u32 { return group.y * groups.x + group.x; }
