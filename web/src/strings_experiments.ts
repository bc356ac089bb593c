// The words about experiments that run in the page.
import type { Quartiles } from './experiment_protocol.ts';
import { three, whole } from './format.ts';

const kSets: Record<string, string> = {
  final: '',
  unseen: 'unseen: ',
  'held_out.in_context': 'new classes: ',
  'held_out.in_weights': 'known classes: ',
  'held_out.flipped': 'flipped labels: ',
};
const kNumbers: Record<string, string> = {
  loss: 'loss',
  loss_new: 'loss, new tokens',
  loss_rep: 'loss, repeated tokens',
  accuracy_rep: 'accuracy, repeated tokens',
  accuracy_query: 'accuracy, query',
};
const kSteps: Record<string, string> = {
  'onset.induction': 'induction head at step',
  'onset.previous_token': 'previous-token head at step',
  t50: 'half right at step',
  'nearest.unigram': 'nearest to unigrams at step',
  'nearest.bigram': 'nearest to bigrams at step',
};

/** A measure in words; one without words keeps its path, as the command line writes it. */
export function measureName(path: string): string {
  if (kSteps[path]) return kSteps[path];
  const rest = (prefix: string) => path.slice(prefix.length);
  if (path.startsWith('last.') && kSteps[rest('last.')]) return `${kSteps[rest('last.')]} of its last phase`;
  if (path.startsWith('tokens.') && kSteps[rest('tokens.')]) return kSteps[rest('tokens.')].replace('step', 'token');
  if (path.startsWith('best.')) return `best ${rest('best.').replaceAll('_', ' ')} score`;
  const dot = path.lastIndexOf('.');
  const [set, number] = [path.slice(0, dot), path.slice(dot + 1)];
  return set in kSets && kNumbers[number] ? `${kSets[set]}${kNumbers[number]}` : path;
}

export const experimentStrings = {
  run: 'Run here',
  again: 'Run again',
  stop: 'Stop',
  seeds: 'Seeds',
  seeds_help: 'fewer than five decide nothing',
  seeds_refused: (text: string, most: number) =>
    `The number of seeds cannot be '${text.slice(0, 20)}'; allowed: whole numbers from 1 to ${most}.`,
  busy: 'Another experiment is running; stop it first.',
  loading: 'The experiment is being prepared …',
  progress: (done: number, runs: number) => `${whole(done)} of ${whole(runs)} runs`,
  progress_label: (title: string) => `Progress of “${title}”`,
  stopped: (done: number, runs: number) => `Stopped after ${whole(done)} of ${whole(runs)} runs.`,
  failed: (why: string) => `The experiment could not go on: ${why || 'its worker stopped working'}.`,
  expected: 'Expected',
  measured: (verdict: string, seeds: number) => `With ${seeds} seeds the command line found: ${verdict}.`,
  not_measured: 'The command line has not run this one yet.',
  observed: 'Observed here',
  verdict: (verdict: string, seeds: number) => `${whole(seeds)} ${seeds === 1 ? 'seed' : 'seeds'}: ${verdict}.`,
  table: (seeds: number) => `Medians over ${whole(seeds)} ${seeds === 1 ? 'seed' : 'seeds'}, with quartiles`,
  table_region: (title: string) => `Table of “${title}”`,
  setting: 'setting',
  never: 'never',
  undefined: '–',
};

/** Steps and tokens in full, a step between two as well; other numbers with three digits. */
function number(value: number): string {
  if (Math.abs(value) > 20 && Number.isInteger(2 * value) && !Number.isInteger(value))
    return `${whole(Math.floor(value))}.5`;
  return Number.isInteger(value) && Math.abs(value) > 1 ? whole(value) : three(value);
}

/** 250 (225–275); never; or a dash where it is not defined. */
export function quartilesText({ count, never, q1, median, q3 }: Quartiles): string {
  if (count === 0) return experimentStrings.undefined;
  if (never === count) return experimentStrings.never;
  const part = (value: number | null) => (value === null ? experimentStrings.never : number(value));
  return q1 === median && q3 === median ? part(median) : `${part(median)} (${part(q1)}–${part(q3)})`;
}

/** The card about a reader's own text. */
export const ownTextStrings = {
  title: 'Text of your own',
  claim:
    'A text that says its names again teaches the same circuit as repeated random tokens. In plain prose so small a model finds no use for it.',
  source: 'Olsson et al. 2022, at toy size',
  sample: 'a made-up log of call signs',
  paste: 'a text of yours …',
  watch: 'the score of the best induction head, and the loss of repeated characters against that of new ones.',
  expected: 'Expected',
  expects_sample:
    'An induction head before step 900. In the five seeds that were tried one formed in each, between steps 300 and 550.',
  expects:
    'An induction head if the text repeats names, codes or lines within the context; none within 900 steps if it is plain prose (this project’s own, two seeds).',
  observed: (name: string) => `Observed here, on ${name.length > 40 ? `${name.slice(0, 40)}…` : name}`,
  reproduced: (step: number) => `As with repeated tokens: an induction head at step ${whole(step)}.`,
  not_reproduced: (steps: number) => `No induction head in ${whole(steps)} steps.`,
  not_yet: (step: number, end: number) => `Step ${whole(step)} of ${whole(end)}: no induction head yet.`,
  best: (value: string) => `Best induction score now ${value}.`,
  one_run: 'One run decides nothing; the same text with other seeds:',
};
