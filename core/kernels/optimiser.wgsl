// Twins of optimiser.hpp. Tolerance 1e-6: sums in the CPU's order; square root and division may be off by their last bits.
// A training step whose gradient's norm is not finite is not applied: nobody looks in between, as the CPU's loop does.

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn reduce_chunks(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= size(0u)) { return; }
  var sum = arena[offset(0u) + i];
  for (var c = 1u; c < size(1u); c++) { sum += arena[offset(0u) + c * size(0u) + i]; }
  arena[offset(1u) + i] = sum;
}

var<workgroup> blocks: array<f32, kThreads>;

// Σ g² of one block of 1024.
fn block_square(first: u32) -> f32 {
  var lane = Lanes();
  for (var i = first; i < min(first + 1024u, size(0u)); i++) { lane[(i - first) % 16u] += arena[offset(0u) + i] * arena[offset(0u) + i]; }
  return tree(lane);
}

/// One workgroup. An invocation takes a block of 1024; the blocks are added in order.
@compute @workgroup_size(kThreads)
fn gradient_norm(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  if (group_number(group, groups) != 0u) { return; }
  let count = (uniformly(size(0u), local) + 1023u) / 1024u;
  var total = 0.0;
  for (var first = 0u; first < count; first += kThreads) {
    workgroupBarrier();
    if (first + local < count) { blocks[local] = block_square((first + local) * 1024u); }
    workgroupBarrier();
    if (local == 0u) {
      for (var i = 0u; i < min(kThreads, count - first); i++) { total += blocks[i]; }
    }
  }
  if (local == 0u) { arena[offset(1u)] = sqrt(total); }
}

fn clip_factor() -> f32 {
  let limit = hyper(10u);
  let norm = arena[offset(4u)];
  if (limit > 0.0 && norm > limit) { return limit / norm; }
  return 1.0;
}

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn sgd(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= size(0u) || !is_finite(arena[offset(4u)])) { return; }
  let p = arena[offset(0u) + i];
  let change = hyper(8u) * arena[offset(2u) + i] + (arena[offset(1u) + i] * clip_factor() + hyper(9u) * p);
  arena[offset(2u) + i] = change;
  arena[offset(0u) + i] = p - hyper(0u) * change;
}

fn adam_pass(i: u32, decoupled: bool) {
  if (i >= size(0u) || !is_finite(arena[offset(4u)])) { return; }
  let p = arena[offset(0u) + i];
  var g = arena[offset(1u) + i] * clip_factor();
  var kept = p;
  if (decoupled) {
    kept = (1.0 - hyper(1u)) * p;
  } else {
    g += hyper(9u) * p;
  }
  let mean = hyper(4u) * arena[offset(2u) + i] + hyper(5u) * g;
  let square = hyper(6u) * arena[offset(3u) + i] + hyper(7u) * (g * g);
  arena[offset(2u) + i] = mean;
  arena[offset(3u) + i] = square;
  arena[offset(0u) + i] = kept - hyper(2u) * mean / (sqrt(square) * hyper(3u) + 1e-8);
}

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn adam(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  adam_pass(item(group, groups, local), false);
}

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn adamw(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  adam_pass(item(group, groups, local), true);
}
