// Words of the arrows between the layers.
import { three } from './format.ts';

export const arrowStrings = {
  title: 'Composition between heads',
  show: 'Arrows',
  kinds: {
    strongest: 'strongest input',
    q: 'into queries',
    k: 'into keys',
    v: 'into values',
    none: 'none',
  },
  inputs: { q: 'queries', k: 'keys', v: 'values' },
  letters: { q: 'Q', k: 'K', v: 'V' },
  by: 'measured by',
  measures: { effect: 'effect', weights: 'weights' },
  effect_help:
    'Width: how far the later head’s attention (for values: its output) moves when that input no longer hears the earlier head, less what an equally long random message does; measured on held-out rows.',
  weights_help: (baseline: number) =>
    `Width: Frobenius composition of the weights, less the ${three(baseline)} that random matrices get; a weak witness.`,
  one_layer: 'Arrows between layers need two layers: with one, no head reads what another one wrote.',
  not_defined: (kind: string, reason: string) => `No arrows for ${kind}: ${reason}.`,
  not_measured: (reason: string) => `No arrows: ${reason}.`,
  not_yet: 'The arrows are being measured.',
  nothing: 'No head reads an earlier one more than by chance yet.',
  strongest: (from: string, to: string, input: string, above: number) =>
    `Strongest: ${from} → ${to}, ${input} (${three(above)} above chance).`,
  skips: (n: number) => (n === 0 ? '' : ` Arrows that skip a layer are in the table for screen readers only (${n}).`),
  caption: (step: number) => `Composition between heads at step ${step}: score above chance`,
  from: 'from head',
  to: 'to head',
};
