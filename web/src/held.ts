// The lines that are held in the model (core/intervene.hpp), head by head: read from text, and changed by what a reader does to a head.
import { headName } from './format.ts';

export type Ablation = 'zero' | 'mean' | 'resample' | 'pattern_preserving';
export type Clamp = 'previous' | 'match' | 'uniform';

/** What can be done to one head. A head is ablated or clamped, not both; frozen goes with either. */
export type Action = { do: 'ablate'; how: Ablation } | { do: 'clamp'; to: Clamp } | { do: 'freeze' };

/** What is held on one head. */
export interface HeldHead {
  ablated: Ablation | null;
  clamped: Clamp | 'given' | null;
  frozen: boolean;
}

export const kAblations: readonly Ablation[] = ['zero', 'mean'];
export const kClamps: readonly Clamp[] = ['previous', 'match', 'uniform'];

function lineOf(head: string, action: Action): string {
  if (action.do === 'freeze') return `freeze ${head}`;
  return action.do === 'ablate' ? `ablate ${head} ${action.how}` : `clamp ${head} ${action.to}`;
}

/** The head that a line is about alone; null: of a path, or of parameters by name. */
export function headOf(line: string): string | null {
  return /^(?:ablate|clamp|copy|freeze|patch) (\d+\.\d+)\b/.exec(line)?.[1] ?? null;
}

export function heldOn(lines: readonly string[], head: string): HeldHead {
  const words = lines.filter((line) => headOf(line) === head).map((line) => line.split(' '));
  const word = (what: string) => words.find(([first]) => first === what)?.[2] ?? null;
  return {
    ablated: word('ablate') as Ablation | null,
    clamped: word('clamp') as HeldHead['clamped'],
    frozen: words.some(([first]) => first === 'freeze'),
  };
}

/** The same again takes it back; another ablation or clamp takes the place of the first. */
export function toggled(lines: readonly string[], head: string, action: Action): string[] {
  const line = lineOf(head, action);
  if (lines.includes(line)) return lines.filter((other) => other !== line);
  const freeze = action.do === 'freeze';
  return [...lines.filter((other) => headOf(other) !== head || other.startsWith('freeze') !== freeze), line];
}

export function restored(lines: readonly string[], head: string): string[] {
  return lines.filter((line) => headOf(line) !== head);
}

/** All these heads ablated, whatever was held on them. */
export function allAblated(lines: readonly string[], heads: readonly string[]): string[] {
  const others = lines.filter((line) => !heads.includes(headOf(line) ?? '') || line.startsWith('freeze'));
  return [...others, ...heads.map((head) => lineOf(head, { do: 'ablate', how: 'zero' }))];
}

/** Heads whose output does not reach the model. */
export function ablatedHeads(lines: readonly string[]): Set<string> {
  return new Set(lines.filter((line) => /^(ablate|patch \S+ all) /.test(line)).map((line) => headOf(line) ?? ''));
}

interface WithHeads {
  heads: { layer: number; head: number; role: string }[];
}

/** Heads that play the role of induction, by name. */
export function teamOf(record: WithHeads | null): string[] {
  const heads = record?.heads.filter(({ role }) => role === 'induction') ?? [];
  return heads.map(({ layer, head }) => headName(layer, head));
}
