// Twins of freeze.hpp. Bit-equal: copies.

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn mask_gradient(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i < size(0u) && arena[offset(1u) + i] == 0.0) { arena[offset(0u) + i] = 0.0; }
}

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn hold(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i < size(0u)) { arena[offset(1u) + i] = arena[offset(0u) + i]; }
}

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn release(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i < size(0u) && arena[offset(2u) + i] == 0.0) { arena[offset(0u) + i] = arena[offset(1u) + i]; }
}
