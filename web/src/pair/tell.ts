// One sentence on what differs now between two runs, and one on what it costs.
import type { Series } from '../series.ts';
import { pairStrings as words } from '../strings_pair.ts';
import { lastCommon } from './curves.ts';

export interface Told {
  a: Series;
  b: Series;
  /** Where they are; B may still be catching up. */
  step_a: number;
  step_b: number;
}

function onsetOf(series: Series): number | null {
  return series.onsets.find(({ kind }) => kind === 'induction')?.step ?? null;
}

export function tellPair({ a, b, step_a, step_b }: Told): string {
  const told = copying(onsetOf(a), onsetOf(b), step_b < step_a ? step_b : null);
  return [told, costs(a, b)].filter(Boolean).join(' ');
}

function copying(a: number | null, b: number | null, b_behind: number | null): string {
  if (a !== null && b !== null) return a === b ? words.both_at(a) : words.both(a, b);
  if (a !== null) return b_behind !== null && b_behind < a ? words.b_behind(a, b_behind) : words.one('A', a, 'B');
  if (b !== null) return words.one('B', b, 'A');
  return words.neither;
}

/** At the last step that both were measured at. */
function costs(a: Series, b: Series): string {
  const at = lastCommon(a, b);
  if (!at) return '';
  const [cost_a, cost_b] = [a.loss_rep[at.a], b.loss_rep[at.b]];
  return cost_a === null || cost_b === null ? '' : words.costs(at.step, cost_a, cost_b);
}
