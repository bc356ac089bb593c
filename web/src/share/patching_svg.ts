// The map of patches as SVG: places from the first layer up, positions from left to right, shares between −1 and 1.
import type { Table } from '../figures.ts';
import { colours } from '../theme.ts';
import { signedCells } from './signed_svg.ts';
import { drawing, element, label, paperColour, short } from './svg.ts';

export interface PatchMap {
  title: string;
  /** Which difference is shared out. */
  caption: string;
  legend: string;
  /** From the top. */
  rows: { name: string; values: readonly number[] }[];
  /** The first prompt's tokens. */
  columns: readonly string[];
}

const kCell = 18;
const kLeft = 76;
const kTop = 58;
const kMargin = 16;

export function patchMapSvg({ title, caption, legend, rows, columns }: PatchMap): string {
  const tint = colours();
  const grey = { fill: tint.grey, 'font-size': 10 };
  const values = Float32Array.from(rows.flatMap((row) => row.values));
  const [width, height] = [columns.length * kCell, rows.length * kCell];
  const parts = [
    label(kMargin, 22, title, { 'font-size': 15, 'font-weight': 600 }),
    label(kMargin, 42, caption, { ...grey, 'font-size': 11 }),
    element(
      'g',
      { transform: `translate(${kLeft} ${kTop}) scale(${kCell})`, 'shape-rendering': 'crispEdges' },
      signedCells(values, columns.length, tint.dark, 1),
    ),
    element('rect', { x: kLeft, y: kTop, width, height, fill: 'none', stroke: tint.hairline }),
    ...rows.map(({ name }, i) =>
      label(kLeft - 6, kTop + (i + 0.5) * kCell + 3.5, name, { ...grey, 'text-anchor': 'end' }),
    ),
    ...columns.map((name, t) => {
      const x = short(kLeft + (t + 0.5) * kCell);
      return label(Number(x), kTop + height + 14, name.slice(0, 3), { ...grey, 'text-anchor': 'middle' });
    }),
    label(kLeft, kTop + height + 34, legend, grey),
  ];
  // The caption may be wider than the map of a short prompt.
  const whole = Math.max(kLeft + width, kMargin + 6 * caption.length) + kMargin;
  return drawing(
    { width: whole, height: kTop + height + 48, title, paper: paperColour(), ink: tint.ink },
    parts.join(''),
  );
}

/** A row per position, a column per place, as on screen from the top. */
export function patchMapTable({ rows, columns }: PatchMap): Table {
  return {
    columns: [
      { name: 'position', values: columns.map((_, t) => t) },
      { name: 'token', values: [...columns] },
      ...rows.map(({ name, values }) => ({ name, values: [...values] })),
    ],
  };
}
