// A batch from outside, for tasks without WGSL.

const kInputs = 8u;  // operands of a Step: the most that a batch may be made of

/// Copies the slot's batch into the arena: input k is size(k) floats at offset(k), and the inputs follow one another. An item is a float.
@compute @workgroup_size(kThreads)
fn draw_given(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  var first = 0u;  // of an input; in the end the floats of all
  var to = 0u;
  for (var k = 0u; k < kInputs; k++) {
    if (i >= first) { to = offset(k) + i - first; }
    first += size(k);
  }
  if (i < first) { arena[to] = given[run.slot * first + i]; }
}
