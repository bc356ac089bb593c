import { describe, expect, test } from 'vitest';
import { cellsPath } from '../src/charts/attention_map.ts';
import { attentionPalette, paint, parseRgb, type Rgb } from '../src/charts/palette.ts';

/** Relative luminance, roughly: enough to see a ramp turn back. */
const light = (pixel: number) => 0.21 * (pixel & 255) + 0.72 * ((pixel >> 8) & 255) + 0.07 * ((pixel >> 16) & 255);
const paper: Rgb = [253, 252, 250];
const night: Rgb = [21, 23, 27];

describe('the palette', () => {
  test('begins at the background: no attention is nothing to see', () => {
    expect(attentionPalette(paper, false)[0]).toBe(0xfffafcfd);
    expect(attentionPalette(night, true)[0]).toBe(0xff1b1715);
  });

  test.each([
    ['light', paper, false, -1],
    ['dark', night, true, 1],
  ] as const)('gets steadily %s-scheme stronger', (_, background, dark, direction) => {
    const palette = attentionPalette(background, dark);
    for (let i = 1; i < palette.length; i++) {
      expect(direction * (light(palette[i]) - light(palette[i - 1]))).toBeGreaterThanOrEqual(-0.8);
    }
  });

  test('values outside [0, 1] and NaN stay inside the palette', () => {
    const palette = attentionPalette(paper, false);
    const pixels = new Uint32Array(4);
    paint(pixels, Float32Array.of(-1, 0, 2, Number.NaN), palette);
    expect(Array.from(pixels)).toEqual([palette[0], palette[0], palette[255], palette[0]]);
  });
});

test('colours of the style sheet are read', () => {
  expect(parseRgb('rgb(21, 23, 27)')).toEqual([21, 23, 27]);
});

test('outlined cells are squares at their column and row', () => {
  expect(cellsPath(Uint8Array.of(0, 0, 1, 0), 2)).toBe('M0 1h1v1h-1z');
});
