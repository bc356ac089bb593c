// Attention patterns as pixels: tile (head, layer) of the target is that head's [T, T] pattern, query downwards, key to the right.
// arena: of the prompt's forward Program; the [n_heads, T, T] pattern of layer l begins at offsets[l].

struct Maps {
  /// RGBA in four bytes for each of 256 shares of attention, 0 to 1.
  palette: array<u32, 256>,
  /// T.
  length: u32,
  offsets: array<u32>,
}

@group(0) @binding(0) var<storage, read> arena: array<f32>;
@group(0) @binding(1) var<storage, read> maps: Maps;

/// One triangle that covers the target.
@vertex
fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(4.0 * f32(i & 1u) - 1.0, 2.0 * f32(i & 2u) - 1.0, 0.0, 1.0);
}

@fragment
fn colour(@builtin(position) place: vec4f) -> @location(0) vec4f {
  let pixel = vec2u(place.xy);
  let tile = pixel / maps.length;
  let cell = pixel % maps.length;
  let share = arena[maps.offsets[tile.y] + (tile.x * maps.length + cell.y) * maps.length + cell.x];
  // As `paint` of charts/palette.ts rounds. What is no number is drawn as no attention, hence the comparison.
  let index = share * 255.0 + 0.5;
  return unpack4x8unorm(maps.palette[select(0u, u32(min(index, 255.0)), index > 0.0)]);
}
