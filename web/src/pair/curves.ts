// The curves of two runs on one axis of steps: each has its own probes.
import type { Column, Series } from '../series.ts';

/** At each step the highest of the heads' scores. */
export function bestOf(columns: readonly Column[], n: number): Column {
  return Array.from({ length: n }, (_, i) => {
    const values = columns.map((column) => column[i]).filter((value) => value !== null && value !== undefined);
    return values.length === 0 ? null : Math.max(...values);
  });
}

/** Both lists of steps in one, ascending, and where each run's values go in it. */
export function joinSteps(a: readonly number[], b: readonly number[]) {
  const step = [...new Set([...a, ...b])].sort((one, two) => one - two);
  const place = new Map(step.map((at, i): [number, number] => [at, i]));
  const spread = (own: readonly number[], values: Column): Column => {
    const column: Column = step.map(() => null);
    own.forEach((at, i) => {
      column[place.get(at) as number] = values[i] ?? null;
    });
    return column;
  };
  return { step, of_a: (values: Column) => spread(a, values), of_b: (values: Column) => spread(b, values) };
}

/** The last step that both have a probe of, and its place in each; null when there is none. */
export function lastCommon(a: Series, b: Series): { step: number; a: number; b: number } | null {
  for (let i = a.step.length - 1; i >= 0; i--) {
    const j = b.step.lastIndexOf(a.step[i]);
    if (j >= 0) return { step: a.step[i], a: i, b: j };
  }
  return null;
}
