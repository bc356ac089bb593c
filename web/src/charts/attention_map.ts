// One head's attention as a picture: one canvas pixel per share, enlarged by CSS without smoothing, hence sharp everywhere.
// Two ways to the same pixels: from the numbers, or from a bitmap that the graphics device painted (gpu/maps.ts).
import { paint } from './palette.ts';

const images = new WeakMap<HTMLCanvasElement, ImageData>();

function contextOf(canvas: HTMLCanvasElement, T: number): CanvasRenderingContext2D | null {
  if (canvas.width !== T) {
    canvas.width = T;
    canvas.height = T;
  }
  return canvas.getContext('2d');
}

/** Draws a [T, T] pattern, query before key, query 0 at the top. */
export function drawAttention(canvas: HTMLCanvasElement, pattern: Float32Array, T: number, palette: Uint32Array): void {
  const context = contextOf(canvas, T);
  if (!context) return;
  let image = images.get(canvas);
  if (image?.width !== T) {
    image = context.createImageData(T, T);
    images.set(canvas, image);
  }
  paint(new Uint32Array(image.data.buffer), pattern, palette);
  context.putImageData(image, 0, 0);
}

/** Draws one head's tile of maps that the graphics device painted: column `head` and row `layer` of tiles of T by T pixels. */
export function drawTile(canvas: HTMLCanvasElement, maps: ImageBitmap, layer: number, head: number, T: number): void {
  const context = contextOf(canvas, T);
  if (!context) return;
  context.imageSmoothingEnabled = false;
  context.drawImage(maps, head * T, layer * T, T, T, 0, 0, T, T);
}

/** The cells where mask is 1, as an SVG path of squares in a T by T box. */
export function cellsPath(mask: Uint8Array, T: number): string {
  let path = '';
  for (let i = 0; i < T * T; i++) {
    if (mask[i]) path += `M${i % T} ${Math.floor(i / T)}h1v1h-1z`;
  }
  return path;
}
