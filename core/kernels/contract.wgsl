// Twins of contract.hpp. Tolerance 1e-6: the same terms in the same order, but a GPU may fuse multiply and add.

/// An item is one element of c; for a parameter's gradient, of one chunk's copy of c.
@compute @workgroup_size(kThreads)
fn contract(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let index = item(group, groups, local);
  let chunked = chunk_stride(2u) != 0u;
  var elements = 1u;
  var summed = 1u;  // terms of the sum: its axes lie one after the other in a and in b, so its innermost strides walk them all
  var step_a = 0u;
  var step_b = 0u;
  for (var i = 0u; i < kAxes; i++) {
    if (size(i) == 0u) { continue; }
    if (stride(2u, i) != 0u) {
      elements *= size(i);
    } else if (i > 0u || !chunked) {
      summed *= size(i);
    }
    if (stride(2u, i) == 0u && size(i) > 1u) {
      step_a = stride(0u, i);
      step_b = stride(1u, i);
    }
  }
  if (index >= elements * select(1u, run.chunks, chunked)) { return; }
  let chunk = index / elements;
  var at_a = offset(0u);
  var at_b = offset(1u);
  var at_c = gradient(2u, chunk) - offset(2u);
  if (chunked) {
    let range = sequences_of(chunk);
    at_a += range.x * stride(0u, 0u);
    at_b += range.x * stride(1u, 0u);
    summed *= range.y - range.x;
  }
  var rest = index % elements;
  for (var back = 0u; back < kAxes; back++) {
    let i = kAxes - 1u - back;
    if (size(i) == 0u || stride(2u, i) == 0u) { continue; }
    let along = rest % size(i);
    rest /= size(i);
    at_a += along * stride(0u, i);
    at_b += along * stride(1u, i);
    at_c += along * stride(2u, i);
  }
  var sum = 0.0;
  for (var k = 0u; k < summed; k++) {
    sum += arena[at_b] * arena[at_a];
    at_a += step_a;
    at_b += step_b;
  }
  if (value(0u) != 0.0) {
    sum = arena[offset(3u) + at_c] + sum;
  } else if (flag(kAccumulate)) {
    sum = arena[offset(2u) + at_c] + sum;
  }
  arena[offset(2u) + at_c] = sum;
}

/// An item is one float of the whole batch.
@compute @workgroup_size(kThreads)
fn add(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= run.batch * size(0u)) { return; }
  arena[offset(2u) + i] = arena[offset(0u) + i] + arena[offset(1u) + i];
}

/// An item is one float of the whole batch.
@compute @workgroup_size(kThreads)
fn accumulate(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= run.batch * size(0u)) { return; }
  let term = arena[offset(0u) + i];
  if (flag(kAccumulate)) {
    arena[offset(1u) + i] += term;
  } else {
    arena[offset(1u) + i] = term;
  }
}
