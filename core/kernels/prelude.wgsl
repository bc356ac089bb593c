// What every WGSL kernel sees, put in front of each file: the arena, its Step, one training step's numbers; exact_exp, exact_log and
// the sums of arithmetic.hpp. A kernel reads its operands by the same numbers as its C++ twin, whose comments hold here too.
//
// A dispatch covers the whole batch, all chunks at once. `item()` (or `group_number()` of step_together.wgsl or step_alone.wgsl) comes
// first in each kernel: it picks the Step and numbers the invocations; each kernel says what an item is. Every
// sum is added up by one invocation in the CPU's order, so only fused multiply-adds, division, square root and the
// driver's liberties can differ: the tolerance is 1e-6 of a tensor's largest entry, 1e-5 where exp or log takes part.

// 56 words: step.hpp; 36: gpu/plan.ts, what an executor works out of them once.
struct StepWords { words: array<vec4<u32>, 14>, plan: array<vec4<u32>, 9> }

struct Run {
  hyper: array<vec4<f32>, 3>,  // Hyper of step.hpp: 11 floats
  batch: u32,
  chunks: u32,
  chunk_sequences: u32,
  zero: u32,
  step: u32,  // the training step, for drawing its batch
  slot: u32,  // where its results go
}

@group(0) @binding(0) var<storage, read_write> arena: array<f32>;
@group(0) @binding(1) var<storage, read_write> scratch: array<f32>;
@group(0) @binding(2) var<uniform> steps: array<StepWords, 4>;  // kMaxTogether of step.hpp
@group(0) @binding(3) var<uniform> run: Run;
@group(0) @binding(4) var<storage, read_write> results: array<vec4<f32>>;  // per slot: loss, gradient's norm, 1 when it was applied
@group(0) @binding(5) var<storage, read> draw_table: array<u32>;
@group(0) @binding(6) var<storage, read> given: array<f32>;  // per slot: a batch from outside

const kThreads = 64u;

const kAxes = 6u;
const kAccumulate = 1u;
const kLayerNorm = 2u;
const kAlibi = 4u;
const kDistinct = 16u;
const kRelative = 32u;
const kBidirectional = 64u;
const kAddToSums = 128u;
const kWeighted = 256u;

fn word(i: u32) -> u32 { return steps[member].words[i / 4u][i % 4u]; }
fn flag(bit: u32) -> bool { return (word(1u) & bit) != 0u; }
fn offset(i: u32) -> u32 { return word(2u + i); }
fn chunk_stride(i: u32) -> u32 { return word(18u + i); }
fn size(i: u32) -> u32 { return word(26u + i); }
fn stride(operand: u32, axis: u32) -> u32 { return word(34u + kAxes * operand + axis); }
fn value(i: u32) -> f32 { return bitcast<f32>(word(52u + i)); }
fn batch_stride(i: u32) -> u32 { return word(10u + i); }
fn hyper(i: u32) -> f32 { return run.hyper[i / 4u][i % 4u]; }

fn four(at: vec4<u32>) -> vec4<f32> { return vec4<f32>(arena[at.x], arena[at.y], arena[at.z], arena[at.w]); }
fn four_scratch(at: vec4<u32>) -> vec4<f32> { return vec4<f32>(scratch[at.x], scratch[at.y], scratch[at.z], scratch[at.w]); }

/// Where sequence b of an operand starts.
fn sequence(i: u32, b: u32) -> u32 { return offset(i) + b * batch_stride(i); }
/// Where a chunk's copy of a parameter's gradient starts.
fn gradient(i: u32, chunk: u32) -> u32 { return offset(i) + chunk * chunk_stride(i); }
/// Sequences of a chunk: from x up to y.
fn sequences_of(chunk: u32) -> vec2<u32> {
  let first = chunk * run.chunk_sequences;
  return vec2<u32>(first, min(first + run.chunk_sequences, run.batch));
}

fn item(group: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 { return group_number(group, groups) * kThreads + local; }

var<workgroup> agreed: u32;

/// The first invocation's x, for all: what a Step's words decide differs between workgroups as far as WGSL can see, so a return or a loop
/// around a barrier may depend on them in this form only. To be called by all invocations of the workgroup.
fn uniformly(x: u32, local: u32) -> u32 {
  if (local == 0u) { agreed = x; }
  return workgroupUniformLoad(&agreed);
}

fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

// Compilers refuse an infinity or a NaN that they can see, so a zero from outside takes part.
fn infinity() -> f32 { return bitcast<f32>(0x7f800000u | run.zero); }
fn not_a_number() -> f32 { return bitcast<f32>(0x7fc00000u | run.zero); }
fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }

/// As in arithmetic.hpp. The rounding to a whole number is floor(x + ½): adding 1.5·2^23 may be optimised away.
fn exact_exp(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  let clamped = clamp(x, -88.0, 89.0);
  let n = floor(clamped * 1.44269504 + 0.5);
  let r = (clamped - n * 0.693359375) - n * -2.12194440e-4;
  var poly = 1.0 / 5040.0;
  poly = poly * r + 1.0 / 720.0;
  poly = poly * r + 1.0 / 120.0;
  poly = poly * r + 1.0 / 24.0;
  poly = poly * r + 1.0 / 6.0;
  poly = poly * r + 0.5;
  poly = (poly * r) * r + r + 1.0;
  let exponent = i32(n);
  let half = exponent >> 1u;
  let y = poly * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((exponent - half + 127) << 23u);
  return select(y, 0.0, x < -87.0);
}

fn exact_log(x: f32) -> f32 {
  if (is_nan(x) || x < 0.0) { return not_a_number(); }
  if (x == 0.0) { return -infinity(); }
  if (x > 3.4028234e38) { return x; }
  let shifted = bitcast<i32>(x) - 0x3f3504f3;
  let n = f32(shifted >> 23u);
  let m = bitcast<f32>((shifted & 0x007fffff) + 0x3f3504f3);
  let s = (m - 1.0) / (m + 1.0);
  let s2 = s * s;
  var poly = 2.0 / 9.0;
  poly = poly * s2 + 2.0 / 7.0;
  poly = poly * s2 + 2.0 / 5.0;
  poly = poly * s2 + 2.0 / 3.0;
  return n * 0.693359375 + ((poly * s2) * s + (2.0 * s + n * -2.12194440e-4));
}

fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + exact_exp(-x)); }

/// lane_sum of arithmetic.hpp: sixteen lanes are filled by the caller (term i into lane i mod 16), then added up here.
alias Lanes = array<f32, 16>;
fn tree(filled: Lanes) -> f32 {
  var lane = filled;
  for (var half = 8u; half > 0u; half /= 2u) {
    for (var j = 0u; j < half; j++) { lane[j] += lane[j + half]; }
  }
  return lane[0];
}
