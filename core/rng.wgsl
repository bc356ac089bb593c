// Twin of rng.hpp, to the bit: adds, rotations and exclusive-ors of 32-bit words.

const kTrain = 2u;  // Stream::train

/// Threefry-2x32, 20 rounds: key (seed, stream), counter (i, j) -> two words.
fn random2(seed: u32, stream: u32, i: u32, j: u32) -> vec2<u32> {
  var rotation = array<u32, 8>(13u, 15u, 26u, 6u, 17u, 29u, 16u, 24u);
  var key = array<u32, 3>(seed, stream, 0x1BD11BDAu ^ seed ^ stream);
  var a = i + key[0];
  var b = j + key[1];
  for (var round = 0u; round < 20u; round++) {
    let turn = rotation[round % 8u];
    a += b;
    b = ((b << turn) | (b >> (32u - turn))) ^ a;
    if (round % 4u == 3u) {
      let inject = round / 4u + 1u;
      a += key[inject % 3u];
      b += key[(inject + 1u) % 3u] + inject;
    }
  }
  return vec2<u32>(a, b);
}
