// Attention as colour: one ramp of the viridis family that begins at the page's own background, so that empty stays empty.

export type Rgb = readonly [number, number, number];

/** Viridis from its light or its dark end; the first stop is the background and given by the scheme. */
const kOnLight: readonly Rgb[] = [
  [205, 228, 170],
  [112, 196, 120],
  [38, 148, 140],
  [49, 104, 142],
  [62, 58, 125],
  [52, 12, 72],
];
const kOnDark: readonly Rgb[] = [
  [52, 44, 92],
  [58, 82, 139],
  [33, 145, 140],
  [84, 197, 104],
  [180, 222, 60],
  [253, 238, 110],
];

const kSize = 256;

/** Packed little-endian RGBA for each of 256 shares of attention, 0 to 1. */
export function attentionPalette(background: Rgb, dark: boolean): Uint32Array {
  const stops = [background, ...(dark ? kOnDark : kOnLight)];
  const palette = new Uint32Array(kSize);
  for (let i = 0; i < kSize; i++) palette[i] = pack(mix(stops, i / (kSize - 1)));
  return palette;
}

/** The same ramp for a legend. */
export function paletteGradient(background: Rgb, dark: boolean): string {
  const stops = [background, ...(dark ? kOnDark : kOnLight)];
  return `linear-gradient(to right, ${stops.map((stop) => `rgb(${stop.join(' ')})`).join(', ')})`;
}

/** Fills pixels with the palette's colours of values in [0, 1]. */
export function paint(pixels: Uint32Array, values: Float32Array, palette: Uint32Array): void {
  for (let i = 0; i < pixels.length; i++) {
    const index = values[i] * (kSize - 1) + 0.5;
    pixels[i] = palette[index > 0 ? (index < kSize ? index | 0 : kSize - 1) : 0];
  }
}

export function parseRgb(css: string): Rgb {
  const [r = 0, g = 0, b = 0] = (css.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

function mix(stops: Rgb[], share: number): Rgb {
  const at = share * (stops.length - 1);
  const i = Math.min(Math.floor(at), stops.length - 2);
  const part = at - i;
  const between = (c: 0 | 1 | 2) => Math.round(stops[i][c] * (1 - part) + stops[i + 1][c] * part);
  return [between(0), between(1), between(2)];
}

function pack([r, g, b]: Rgb): number {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
