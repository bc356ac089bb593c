// Levels that the loss is held against: a blind guess, and what is worked out from the task.
import type { Config, TaskLine } from '@core/loader.mjs';
import { strings } from './strings.ts';

export interface LossLevel {
  name: string;
  /** Nats per token. */
  at: number;
  doc: string;
  /** Of repeated tokens rather than of all. */
  inducible: boolean;
}

/** Two levels nearer than this are one line in a chart, in nats. */
const kSame = 0.005;

/** From the highest down; the blind guess only where the task has no level of its own there. */
export function lossLevels(config: Config, lines: TaskLine[]): LossLevel[] {
  const d_vocab = Number(config.d_vocab);
  const own = lines.flatMap(({ value, ...line }) => (value === null ? [] : [{ ...line, at: value }]));
  const guess = { name: strings.floor(d_vocab), at: Math.log(d_vocab), doc: strings.floor_doc, inducible: false };
  const all = own.some(({ at }) => Math.abs(at - guess.at) < kSame) ? own : [guess, ...own];
  return all.sort((a, b) => b.at - a.at);
}
