// On a graphics device a dispatch is a group of Steps of one kernel (kTogether of step.hpp): a workgroup's z picks its Step. A group's x
// and y are its largest member's, so the surplus workgroups of the others have nothing to do.

var<private> member: u32;  // which of `steps` this workgroup works on

/// Picks the Step, then numbers the workgroup within it.
fn group_number(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  member = group.z;
  return group.y * groups.x + group.x;
}
