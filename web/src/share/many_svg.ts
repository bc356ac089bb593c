// The figures of many seeds as SVG and as columns: the histogram of onsets, and the small multiples.
import type { SmallAxes } from '../charts/small_multiple.ts';
import type { Table } from '../figures.ts';
import { whole } from '../format.ts';
import type { SeedRun } from '../many/batch.ts';
import type { Bin, Quartiles } from '../many/summary.ts';
import { colours } from '../theme.ts';
import { ticks } from './chart_svg.ts';
import { drawing, element, label, paperColour, short } from './svg.ts';

const kMargin = 16;
const kHead = { 'font-size': 15, 'font-weight': 600 };

export interface Histogram {
  title: string;
  unit: string;
  /** Under the bar of the runs without an onset. */
  never_word: string;
  bins: Bin[];
  never: number;
  middle: Quartiles;
  probe_every: number;
}

const kAxis = 560;
const kHigh = 180;
const kNever = 40;

export function histogramSvg({ title, unit, never_word, bins, never, middle, probe_every }: Histogram): string {
  const tint = colours();
  const end = bins[bins.length - 1].to;
  const foot = 72 + kHigh;
  const edge = (step: number) => kMargin + (kAxis * step) / end;
  // A step stands in the middle of its probe.
  const x = (step: number) => edge(step + probe_every / 2);
  const tallest = Math.max(1, never, ...bins.map(({ count }) => count));
  const beyond = edge(end) + 32;
  const bars = [
    ...bins.map(({ from, to, count }) => ({
      left: edge(from),
      wide: edge(to) - edge(from),
      count,
      fill: tint.heads[0],
    })),
    { left: beyond, wide: kNever, count: never, fill: tint.grey },
  ];
  const grey = { fill: tint.grey, 'text-anchor': 'middle' };
  const parts = [
    label(kMargin, 22, title, kHead),
    label(kMargin, 40, unit, { fill: tint.grey }),
    ...bars
      .filter(({ count }) => count > 0)
      .map(({ left, wide, count, fill }) => {
        const high = (kHigh * count) / tallest;
        const rect = element('rect', { x: left + 0.5, y: foot - high, width: wide - 1, height: high, fill });
        return rect + label(left + wide / 2, foot - high - 5, String(count), grey);
      }),
    element('path', {
      d: `M${kMargin} ${foot}H${short(edge(end))}M${short(beyond)} ${foot}h${kNever}`,
      stroke: tint.hairline,
    }),
    ...ticks(end, 6).map((step) => label(x(step), foot + 28, whole(step), grey)),
    label(beyond + kNever / 2, foot + 28, never_word, grey),
  ];
  parts.push(...middleHalf(middle, x, foot + 8));
  const sheet = { width: beyond + kNever + kMargin, height: foot + 40, title, paper: paperColour(), ink: tint.ink };
  return drawing(sheet, parts.join(''));
}

/** The middle half as a line, the median as a dot on it. */
function middleHalf({ lower, median, upper }: Quartiles, x: (step: number) => number, y: number): string[] {
  const { ink } = colours();
  const line = { stroke: ink, 'stroke-width': 1.5 };
  return [
    lower === null || upper === null
      ? ''
      : element('path', { d: `M${short(x(lower))} ${y}H${short(x(upper))}`, ...line }),
    median === null ? '' : element('circle', { cx: x(median), cy: y, r: 3.5, fill: ink }),
  ];
}

export function histogramTable({ bins, never, never_word }: Histogram): Table {
  return {
    columns: [
      { name: 'from', values: [...bins.map(({ from }) => from), null] },
      { name: 'to', values: [...bins.map(({ to }) => to - 1), null] },
      { name: 'seeds', values: [...bins.map(({ count }) => count), never] },
      { name: 'onset', values: [...bins.map(() => 'in these steps'), never_word] },
    ],
  };
}

export interface Multiples {
  title: string;
  unit: string;
  runs: SeedRun[];
  axes: SmallAxes;
  seed(n: number): string;
  /** For the corner: the onset, or why there is none. */
  corner(run: SeedRun): string;
}

const kWide = 150;
const kTall = 80;
const kColumns = 6;

export function multiplesSvg({ title, unit, runs, axes, seed, corner }: Multiples): string {
  const tint = colours();
  const columns = Math.min(kColumns, runs.length);
  const rows = Math.ceil(runs.length / columns);
  const parts = [label(kMargin, 22, title, kHead), label(kMargin, 40, unit, { fill: tint.grey })];
  runs.forEach((run, i) => {
    const x = kMargin + (i % columns) * (kWide + 20);
    const y = 68 + Math.floor(i / columns) * (kTall + 36);
    parts.push(
      label(x, y, seed(run.seed)),
      label(x + kWide, y, corner(run), { fill: tint.grey, 'text-anchor': 'end' }),
      element('g', { transform: `translate(${x} ${y + 8})` }, oneRun(run, axes)),
    );
  });
  const width = Math.max(kMargin + columns * (kWide + 20), 7 * unit.length + 2 * kMargin);
  const sheet = { width, height: 68 + rows * (kTall + 36), title, paper: paperColour(), ink: tint.ink };
  return drawing(sheet, parts.join(''));
}

function oneRun({ trace, onset }: SeedRun, { max_step, max_loss }: SmallAxes): string {
  const tint = colours();
  const x = (step: number) => (kWide * step) / max_step;
  const line = (values: readonly (number | null)[], top: number, look: { stroke: string; 'stroke-width': number }) => {
    const points = values.flatMap((value, i) => {
      if (value === null || !Number.isFinite(value)) return [];
      return [`${short(x(trace.step[i]))} ${short(kTall * (1 - Math.min(1, Math.max(0, value / top))))}`];
    });
    return points.length === 0 ? '' : element('path', { d: `M${points.join('L')}`, fill: 'none', ...look });
  };
  const at = onset.induction;
  return [
    element('path', { d: `M0 0V${kTall}H${kWide}`, fill: 'none', stroke: tint.hairline }),
    at === null ? '' : element('path', { d: `M${short(x(at))} 0V${kTall}`, stroke: tint.ink, opacity: 0.55 }),
    line(trace.loss, max_loss, { stroke: tint.grey, 'stroke-width': 1 }),
    line(trace.best, 1, { stroke: tint.heads[0], 'stroke-width': 1.75 }),
  ].join('');
}

/** A row per point of a curve. */
export function multiplesTable(runs: SeedRun[]): Table {
  const points = runs.flatMap(({ seed, trace }) =>
    trace.step.map((step, i) => ({ seed, step, best: trace.best[i], loss: trace.loss[i] })),
  );
  return {
    columns: [
      { name: 'seed', values: points.map(({ seed }) => seed) },
      { name: 'step', values: points.map(({ step }) => step) },
      { name: 'best_induction', values: points.map(({ best }) => best) },
      { name: 'loss', values: points.map(({ loss }) => loss) },
    ],
  };
}
