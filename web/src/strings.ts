// Every word a reader sees. Functions where a sentence has numbers or names in it.
import type { Role } from '@core/loader.mjs';
import { percent, three, whole } from './format.ts';
import { engineStrings } from './strings_engine.ts';
import { headerStrings } from './strings_header.ts';
import { surgeryStrings } from './strings_surgery.ts';

export const strings = {
  title: 'Induction Playground',
  what_happens: {
    repeats: 'Here a tiny attention model learns to continue sequences in which a random block of tokens repeats.',
    chain: 'Here a tiny attention model learns sequences of a fixed Markov chain, in which nothing repeats.',
    task: (name: string, what: string) =>
      `Here a tiny attention model learns the task “${name}”${what ? `, which ${what}` : ''}.`,
  },
  what_to_look_for: {
    two_layers:
      'Watch for a line just below the diagonal in layer 0 (a head that looks at the previous token), then for stripes in a later layer (a head that finds where the present token stood before, and copies what followed): at that moment repeated tokens become cheap.',
    smeared:
      'Watch for stripes: since each key is mixed with the key before it, one head alone can find where the present token stood before, and copy what followed; at that moment repeated tokens become cheap.',
    one_layer:
      'Watch what one layer cannot do: find what followed last time, by content. Give it a second layer, or smeared keys, and compare.',
    task: 'Watch which heads take on a role, and when: a line just below the diagonal looks at the previous token, stripes find what followed the present token before; the dotted levels say how far each way of predicting can come.',
    brief: 'Watch for a line just below the diagonal in layer 0, then for stripes in a later layer.',
    brief_stripes: 'Now watch for stripes in a later layer.',
    brief_alone: 'Watch for stripes: what followed the present token before.',
    chain: 'Watch the loss fall although no head becomes an induction head: none is needed.',
  },
  no_wasm:
    'This page needs WebAssembly, which this browser does not offer or has switched off; please open it in a current Firefox, Chrome, Edge or Safari.',
  crashed: (why: string) =>
    `The model stopped working unexpectedly${why ? ` (${why})` : ''}; reload the page to start the same run again, since the address holds all its settings.`,
  load_failed: (why: string) =>
    `The model could not be loaded (${why}); check the connection and reload the page, and if that does not help use a current browser.`,

  // The story
  story_start: (loss: number, d_vocab: number) =>
    `Step 0. Nothing is learned yet: every token is a guess among ${whole(d_vocab)} (${three(loss)} nats; a fair guess costs ln ${d_vocab} = ${three(Math.log(d_vocab))}).`,
  story_guessing: (step: number, loss: number) =>
    `Step ${whole(step)}. Nothing copies yet: repeated tokens are still guessed (${three(loss)} nats).`,
  story_counting: (step: number, loss: number, guess: number) =>
    `Step ${whole(step)}. No head copies yet. Repeated tokens cost ${three(loss)} nats; a blind guess costs ${three(guess)}.`,
  story_previous: (step: number, head: string, onset: number, sure: number, loss: number) =>
    `Step ${whole(step)}. Head ${head} looks at the previous token (since step ${whole(onset)}, ${percent(sure)} sure). Repeated tokens cost ${three(loss)} nats.`,
  story_induction: (step: number, head: string, onset: number, sure: number) =>
    `Step ${whole(step)}. Since step ${whole(onset)}, head ${head} completes the circuit (${percent(sure)} sure): it finds what followed last time, and copies it.`,
  story_induction_alone: (step: number, head: string, onset: number, sure: number) =>
    `Step ${whole(step)}. Since step ${whole(onset)}, head ${head} is an induction head (${percent(sure)} sure): it finds what followed last time, and copies it.`,
  story_previous_too: (head: string, onset: number, sure: number) =>
    `Head ${head} looks at the previous token (since step ${whole(onset)}, ${percent(sure)} sure).`,
  story_now_cost: (loss: number) => `Repeated tokens now cost ${three(loss)} nats.`,
  story_induction_gone: (step: number, onset: number, loss: number) =>
    `Step ${whole(step)}. An induction head appeared at step ${whole(onset)}, but none stands out now. Repeated tokens cost ${three(loss)} nats.`,
  story_one_layer: (step: number, loss: number) =>
    `Step ${whole(step)}. Repeated tokens cost ${three(loss)} nats and will hardly get cheaper: one layer without smeared keys cannot find what followed last time.`,
  story_by_position: (step: number, seen: number) =>
    `Step ${whole(step)}. Repeated tokens cost ${three(seen)} nats, yet no head is an induction head: the model predicts them some other way.`,
  story_no_repeats: (step: number, loss: number) =>
    `Step ${whole(step)}. This task repeats nothing, so there is nothing to copy and no induction to find (loss ${three(loss)} nats).`,
  story_shortcut: (unseen: number) =>
    `It only knows the periods it was trained on: on others, repeated tokens cost ${three(unseen)} nats.`,
  /** Why no circuit may have formed: the first that applies. */
  why: {
    positions: 'Without positions no head can tell which token is the previous one.',
    weight_decay: 'So strong a weight decay pulls the circuit apart before it forms; 0.1 or less does little harm.',
    sgd: 'SGD with momentum takes several times as many steps as AdamW.',
    rate: 'The learning rate is low; ten times as much may do it.',
    width: 'A residual stream this narrow has little room for both tokens and positions.',
    other: 'More steps, another seed or a layer norm may do it.',
  },
  story_finished: (steps: number) => `The run of ${whole(steps)} steps is complete; press play to go on.`,
  story_paused: 'Paused.',
  story_back: 'Looking back; a change here starts a fork.',
  nats_help: 'Nats are natural-log units of surprise; 0 is certainty.',

  // The controls
  play: 'Play',
  pause: 'Pause',
  step: 'Step',
  reset: 'Reset',
  step_help: 'One training step',
  reset_help: 'Back to step 0 of the same run',
  speed: 'Speed',
  speeds: new Map([
    ['2', 'slow motion, 2 steps/s'],
    ['10', '10 steps/s'],
    ['60', '60 steps/s'],
    ['200', '200 steps/s'],
    ['max', 'as fast as it goes'],
  ]),
  seed: 'Seed',
  dice: 'New seed',
  preset: 'Preset',
  ...headerStrings,
  model_size: (parameters: number, d_head: number) =>
    `The model has ${whole(parameters)} parameters; its heads are ${d_head} dimensions wide.`,
  signature: (step: number) => `Signature at step ${whole(step)}:`,
  signature_help: 'the same settings and step give the same signature on every machine.',
  signature_graphics:
    'a part of this run was computed by WebGPU, whose last digits need not be the same on every machine.',
  atlas: 'Atlas of runs',
  signature_later: 'Pause to see the signature of the run.',
  at_step: (step: number) => `step ${whole(step)}`,
  url_notice: 'Parts of the address were not understood; the rest applies.',
  dismiss: 'Dismiss',

  ...engineStrings,
  ...surgeryStrings,

  // The heads
  heads_title: 'Where each head looks',
  heads_help:
    'Row: the token that looks. Column: the token looked at. Arrow keys move, Enter chooses, A breaks the head.',
  layer: (layer: number) => `Layer ${layer}`,
  scale_low: '0',
  scale_high: '1',
  scale_name: 'share of attention',
  show_targets: 'Outline induction targets',
  roles: {
    'previous token': { word: 'previous token', shape: '←' },
    induction: { word: 'induction', shape: '↻' },
    'duplicate token': { word: 'duplicate token', shape: '=' },
    'first token': { word: 'first token', shape: '⇤' },
    'none yet': { word: 'none yet', shape: '' },
  } satisfies Record<Role, { word: string; shape: string }>,
  sure: (confidence: number) => `${percent(confidence)} sure`,
  head: 'Head',
  score: 'score',
  /** The core calls a head L1H3. */
  alarm: (evidence: string) => evidence.replace(/\bL(\d+)H(\d+)\b/g, 'Head $1.$2'),
  alarms: (n: number) =>
    n === 0 ? 'No sign of a shortcut' : n === 1 ? 'One sign of a shortcut' : `${n} signs of shortcuts`,
  cell: (query: string, key: string, share: number) => `from ${query} to ${key}: ${three(share)}`,

  // The sequence
  sequence_title: 'What the model reads',
  sequence_help: (head: string) =>
    `The stronger a token’s shade, the more it surprised the model. Point at a token to see where head ${head} looks from there (arcs and bars), and what the model expects next.`,
  sequence_arcs: (head: string, position: number) =>
    `Arcs: where head ${head} looks from position ${position}. Shade: how much a token surprised the model.`,
  token_option: (position: number, label: string, loss: number | null) =>
    `position ${position}, ${label}${loss === null ? '' : `, cost ${three(loss)} nats`}`,
  looks_at: (head: string, label: string, position: number) =>
    `Head ${head}, reading “${label}” at position ${position}, looks at`,
  looks_around: (head: string, label: string, position: number) =>
    `Head ${head}, reading “${label}” at position ${position}, looks at many tokens a little, most at`,
  looks_item: (label: string, position: number, share: number) => `“${label}” at ${position} (${three(share)})`,
  predicts: (label: string) => `After this “${label}” the model expects`,
  true_next: 'the true next',
  no_next: 'the sequence ends here',
  edit: 'Edit the sequence',
  use_example: 'Back to the example',
  token_unknown: (label: string, allowed: string) => `“${label}” is not a token of this model; it knows ${allowed}.`,
  token_range: (d_vocab: number, letters: boolean) =>
    letters
      ? `the letters a to ${String.fromCharCode(96 + d_vocab)}`
      : `the numbers 0 to ${d_vocab - 1}, separated by spaces`,
  token_labels: (some: readonly string[], n: number) =>
    n > some.length ? `${some.join(', ')} and ${n - some.length} more` : some.join(', '),
  token_count: (n: number, n_ctx: number) => `The sequence has ${n} tokens; this model reads 2 to ${n_ctx}.`,

  // The curves
  loss_title: 'What a token costs',
  loss_axis: 'nats per token',
  score_title: 'What each head does',
  score_axis: 'score',
  step_axis: 'step',
  loss_new: 'first-time tokens',
  loss_rep: 'repeated tokens',
  unseen_rep: 'repeated, periods never trained on',
  floor: (d_vocab: number) => `ln ${d_vocab}`,
  floor_doc: 'A blind guess among all tokens.',
  levels_title: (n: number) => (n === 1 ? 'What the dotted line means' : 'What the dotted lines mean'),
  level: (name: string, nats: number, of_repeated: boolean) =>
    `${name}, ${three(nats)} nats${of_repeated ? ' per repeated token' : ''}`,
  previous_score: 'previous token',
  induction_score: 'induction',
  onset_label: { previous_token: 'previous-token head', induction: 'induction head' },
  score_caption: 'Dashed: attention to the previous token. Solid: attention to what followed last time.',
  table_caption: (title: string) => `${title}: values at selected steps`,

  many_title: 'The same run with many seeds',
  pair_title: 'Two runs side by side',
  section_failed: 'This part of the page could not be loaded; check the connection, then close and open it again.',

  glossary_title: 'Words used here',
  print_address: 'This run:',

  // The experiments
  experiments_title: 'Claims to try out',
  experiments_help:
    'Most are from the literature. A click on a setting opens it above, with the present seed. “Run here” makes all runs of an experiment in the background and judges them by the command line’s rule (induction experiment NAME).',
  experiment_watch: (what: string) => `Watch: ${what}`,
  experiment_found: (verdict: string, seeds: number) => `Measured here with ${seeds} seeds: ${verdict}`,
  experiments_themes: 'Claims about',
  experiments_others: 'Others',
  experiment_elsewhere: 'This one holds what no address can say; “Run here” runs it with the others.',

  // The knobs
  knobs_title: 'What you can change',
  groups: { run: 'Run', task: 'Task', model: 'Model', optimiser: 'Optimiser' },
  find_knob: 'Find a setting',
  found_knobs: (n: number) => (n === 0 ? 'No setting is called or described so.' : `${n} found`),
  more_knobs: (n: number) => `Show ${n} more`,
  fewer_knobs: 'Show fewer',
  idle_knobs: (n: number) => `Show ${n} without effect here`,
  no_idle_knobs: 'Hide those without effect here',
  idle: 'Has no effect with the other settings as they are.',
  rebuild: 'starts a new run',
  live: 'applies at once',
  back_to: (value: string) => `back to ${value}`,
  range: (min: number, max: number, unit: string) => `${plain(min)} to ${plain(max)}${unit ? ` ${unit}` : ''}`,
  bad_value: (name: string, text: string, expected: string) =>
    `${name} cannot be '${text.slice(0, 40)}'; allowed: ${expected}.`,

  // The reader's own text
  own_text: 'Your own text or tokens',
  own_text_paste: 'Paste a text or rows of token numbers, or drop a file here',
  own_text_file: 'Or choose a file',
  own_text_vocabulary: 'A token is a',
  own_text_train: 'Train on it',
  own_run: 'your own run',
  own_text_pasted: 'pasted text',
  own_text_note:
    'At most 16 MiB: text, or token rows as JSON ([[3, 1, 4, …], …]) or a NumPy file. It stays in this browser, so a link to the run does not carry it. A model this small learns common letters and words and what repeats within a passage, not to write. The last tenth of the text is kept back: the curves are measured on it.',
  text_too_large: (name: string, bytes: number, most: number) =>
    `“${name}” has ${whole(Math.ceil(bytes / 2 ** 20))} MiB; at most ${whole(most / 2 ** 20)} MiB are read.`,
  text_unreadable: (name: string) => `“${name}” could not be read; choose a file of text.`,

  // The URL
  url_too_long: (n: number, max: number) =>
    `The address holds ${whole(n)} characters of settings, more than ${whole(max)}; the defaults are used.`,
  url_twice: (name: string) => `${name} stands in the address twice; the first one is used.`,
  url_preset: (name: string, known: string) => `There is no preset '${name}'; allowed: ${known}.`,
  url_unknown: (name: string) => `There is no knob named '${name}'; it is ignored.`,
  new_phase: 'new phase',
  url_change: (text: string) =>
    `'at=${text}' is no change of a run; such a one is at=120:lr=0.003;ablate 1.2 zero, with the step first.`,
  url_change_part: (at: number, problem: string) => `At step ${whole(at)}: ${problem}`,
  url_change_twice: (at: number) => `Step ${whole(at)} has two changes in the address; the first one is used.`,
  url_changes_many: (n: number, max: number) =>
    `The address holds ${whole(n)} changes of the run; the first ${whole(max)} are used.`,
  url_line: (text: string) => `'${text}' is no intervention; such a line is ablate 1.2 zero.`,
  url_lines_many: (max: number) => `more than ${whole(max)} interventions at once; the others are left out.`,
  url_value: (name: string, value: string, expected: string) => `${name} cannot be '${value}'; allowed: ${expected}.`,
};

function plain(value: number): string {
  return Math.abs(value) >= 10000 ? whole(value) : String(value);
}
