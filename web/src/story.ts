// The sentence that is true now, written from the probes.
import type { Config, HeadScores, Schema } from '@core/loader.mjs';
import { headName, parseHeadName } from './format.ts';
import type { Status } from './protocol.ts';
import type { OnsetEvent, Series } from './series.ts';
import { strings } from './strings.ts';

/** What the story is about; a screen reader hears the text when this changes to one of `kEvents`. */
export type Phase = 'start' | 'before' | 'previous' | 'induction' | 'finished' | 'stopped';

const kEvents: readonly Phase[] = ['previous', 'induction', 'finished', 'stopped'];

export interface Story {
  phase: Phase;
  text: string;
  /** What to do next, where the run has come to rest. */
  note: string;
}

type Told = Omit<Story, 'note'>;

/** Steps after which a model that can learn to copy usually has; before, patience is the honest word. */
const kLongRun = 600;

/** Below this share of a blind guess, repeated tokens are predicted, not guessed. */
const kCheap = 0.3;

/** An unseen-period loss this many nats above the trained one means that only known periods were learned. */
const kShortcutGap = 1;

export function isEvent(phase: Phase): boolean {
  return kEvents.includes(phase);
}

/** What config.def says a task is: '… segment copies one stretch of noise to a later place; …'. '' when it says nothing. */
export function taskWords(schema: Schema, task: string): string {
  const parts = schema.knobs.find(({ name }) => name === 'task')?.doc.split(/[:;.] */) ?? [];
  return parts.find((part) => part.startsWith(`${task} `))?.slice(task.length + 1) ?? '';
}

/** Two sentences: what happens, and what to watch. */
export function whatToLookFor(config: Config, schema: Schema): string {
  const { what_happens, what_to_look_for } = strings;
  if (config.task !== 'repeat' && config.task !== 'repeat_fixed' && config.task !== 'bigram')
    return `${what_happens.task(String(config.task), taskWords(schema, String(config.task)))} ${what_to_look_for.task}`;
  if (config.task === 'bigram') return `${what_happens.chain} ${what_to_look_for.chain}`;
  const one = config.smeared_keys === true ? what_to_look_for.smeared : what_to_look_for.one_layer;
  return `${what_happens.repeats} ${config.n_layers === 1 ? one : what_to_look_for.two_layers}`;
}

/** One short sentence for where there is no room for two; '' once it has happened, or where nothing like it is to be expected. */
export function hintOf(phase: Phase, config: Config): string {
  if (!canCopy(config) || (phase !== 'start' && phase !== 'before' && phase !== 'previous')) return '';
  const { brief, brief_alone, brief_stripes } = strings.what_to_look_for;
  if (config.n_layers === 1) return brief_alone;
  return phase === 'previous' ? brief_stripes : brief;
}

export function tellStory(series: Series, status: Status, config: Config, end = Number(config.steps)): Story {
  if (status.stopped !== null) return { phase: 'stopped', text: status.stopped, note: '' };
  const { phase, text } = progress(series, status, config);
  if (status.finished) {
    const why = phase === 'induction' || !canCopy(config) ? '' : ` ${whyNot(config)}`;
    return { phase: 'finished', text, note: strings.story_finished(end) + why };
  }
  const back = series.playhead < Number.POSITIVE_INFINITY;
  const paused = !status.playing && (status.step > 0 || back);
  const note = back ? strings.story_back : strings.story_paused;
  return { phase, text, note: paused ? note : '' };
}

function progress(series: Series, status: Status, config: Config): Told {
  const latest = series.latest;
  const d_vocab = Number(config.d_vocab);
  const step = status.step;
  if (!latest || step === 0) {
    return { phase: 'start', text: strings.story_start(latest?.loss ?? Math.log(d_vocab), d_vocab) };
  }
  if (latest.loss_rep === null) return { phase: 'before', text: strings.story_no_repeats(step, latest.loss) };
  const induction = onsetOf(series, 'induction');
  if (induction) return afterOnset(induction, series, step, latest.loss_rep, latest.unseen?.loss_rep ?? null);
  const previous = onsetOf(series, 'previous_token');
  const guess = Math.log(d_vocab);
  if (latest.loss_rep < kCheap * guess) return byPosition(step, latest.loss_rep, latest.unseen?.loss_rep ?? null);
  const cannot = config.n_layers === 1 && config.smeared_keys === false;
  if (cannot && step >= kLongRun) return { phase: 'before', text: strings.story_one_layer(step, latest.loss_rep) };
  if (previous) {
    const head = standing(previous, latest.heads) ?? previous.head;
    const name = headName(head.layer, head.head);
    const text = strings.story_previous(step, name, previous.step, head.confidence, latest.loss_rep);
    return { phase: 'previous', text };
  }
  // A tenth of the way down is more than chance but no copying.
  if (latest.loss_rep > 0.9 * guess) return { phase: 'before', text: strings.story_guessing(step, latest.loss_rep) };
  return { phase: 'before', text: strings.story_counting(step, latest.loss_rep, guess) };
}

