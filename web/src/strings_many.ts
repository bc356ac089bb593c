// The words of the section that runs many seeds. Loaded with it.
import { three, whole } from './format.ts';

const kSpace = '\u202f';

export const manyStrings = {
  help: 'The same settings with other seeds, in the background, on WebAssembly: the seed draws the initial weights, the data and the held-out rows. Whether and when the circuit forms is then a distribution, not a story.',
  count: 'Seeds',
  count_wrong: (text: string, fewest: number, most: number) =>
    `The number of seeds cannot be '${text.slice(0, 20)}'; allowed: ${fewest} … ${most}.`,
  which: 'Which',
  consecutive: (first: number, last: number) => `${first} to ${last}`,
  random: 'drawn at random',
  run: (n: number) => `Run ${n} seeds`,
  pause: 'Pause',
  resume: 'Go on',
  cancel: 'Cancel',
  measuring: 'Measuring how long that takes here …',
  estimate: (n: number, steps: number, workers: number, ms: number) =>
    `${n} runs of ${whole(steps)} steps, ${workers === 1 ? 'one after the other' : `${workers} at a time`}: about ${duration((n * steps * ms) / workers)}, at the ${three(ms)}${kSpace}ms a step measured here just now.`,
  memory: (bytes: number, workers: number) =>
    `It takes about ${whole(Math.ceil((bytes * workers) / 2 ** 20))}${kSpace}MiB of memory${workers === 1 ? '' : ` for ${workers} workers`}.`,
  long: 'That is long: fewer seeds, fewer steps or a smaller model shorten it, and it can be paused at any time.',
  shares: 'The run above goes on meanwhile and goes first; pausing it leaves its time to these.',
  no_estimate: (why: string) => `These settings cannot run in the background: ${why}`,
  progress: (done: number, n: number, remaining: number | null) =>
    `${done} of ${n} seeds done${remaining === null ? '' : `, about ${duration(remaining)} to go`}.`,
  paused: (done: number, n: number) => `Paused; ${done} of ${n} seeds done.`,
  ended: (done: number, n: number) =>
    done === n ? `All ${n} seeds done.` : `Cancelled; ${done} of ${n} seeds were done and are kept.`,
  progress_label: 'Steps done',
  again: (seed: number, why: string) =>
    `The worker that trained seed ${seed} stopped unexpectedly${why ? ` (${why})` : ''}; the seed was begun again.`,
  failed: (seed: number, why: string) => `Seed ${seed} could not be run${why ? `: ${why}` : '.'}`,
  changes: 'what is changed on the way',
  other_settings: (names: string[]) =>
    `These ran with the settings as they were; the run above now differs in ${names.join(', ')}.`,

  /** In words: how many, and when. more: others are still under way. */
  verdict: (formed: number, n: number, more: boolean) => {
    if (more) return `So far ${formed} of ${n} ${n === 1 ? 'seed' : 'seeds'} formed an induction head.`;
    if (formed === 0) return `None of ${n} seeds formed an induction head: the median onset is –.`;
    return `${formed === n ? `All ${n}` : `${formed} of ${n}`} seeds formed an induction head.`;
  },
  spread: (median: number | null, lower: number | null, upper: number | null, n: number) => {
    if (n < 2) return '';
    if (median === null) return 'The median onset is –: more than half of them never got there.';
    const between =
      upper === null
        ? `a quarter had it by step ${step(lower)}, and the upper quartile is –`
        : lower === upper
          ? 'and the whole middle half forms there'
          : `the middle half between ${step(lower)} and ${step(upper)}`;
    return `The median onset is step ${step(median)}, ${between}.`;
  },
  ran_away: (n: number) => (n === 1 ? 'The numbers of one ran away.' : `The numbers of ${n} ran away.`),
  quartiles_help: 'A seed that never formed one counts as later than every step.',

  histogram_title: 'When the induction head forms',
  histogram_unit: 'seeds per bin of steps',
  never: 'never',
  bin: (from: number, to: number, count: number) => `${whole(from)} to ${whole(to - 1)}: ${count}`,
  median: 'median',
  curves_title: 'Each seed',
  curves_unit: (steps: number) => `steps 0 to ${whole(steps)}`,
  key_score: 'best induction score, 0 to 1',
  key_loss: (nats: number) => `loss on repeated tokens, 0 to ${three(nats)} nats`,
  key_loss_all: (nats: number) => `loss, 0 to ${three(nats)} nats`,
  key_others: 'the other seeds',
  key_onset: 'induction head',
  open_help: 'Choose one to open that very run.',
  seed: (seed: number) => `seed ${seed}`,
  /** After the seed's name. */
  open: (what: string) => `: ${what}; opens this run`,
  at_step: (at: number) => `step ${step(at)}`,
  onset_at: (at: number) => `induction head at step ${step(at)}`,
  no_onset: 'no induction head',
  running: (at: number) => `at step ${step(at)}`,
  waiting: 'waiting',
  diverged: 'ran away',
  not_run: 'failed',
  numbers: 'The numbers',
  csv: 'CSV',
  json: 'JSON',
  download: 'Download',
  columns: {
    seed: 'seed',
    previous: 'previous-token head, step',
    induction: 'induction head, step',
    loss: 'loss on repeats, nats',
    best: 'best score',
    head: 'head',
    signature: 'signature',
  },
};

function step(at: number | null): string {
  return at === null ? '–' : whole(at);
}

/** As coarse as an estimate is. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) return 'a second';
  if (seconds < 90) return `${Math.round(seconds)}${kSpace}s`;
  const minutes = seconds / 60;
  if (minutes < 90) return `${Math.round(minutes)}${kSpace}min`;
  return `${three(minutes / 60)}${kSpace}h`;
}
