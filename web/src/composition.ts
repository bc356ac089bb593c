// From what was measured about pairs of heads to the arrows that are drawn: pure functions.
import type { ComposedPair, Composition, HeadPlace } from '@core/loader.mjs';

export type Input = 'q' | 'k' | 'v';
export const kInputs: readonly Input[] = ['q', 'k', 'v'];
export type ArrowKind = Input | 'strongest' | 'none';
export type Measure = 'effect' | 'weights';

export interface Arrow {
  from: HeadPlace;
  to: HeadPlace;
  input: Input;
  /** Score less what chance gets. */
  above: number;
}

/** Below this an arrow is not worth a line. */
export const kFaintestArrow = 0.01;

/** One pair's score above chance; null where it is not defined. */
export function aboveChance(pair: ComposedPair, input: Input, measure: Measure, baseline: number): number | null {
  if (measure === 'weights') {
    const score = pair.weights[input];
    return score === null ? null : score - baseline;
  }
  return pair.effect && pair.chance ? pair.effect[input] - pair.chance[input] : null;
}

/** Every pair's score of one kind: of the strongest input, or of the one asked for. Undefined ones are left out. */
export function arrowsOf(found: Composition, kind: ArrowKind, measure: Measure): Arrow[] {
  if (kind === 'none') return [];
  const inputs = kind === 'strongest' ? kInputs : [kind];
  return found.pairs.flatMap((pair) => {
    const all = inputs.flatMap((input) => {
      const above = aboveChance(pair, input, measure, found.baseline);
      return above === null ? [] : [{ from: pair.from, to: pair.to, input, above }];
    });
    return all.length === 0 ? [] : [all.reduce((best, next) => (next.above > best.above ? next : best))];
  });
}

/** The one that stands out most; null when none does. */
export function strongest(arrows: readonly Arrow[]): Arrow | null {
  const best = arrows.reduce<Arrow | null>((top, next) => (top && top.above >= next.above ? top : next), null);
  return best && best.above >= kFaintestArrow ? best : null;
}

/** Why a kind has no arrows; null where it has. */
export function whyNone(found: Composition, kind: ArrowKind, measure: Measure): string | null {
  if (kind === 'none') return null;
  if (measure === 'effect') return found.not_defined.effect;
  return kind === 'strongest' ? found.not_defined.v : found.not_defined[kind];
}

export interface ArrowPath extends Arrow {
  /** Curve from the earlier head, at the bottom, to the later one. */
  path: string;
  tip: string;
  /** Pixels. */
  width: number;
}

/** Pixels of width per unit of score, and the widest arrow. */
const kWidth = 32;
const kWidest = 10;
const kTip = 7;

interface Box {
  width: number;
  height: number;
  n_heads: number;
  /** Heads beside one another; more wrap into further rows. */
  columns: number;
}

/** Middle of a head's column; heads of further rows a little to the right, so that their ends can be told apart. */
function middle(head: number, { width, columns }: Box): number {
  return ((head % columns) + 0.5) * (width / columns) + 6 * Math.floor(head / columns);
}

/** Ends are spread over half a column, in the order of the heads at the other end, so that arrows do not lie on one another. */
function end(own: number, other: number, box: Box): number {
  const room = Math.min(0.5 * (box.width / box.columns), 12 * box.n_heads);
  return middle(own, box) + room * ((other + 0.5) / box.n_heads - 0.5);
}

export function arrowPath(arrow: Arrow, box: Box): ArrowPath {
  const width = Math.min(kWidest, Math.max(0.75, kWidth * arrow.above));
  const x0 = end(arrow.from.head, arrow.to.head, box);
  const x1 = end(arrow.to.head, arrow.from.head, box);
  const foot = box.height;
  const neck = kTip;
  const bend = foot / 2;
  const half = 2 + width / 2;
  const at = (x: number) => x.toFixed(1);
  return {
    ...arrow,
    width,
    path: `M${at(x0)} ${foot}C${at(x0)} ${bend} ${at(x1)} ${bend} ${at(x1)} ${neck}`,
    tip: `M${at(x1 - half)} ${neck}L${at(x1)} 0L${at(x1 + half)} ${neck}Z`,
  };
}
