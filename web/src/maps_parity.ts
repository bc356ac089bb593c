// maps.html?layers=2&heads=4&T=32&scheme=dark: the maps' two ways to their pixels, from the same made-up patterns; the result as JSON on
// the page and in window.mapsResult.
import { drawAttention, drawTile } from './charts/attention_map.ts';
import { attentionPalette, type Rgb } from './charts/palette.ts';
import { kCopyTarget, kStorage } from './gpu/buffers.ts';
import { openGpu } from './gpu/device.ts';
import { MapPainter, type MapShape } from './gpu/maps.ts';

export interface MapsResult {
  /** Size of the bitmap. */
  width: number;
  height: number;
  /** Largest difference of a channel's level, 0 to 255, over all pixels of all heads. */
  worst: number;
  /** Colours among the pixels: a blank picture has one. */
  colours: number;
}

declare global {
  interface Window {
    mapsResult?: MapsResult | { problem: string };
  }
}

const kPapers: Record<string, Rgb> = { light: [253, 252, 250], dark: [21, 23, 27] };
/** Floats before, between and after the patterns: an offset that is ignored is found. */
const kGap = 7;

/**
 * Shares that differ from cell to cell, head to head and layer to layer, among them 0, 1, and what is no share at all. None lies halfway
 * between two of the 256 colours, where float there and double here may round to either.
 */
function makeUp(n: number, layer: number): Float32Array<ArrayBuffer> {
  const odd = [0, 1, Number.NaN, -0.25, 1.5, Number.POSITIVE_INFINITY];
  const made = (i: number) => (Math.floor(255 * (((i + 1) * 0.618034 + layer * 0.371) % 1)) + 0.4 * Math.sin(i)) / 255;
  return Float32Array.from({ length: n }, (_, i) => (i < odd.length ? odd[i] : made(i)));
}

function pixelsOf(canvas: HTMLCanvasElement): Uint8ClampedArray {
  const { width, height } = canvas;
  return canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
}

async function compare(shape: MapShape, scheme: string): Promise<MapsResult> {
  const { n_layers, n_heads, T } = shape;
  const palette = attentionPalette(kPapers[scheme], scheme === 'dark');
  const gpu = await openGpu();
  const floats = n_heads * T * T;
  const patterns = Array.from({ length: n_layers }, (_, layer) => makeUp(floats, layer));
  // The last layer first: the offsets decide, not the order.
  const offsets = patterns.map((_, layer) => kGap + (n_layers - 1 - layer) * (floats + kGap));
  const size = 4 * (kGap + n_layers * (floats + kGap));
  const arena = gpu.device.createBuffer({ size, usage: kStorage | kCopyTarget });
  for (const [layer, pattern] of patterns.entries()) gpu.device.queue.writeBuffer(arena, 4 * offsets[layer], pattern);
  const painter = await MapPainter.create(gpu, shape);
  // Twice: the second picture must not depend on the first.
  painter.paint(arena, offsets, palette.toReversed()).close();
  const maps = painter.paint(arena, offsets, palette);
  const [one, two] = [document.createElement('canvas'), document.createElement('canvas')];
  const colours = new Set<number>();
  let worst = 0;
  for (let tile = 0; tile < n_layers * n_heads; tile++) {
    const [layer, head] = [Math.floor(tile / n_heads), tile % n_heads];
    drawTile(one, maps, layer, head, T);
    drawAttention(two, patterns[layer].subarray(head * T * T, (head + 1) * T * T), T, palette);
    const [painted, wanted] = [pixelsOf(one), pixelsOf(two)];
    for (let i = 0; i < wanted.length; i++) worst = Math.max(worst, Math.abs(painted[i] - wanted[i]));
    for (const colour of new Uint32Array(painted.buffer)) colours.add(colour);
  }
  gpu.check();
  const { width, height } = maps;
  return { width, height, worst, colours: colours.size };
}

async function start(): Promise<MapsResult | { problem: string }> {
  const asked = new URLSearchParams(location.search);
  const number = (name: string, otherwise: number) => Number(asked.get(name) ?? otherwise);
  const shape = { n_layers: number('layers', 2), n_heads: number('heads', 4), T: number('T', 32) };
  try {
    return await compare(shape, asked.get('scheme') ?? 'light');
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

window.mapsResult = await start();
const shown = document.querySelector('#result');
if (shown) shown.textContent = JSON.stringify(window.mapsResult, null, 2);
