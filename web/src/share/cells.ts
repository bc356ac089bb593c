// An attention pattern as SVG paths.
import { element } from './svg.ts';

/** One path per colour; neighbours in a row are one rectangle. Cells of no attention stay paper. */
export function cells(pattern: Float32Array, T: number, palette: Uint32Array): string {
  const last = palette.length - 1;
  const paths = new Map<number, string>();
  for (let row = 0; row < T; row++) {
    for (let from = 0; from <= row; ) {
      const shade = Math.round(Math.min(1, Math.max(0, pattern[row * T + from])) * last);
      let to = from + 1;
      while (to <= row && Math.round(Math.min(1, Math.max(0, pattern[row * T + to])) * last) === shade) to++;
      if (shade > 0) paths.set(shade, `${paths.get(shade) ?? ''}M${from} ${row}h${to - from}v1h${from - to}z`);
      from = to;
    }
  }
  return [...paths].map(([shade, d]) => element('path', { d, fill: css(palette[shade]) })).join('');
}

/** From packed little-endian RGBA. */
export function css(pixel: number): string {
  return `#${[0, 8, 16].map((shift) => ((pixel >> shift) & 255).toString(16).padStart(2, '0')).join('')}`;
}
