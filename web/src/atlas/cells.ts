// Means, medians and shares over the runs of a cell.
import { type Atlas, kDiverged } from './data.ts';

export type MeasureName = 'share' | 'onset' | 'loss' | 'score';

export interface Measure {
  name: MeasureName;
  label: string;
  unit: string;
  /** What the number in a cell is. */
  help: string;
  /** A smaller number means more induction. */
  less_is_more: boolean;
  /** Ends of the colour scale where they do not depend on the runs. */
  range: [number, number] | null;
  text(value: number): string;
}

export const kMeasures: readonly Measure[] = [
  {
    name: 'share',
    label: 'Share of runs with an induction head',
    unit: '',
    help: 'Runs in which some head became an induction head, of all runs of the cell; diverged runs count.',
    less_is_more: false,
    range: [0, 1],
    text: (value) => `${Math.round(value * 100)} %`,
  },
  {
    name: 'onset',
    label: 'Onset of induction',
    unit: 'steps',
    help: 'Median of the first probed step with an induction head, over the runs that had one.',
    less_is_more: true,
    range: null,
    text: (value) => String(Math.round(value)),
  },
  {
    name: 'loss',
    label: 'Final loss on repeated tokens',
    unit: 'nats',
    help: 'Mean at the last step, on held-out sequences; diverged runs are left out.',
    less_is_more: true,
    range: null,
    text: (value) => value.toFixed(2),
  },
  {
    name: 'score',
    label: 'Final induction score of the best head',
    unit: '',
    help: 'Mean at the last step, from 0 to 1; diverged runs are left out.',
    less_is_more: false,
    range: [0, 1],
    text: (value) => value.toFixed(2),
  },
];

export interface Cell {
  runs: number[];
  diverged: number;
  /** Runs that the number is made of. */
  counted: number;
  /** null: no run has such a number. */
  value: number | null;
}

export interface View {
  x: string;
  y: string;
  measure: MeasureName;
  /** Knobs that are held at one value, by its place. */
  held: Record<string, number>;
}

export function mean(values: readonly number[]): number | null {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** A run's own number; null when it has none. */
export function runValue(atlas: Atlas, run: number, measure: MeasureName): number | null {
  const { runs } = atlas;
  if (measure === 'onset') return runs.onset_induction[run];
  if (measure === 'share') return runs.onset_induction[run] === null ? 0 : 1;
  if (runs.status[run] === kDiverged) return null;
  return (measure === 'loss' ? runs.loss_rep : runs.induction)[run];
}

function summed(atlas: Atlas, runs: number[], measure: MeasureName): Cell {
  const values = runs.map((run) => runValue(atlas, run, measure)).filter((value) => value !== null);
  return {
    runs,
    diverged: runs.filter((run) => atlas.runs.status[run] === kDiverged).length,
    counted: values.length,
    value: measure === 'onset' ? median(values) : mean(values),
  };
}

/** Rows of cells, y then x. With x the same as y there is one row. */
export function cells(atlas: Atlas, view: View): Cell[][] {
  const size = (name: string) => atlas.knobs.find((knob) => knob.name === name)?.values.length ?? 1;
  const two = view.x !== view.y;
  const found: number[][][] = Array.from({ length: two ? size(view.y) : 1 }, () =>
    Array.from({ length: size(view.x) }, () => []),
  );
  const held = Object.entries(view.held).filter(([name]) => name !== view.x && name !== view.y && atlas.places[name]);
  for (let run = 0; run < atlas.runs.status.length; run++) {
    if (held.some(([name, place]) => atlas.places[name][run] !== place)) continue;
    found[two ? atlas.places[view.y][run] : 0][atlas.places[view.x][run]].push(run);
  }
  return found.map((row) => row.map((runs) => summed(atlas, runs, view.measure)));
}

/** Ends of the colour scale. */
export function scaleOf(measure: Measure, table: Cell[][]): [number, number] {
  if (measure.range) return measure.range;
  const values = table.flat().flatMap((cell) => (cell.value === null ? [] : [cell.value]));
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high > low ? [low, high] : [low, low + 1];
}
