// The reverse of an embedding by workgroups, which search for their token together; see embed.wgsl.
// Bit-equal: plain sums in the CPU's order.

const kSearched = 256u;  // rows that are searched at once
var<workgroup> found: array<atomic<u32>, kSearched / 32u>;  // bit i: that row of the block has the token

// Notes which rows from `block` up to `end` have the token.
fn search_rows(token: u32, block: u32, end: u32, local: u32) {
  workgroupBarrier();
  if (local < kSearched / 32u) { atomicStore(&found[local], 0u); }
  workgroupBarrier();
  for (var i = local; i < min(kSearched, end - block); i += kThreads) {
    if (u32(arena[offset(0u) + block + i]) == token) { atomicOr(&found[i / 32u], 1u << (i % 32u)); }
  }
  workgroupBarrier();
}

/// A workgroup is one token's row of one chunk's dW_E, 64 columns of it; an invocation adds up one column over the rows of dout that have
/// the token, in ascending order.
@compute @workgroup_size(kThreads)
fn embed_backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let number = group_number(group, groups);
  let width = size(1u);
  let parts = (width + kThreads - 1u) / kThreads;
  let token = number / parts % size(2u);
  let chunk = number / parts / size(2u);
  let column = number % parts * kThreads + local;
  let live = column < width && chunk < run.chunks;
  let to = gradient(1u, chunk) + token * width + column;
  var sum = 0.0;
  if (live && flag(kAccumulate)) { sum = arena[to]; }
  let range = sequences_of(chunk) * size(0u);
  let end = uniformly(range.y, local);
  for (var block = uniformly(range.x, local); block < end; block += kSearched) {
    search_rows(token, block, end, local);
    for (var i = 0u; live && i < kSearched / 32u; i++) {
      for (var bits = atomicLoad(&found[i]); bits != 0u; bits &= bits - 1u) {
        sum += arena[offset(2u) + (block + 32u * i + firstTrailingBit(bits)) * width + column];
      }
    }
  }
  if (live) { arena[to] = sum; }
}
