// Twins of optimiser.hpp. Tolerance 1e-6: sums in the CPU's order; square root and division may be off by their last bits.
// A training step that `measure` stopped is not applied.

// Statistic of step.hpp; the mean loss comes first.
const kGradientNorm = 1u;
const kStopped = 2u;

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn reduce_chunks(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= size(0u)) { return; }
  var sum = arena[offset(0u) + i];
  for (var c = 1u; c < size(1u); c++) { sum += arena[offset(0u) + c * size(0u) + i]; }
  arena[offset(1u) + i] = sum;
}

const kWide = 256u;
var<workgroup> measured: array<f32, kWide>;

// Σ x, or Σ x y, over n floats of the arena from x and from y on, for all invocations: sixteen of them are the lanes of one block of
// 1024; the blocks are added in order, as on the CPU. n must be uniform.
fn block_sum(first: u32, n: u32, products: bool, other: u32, local: u32) -> f32 {
  var total = 0.0;
  for (var done = 0u; done < n; done += 1024u * (kWide / 16u)) {
    let block = done + 1024u * (local / 16u);
    var lane = 0.0;
    for (var i = block + local % 16u; i < min(block + 1024u, n); i += 16u) {
      let x = arena[first + i];
      if (products) {
        lane += x * arena[other + i];
      } else {
        lane += x;
      }
    }
    measured[local] = lane;
    for (var half = 8u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if (local % 16u < half) { measured[local] += measured[local + half]; }
    }
    workgroupBarrier();
    for (var i = 0u; i < kWide && done + 64u * i < n; i += 16u) { total += measured[i]; }
    workgroupBarrier();
  }
  return total;
}

/// One workgroup. Unlike its twin it never forgets: once a loss or a norm is not finite, every later training step is stopped as well, until
/// the host writes 0 there. Nobody looks in between, as the CPU's loop does.
@compute @workgroup_size(kWide)
fn measure(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  if (group_number(group, groups) != 0u) { return; }
  var loss = block_sum(offset(1u), uniformly(size(1u), local), flag(kWeighted), offset(3u), local);
  if (!flag(kWeighted)) { loss /= f32(size(2u)); }
  let norm = sqrt(block_sum(offset(0u), uniformly(size(0u), local), true, offset(0u), local));
  if (local != 0u) { return; }
  var stopped = arena[offset(2u) + kStopped];
  if (!is_finite(loss) || !is_finite(norm)) { stopped = 1.0; }
  arena[offset(2u)] = loss;
  arena[offset(2u) + kGradientNorm] = norm;
  arena[offset(2u) + kStopped] = stopped;
  results[run.slot] = vec4<f32>(loss, norm, 1.0 - stopped, 0.0);
}

// Operand 4 of every optimiser: the statistics.
fn is_stopped() -> bool { return arena[offset(4u) + kStopped] != 0.0; }

fn clip_factor() -> f32 {
  let limit = hyper(10u);
  let norm = arena[offset(4u) + kGradientNorm];
  if (limit > 0.0 && norm > limit) { return limit / norm; }
  return 1.0;
}

/// An item is one parameter.
@compute @workgroup_size(kThreads)
fn sgd(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = item(group, groups, local);
  if (i >= size(0u) || is_stopped()) { return; }
  let p = arena[offset(0u) + i];
  let change = hyper(8u) * arena[offset(2u) + i] + (arena[offset(1u) + i] * clip_factor() + hyper(9u) * p);
  arena[offset(2u) + i] = change;
  arena[offset(0u) + i] = p - hyper(0u) * change;
}

fn adam_pass(i: u32, decoupled: bool) {
  if (i >= size(0u) || is_stopped()) { return; }
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
