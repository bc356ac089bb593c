// From the parts of a logit to the rows of a figure: pure functions.
import type { Attribution, HeadPlace, HeadScores, LogitPart } from '@core/loader.mjs';
import type { Pair } from './protocol.ts';

/** Rows that are shown one by one; the others are added up. */
const kMostRows = 9;

export interface LogitRow {
  /** null: what is left, of `n` parts. */
  part: LogitPart | null;
  n: number;
  logits: number[];
  induction: boolean;
}

const largest = (logits: readonly number[]) => Math.max(...logits.map(Math.abs));

/** Largest first; what does not fit is added up, so that the rows still make the total. */
export function logitRows(found: Attribution, heads: readonly HeadScores[]): LogitRow[] {
  const induces = (part: LogitPart) =>
    part.source === 'head' && heads.some((head) => head.role === 'induction' && isAt(head, part.heads[0]));
  const rows = found.parts
    .map((part): LogitRow => ({ part, n: 1, logits: part.logits, induction: induces(part) }))
    .sort((a, b) => largest(b.logits) - largest(a.logits));
  const rest = rows.slice(kMostRows);
  if (rest.length < 2) return rows;
  const logits = found.tokens.map((_, i) => rest.reduce((sum, row) => sum + row.logits[i], 0));
  return [...rows.slice(0, kMostRows), { part: null, n: rest.length, logits, induction: false }];
}

export const isAt = (a: HeadPlace, b: HeadPlace | undefined): boolean => a.layer === b?.layer && a.head === b.head;

/** The earlier head that looks most at the previous token: the one that keys may be read through. */
export function previousHead(heads: readonly HeadScores[], before: number): HeadPlace | null {
  const earlier = heads.filter(({ layer }) => layer < before);
  if (earlier.length === 0) return null;
  const { layer, head } = earlier.reduce((best, next) => (next.previous_token > best.previous_token ? next : best));
  return { layer, head };
}

/** The induction path's two heads: the chosen head if it is an induction head, else the best one there is. */
export function inductionPair(heads: readonly HeadScores[], chosen: HeadPlace): Pair | null {
  const inducing = heads.filter(({ role, layer }) => role === 'induction' && layer > 0);
  const best = inducing.reduce<HeadScores | null>(
    (top, next) => (top && (top.induction ?? 0) >= (next.induction ?? 0) ? top : next),
    null,
  );
  const to = inducing.find((head) => isAt(head, chosen)) ?? best;
  const from = to && previousHead(heads, to.layer);
  return to && from ? { from, to: { layer: to.layer, head: to.head } } : null;
}
