// A matrix over pairs of tokens as SVG: one path per colour, and the names along both sides.

import { parseRgb } from '../charts/palette.ts';
import { largestSize, signedColour } from '../charts/signed.ts';
import type { Table } from '../figures.ts';
import { three } from '../format.ts';
import { colours } from '../theme.ts';
import { css } from './cells.ts';
import { drawing, element, label, paperColour, short } from './svg.ts';

export interface SignedMap {
  title: string;
  size: number;
  /** [size, size], rows first. */
  values: Float32Array;
  label(token: number): string;
}

const kSide = 384;
const kTop = 40;
const kMargin = 16;
const kLetter = 6.6;
/** Shades on either side of 0: more than an eye tells apart. */
const kShades = 96;
/** More names than this do not fit along a side. */
const kMostNames = 32;

export function signedMapSvg({ title, size, values, label: named }: SignedMap): string {
  const tint = colours();
  const every = Math.ceil(size / kMostNames);
  const names = Array.from({ length: size }, (_, token) => (token % every === 0 ? named(token).slice(0, 10) : ''));
  const left = kMargin + 8 + kLetter * Math.max(2, ...names.map(({ length }) => length));
  const cell = kSide / size;
  const grey = { fill: tint.grey, 'font-size': 10 };
  const middle = (token: number) => (token + 0.5) * cell;
  const foot = kTop + kSide;
  const parts = [
    label(kMargin, 22, title, { 'font-size': 15, 'font-weight': 600 }),
    element(
      'g',
      { transform: `translate(${short(left)} ${kTop}) scale(${cell})`, 'shape-rendering': 'crispEdges' },
      signedCells(values, size, tint.dark),
    ),
    element('rect', { x: left, y: kTop, width: kSide, height: kSide, fill: 'none', stroke: tint.hairline }),
    ...names.map((name, token) => label(left - 6, kTop + middle(token) + 3.5, name, { ...grey, 'text-anchor': 'end' })),
    ...names.map((name, token) => {
      const x = left + middle(token);
      return label(x, foot + 10, name, { ...grey, 'text-anchor': 'end', transform: turned(x + 3, foot + 8) });
    }),
  ];
  const below = 16 + kLetter * Math.max(2, ...names.map(({ length }) => length));
  const height = foot + below + 24;
  parts.push(label(left, height - 8, `−${three(largestSize(values))} … +${three(largestSize(values))}`, grey));
  const width = left + kSide + kMargin;
  return drawing({ width, height, title, paper: paperColour(), ink: tint.ink }, parts.join(''));
}

const turned = (x: number, y: number) => `rotate(-90 ${short(x)} ${short(y)})`;

/** Rows of `size` values, `most` in the fullest colour. Neighbours of one shade are one rectangle; what is next to nothing stays paper. */
export function signedCells(values: Float32Array, size: number, dark: boolean, most = largestSize(values)): string {
  const background = parseRgb(paperColour());
  const shade = (i: number) => (most > 0 ? Math.round(Math.max(-1, Math.min(1, values[i] / most)) * kShades) : 0);
  const paths = new Map<number, string>();
  for (let row = 0; row < values.length / size; row++) {
    for (let from = 0; from < size; ) {
      const now = shade(row * size + from);
      let to = from + 1;
      while (to < size && shade(row * size + to) === now) to++;
      if (now !== 0) paths.set(now, `${paths.get(now) ?? ''}M${from} ${row}h${to - from}v1h${from - to}z`);
      from = to;
    }
  }
  return [...paths]
    .map(([now, d]) => element('path', { d, fill: css(signedColour(now / kShades, background, dark)) }))
    .join('');
}

/** A row per cell. */
export function signedMapTable({ size, values, label: named }: SignedMap): Table {
  const names = Array.from({ length: size }, (_, token) => named(token));
  const cells = Array.from(values);
  return {
    columns: [
      { name: 'row', values: cells.map((_, i) => names[Math.floor(i / size)]) },
      { name: 'column', values: cells.map((_, i) => names[i % size]) },
      { name: 'value', values: cells },
    ],
  };
}
