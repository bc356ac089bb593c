// The small figures about one head as SVG and as columns: eigenvalues, entropy over training, the rows of a logit.
import type { Attribution } from '@core/loader.mjs';
import type { ChartPicture } from '../charts/line_chart.ts';
import type { Table } from '../figures.ts';
import { three } from '../format.ts';
import type { Column } from '../series.ts';
import { type Colours, colours } from '../theme.ts';
import { drawing, element, label, paperColour, short } from './svg.ts';

const kMargin = 16;
const kHead = { 'font-size': 15, 'font-weight': 600 };

export interface Plane {
  title: string;
  /** Under the picture. */
  caption: string;
  values: readonly [number, number][];
  colour: string;
}

const kSide = 320;
const kTop = 40;

export function planeSvg({ title, caption, values, colour }: Plane): string {
  const tint = colours();
  const most = Math.max(1e-9, ...values.map(([re, im]) => Math.hypot(re, im)));
  const [x0, y0] = [kMargin + kSide / 2, kTop + kSide / 2];
  const at = (length: number) => (0.44 * kSide * length) / most;
  const line = { fill: 'none', stroke: tint.hairline };
  const grey = { fill: tint.grey };
  const width = Math.max(kSide, 6.8 * caption.length, 8.4 * title.length) + 2 * kMargin;
  const parts = [
    label(kMargin, 22, title, kHead),
    element('rect', { x: kMargin, y: kTop, width: kSide, height: kSide, ...line }),
    element('path', { d: `M${kMargin} ${y0}h${kSide}M${x0} ${kTop}v${kSide}`, ...line }),
    element('circle', { cx: x0, cy: y0, r: at(most), ...line }),
    ...values.map(([re, im]) =>
      element('circle', { cx: x0 + at(re), cy: y0 - at(im), r: 5, fill: colour, stroke: tint.paper }),
    ),
    label(x0 + at(most) - 4, y0 + 16, three(most), { ...grey, 'text-anchor': 'end' }),
    label(kMargin, kTop + kSide + 22, caption, grey),
  ];
  const height = kTop + kSide + 36;
  return drawing({ width, height, title, paper: paperColour(), ink: tint.ink }, parts.join(''));
}

export function planeTable(values: readonly [number, number][]): Table {
  return {
    columns: [
      { name: 'real', values: values.map(([re]) => re) },
      { name: 'imaginary', values: values.map(([, im]) => im) },
    ],
  };
}

/** For chart_svg.ts. */
export function entropyPicture(step: number[], values: Column, even: number, colour: string): ChartPicture {
  return {
    step,
    lines: [{ label: '', colour, width: 2, values }],
    levels: [{ at: even, label: `even ${three(even)}` }],
    marks: [],
    max_step: Math.max(1, step.at(-1) ?? 1),
    max_value: 1.15 * even,
  };
}

export function entropyTable(step: number[], values: Column): Table {
  return {
    columns: [
      { name: 'step', values: step },
      { name: 'entropy', values },
    ],
  };
}

export interface LogitBars {
  title: string;
  /** The tokens that are asked about, one column each. */
  columns: string[];
  /** The total last. */
  rows: { name: string; logits: readonly number[]; induction: boolean }[];
}

const kRow = 24;
const kBar = 220;

export function logitSvg({ title, columns, rows }: LogitBars): string {
  const tint = colours();
  const left = kMargin + 7 * Math.max(8, ...rows.map(({ name }) => name.length)) + 12;
  const most = Math.max(1e-9, ...rows.flatMap(({ logits }) => logits.map(Math.abs)));
  const column = kBar + 64;
  const width = Math.max(left + columns.length * column + kMargin, 8.4 * title.length + 2 * kMargin);
  const height = 64 + rows.length * kRow + kMargin;
  const parts = [
    label(kMargin, 22, title, kHead),
    ...columns.map((name, i) => label(left + i * column, 50, name, { fill: tint.grey })),
    ...rows.map(({ name, logits, induction }, r) => {
      const y = 64 + r * kRow;
      const strong = induction || r === rows.length - 1;
      const bars = columns.map((_, i) => bar(logits[i], { x: left + i * column, y, most }, tint));
      return label(kMargin, y + 15, name, { 'font-weight': strong ? 600 : undefined }) + bars.join('');
    }),
    element('path', {
      d: `M${kMargin} ${64 + (rows.length - 1) * kRow}H${short(width - kMargin)}`,
      stroke: tint.hairline,
    }),
  ];
  return drawing({ width, height, title, paper: paperColour(), ink: tint.ink }, parts.join(''));
}

function bar(value: number, { x, y, most }: { x: number; y: number; most: number }, tint: Colours): string {
  const long = (0.5 * kBar * Math.abs(value)) / most;
  const middle = x + kBar / 2;
  return [
    element('path', { d: `M${short(middle)} ${y + 4}v16`, stroke: tint.hairline }),
    element('rect', {
      x: value < 0 ? middle - long : middle,
      y: y + 7,
      width: long,
      height: 10,
      fill: value < 0 ? '#d2691e' : '#2a7ab8',
    }),
    label(x + kBar + 48, y + 16, three(value), { 'text-anchor': 'end' }),
  ].join('');
}

/** Every path by itself, also those that the figure adds up. */
export function logitTable(
  found: Attribution,
  tokens: string[],
  name: (part: Attribution['parts'][number]) => string,
): Table {
  return {
    columns: [
      { name: 'path', values: [...found.parts.map(name), 'total'] },
      ...tokens.map((token, i) => ({
        name: token,
        values: [...found.parts.map(({ logits }) => logits[i]), found.totals[i]],
      })),
    ],
  };
}
