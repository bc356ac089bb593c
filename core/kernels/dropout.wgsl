// Twin of dropout.hpp. Bit-equal: the same words (rng.wgsl), one product, one sum.

/// An item is one float.
@compute @workgroup_size(kThreads)
fn dropout(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= run.batch * size(0u)) { return; }
  let pair = random2(size(2u), size(3u), run.step, i / 2u);
  let word = select(pair.x, pair.y, i % 2u == 1u);
  var kept = 0.0;
  if (word >> 8u >= size(1u)) { kept = arena[offset(0u) + i] * value(0u); }
  if (value(1u) != 0.0) {
    kept = arena[offset(2u) + i] + kept;
  } else if (flag(kAccumulate)) {
    kept = arena[offset(1u) + i] + kept;
  }
  arena[offset(1u) + i] = kept;
}
