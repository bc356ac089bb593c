// Signed numbers as colour: blue above 0, orange below, and the page's own background at 0, so that nothing stays nothing.
import type { Rgb } from './palette.ts';

const kBlue: { light: Rgb; dark: Rgb } = { light: [0, 82, 155], dark: [92, 178, 255] };
const kOrange: { light: Rgb; dark: Rgb } = { light: [196, 78, 0], dark: [255, 150, 50] };

/** Packed little-endian RGBA of a value in [−1, 1]. */
export function signedColour(value: number, background: Rgb, dark: boolean): number {
  const end = (value < 0 ? kOrange : kBlue)[dark ? 'dark' : 'light'];
  // A root makes small values visible without making them large.
  const share = Math.min(1, Math.abs(value)) ** 0.75;
  const [r, g, b] = [0, 1, 2].map((i) => Math.round(background[i] * (1 - share) + end[i] * share));
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

export function signedGradient(background: Rgb, dark: boolean): string {
  const css = (value: number) => {
    const colour = signedColour(value, background, dark);
    return `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
  };
  return `linear-gradient(to right, ${[-1, -0.5, 0, 0.5, 1].map(css).join(', ')})`;
}

export function largestSize(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** What a matrix is painted over. */
export interface Ground {
  background: Rgb;
  dark: boolean;
}

/** Draws a matrix of so many columns, one canvas pixel per entry, row 0 at the top; `most` and more has the full colour. */
export function drawSigned(
  canvas: HTMLCanvasElement,
  values: Float32Array,
  columns: number,
  { background, dark }: Ground,
  most = largestSize(values),
): void {
  const rows = values.length / columns;
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns;
    canvas.height = rows;
  }
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = signedColour(most > 0 ? values[i] / most : 0, background, dark);
  context.putImageData(image, 0, 0);
}