/** Cheap repeats without an induction head: a shortcut, if unseen periods show it. */
function byPosition(step: number, seen: number, unseen: number | null): Told {
  const parts = [strings.story_by_position(step, seen), shortcut(seen, unseen)];
  return { phase: 'before', text: parts.filter(Boolean).join(' ') };
}

function shortcut(seen: number, unseen: number | null): string {
  return unseen !== null && unseen - seen > kShortcutGap ? strings.story_shortcut(unseen) : '';
}

function afterOnset(onset: OnsetEvent, series: Series, step: number, seen: number, unseen: number | null): Told {
  const heads = series.latest?.heads ?? [];
  const head = standing(onset, heads);
  const tail = shortcut(seen, unseen);
  if (!head)
    return { phase: 'induction', text: `${strings.story_induction_gone(step, onset.step, seen)} ${tail}`.trim() };
  // A circuit has two parts; with smeared keys one head does it alone.
  const sentence = head.layer > 0 ? strings.story_induction : strings.story_induction_alone;
  const main = sentence(step, headName(head.layer, head.head), onset.step, head.confidence);
  const parts = [main, previousToo(series), strings.story_now_cost(seen), tail];
  return { phase: 'induction', text: parts.filter(Boolean).join(' ') };
}

/** The other half of the circuit, where there is one. */
function previousToo(series: Series): string {
  const onset = onsetOf(series, 'previous_token');
  const head = standing(onset, series.latest?.heads ?? []);
  if (!onset || !head) return '';
  return strings.story_previous_too(headName(head.layer, head.head), onset.step, head.confidence);
}

/** The head an onset was about while it still plays its role; else the one that plays it most clearly; else none. */
function standing(onset: OnsetEvent | undefined, heads: HeadScores[]): HeadScores | null {
  if (!onset) return null;
  const role = onset.kind === 'induction' ? 'induction' : 'previous token';
  const playing = heads.filter((head) => head.role === role);
  const same = playing.find((head) => head.layer === onset.head.layer && head.head === onset.head.head);
  const clearest = (best: HeadScores | null, next: HeadScores) =>
    (next[onset.kind] ?? 0) > (best?.[onset.kind] ?? -1) ? next : best;
  return same ?? playing.reduce(clearest, null);
}

/** The head the story is about; null before anything has happened. */
export function toldHead(series: Series): HeadScores | null {
  const heads = series.latest?.heads ?? [];
  return standing(onsetOf(series, 'induction'), heads) ?? standing(onsetOf(series, 'previous_token'), heads);
}

export interface HeadPlace {
  layer: number;
  head: number;
}

/** The chosen head where there is such a one, else the told one, else the first of the last layer. */
export function headOnShow(chosen: string | null, series: Series, config: Config): HeadPlace {
  const place = chosen === null ? null : parseHeadName(chosen);
  if (place && place.layer < Number(config.n_layers) && place.head < Number(config.n_heads)) return place;
  return toldHead(series) ?? { layer: Number(config.n_layers ?? 1) - 1, head: 0 };
}

/** Whether this task and this architecture can form an induction circuit at all. */
function canCopy(config: Config): boolean {
  return config.task === 'repeat' && (Number(config.n_layers) > 1 || config.smeared_keys === true);
}

/** What is known to delay or prevent the circuit. */
function whyNot(config: Config): string {
  const { why } = strings;
  if (config.positions === 'none' && config.smeared_keys === false) return why.positions;
  if (Number(config.weight_decay) > 0.5) return why.weight_decay;
  if (config.optimizer === 'sgd') return why.sgd;
  if (Number(config.lr) < 0.001) return why.rate;
  if (Number(config.d_model) < 16) return why.width;
  return why.other;
}

function onsetOf(series: Series, kind: OnsetEvent['kind']): OnsetEvent | undefined {
  return series.onsets.find((onset) => onset.kind === kind);
}
