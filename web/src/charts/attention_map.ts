// One head's attention as a picture: one canvas pixel per share, enlarged by CSS without smoothing, hence sharp everywhere.
import { paint } from './palette.ts';

const images = new WeakMap<HTMLCanvasElement, ImageData>();

/** Draws a [T, T] pattern, query before key, query 0 at the top. */
export function drawAttention(canvas: HTMLCanvasElement, pattern: Float32Array, T: number, palette: Uint32Array): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  if (canvas.width !== T) {
    canvas.width = T;
    canvas.height = T;
  }
  let image = images.get(canvas);
  if (image?.width !== T) {
    image = context.createImageData(T, T);
    images.set(canvas, image);
  }
  paint(new Uint32Array(image.data.buffer), pattern, palette);
  context.putImageData(image, 0, 0);
}

/** The cells where mask is 1, as an SVG path of squares in a T by T box. */
export function cellsPath(mask: Uint8Array, T: number): string {
  let path = '';
  for (let i = 0; i < T * T; i++) {
    if (mask[i]) path += `M${i % T} ${Math.floor(i / T)}h1v1h-1z`;
  }
  return path;
}
