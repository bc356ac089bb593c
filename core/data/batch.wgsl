// What the tasks' WGSL shares: one workgroup draws one sequence of the present training step's batch. The Step is Dataset::draw's.
// A task's kernel is draw_<task>. Equal to the bit: whole numbers only.

const kLongest = 256u;  // the most that n_ctx, and so a period, may be: config.def

var<workgroup> picks: array<u32, kLongest + 1u>;

/// The n-th random word of sequence `row`.
fn drawn(row: u32, n: u32) -> u32 { return random2(size(4u), kTrain, run.step, row * size(5u) + n).x; }

/// Token t of sequence `row`, 0 to n_ctx: each is read, and is the target of the one before.
fn put_token(row: u32, t: u32, token: u32) {
  if (t < size(0u)) { arena[sequence(0u, row) + t] = f32(token); }
  if (t > 0u) { arena[sequence(1u, row) + t - 1u] = f32(token); }
}
