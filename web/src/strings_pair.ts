// The words of the section with two runs side by side. Loaded with it.
import { percent, three, whole } from './format.ts';

export const pairStrings = {
  help: 'A is the run above. B is a second one, trained in the background to the very step at which A is: paused, reset or taken back, B follows. Both are exact, so every difference comes from what is set differently.',
  choose: 'B is',
  choice: {
    none: 'nothing yet',
    copy: 'a copy of A, to be changed below',
    seed: 'A with the next seed',
    parent: 'A without its last change on the way',
    plain: 'A without any change on the way',
    preset: (name: string) => `preset ${name}`,
    address: 'from a link',
  },
  link: 'or a pasted link to a run',
  compare: 'Compare',
  not_a_link: (text: string) =>
    `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}” is no link to a run; copy one with “Copy link” on the page that shows it.`,
  in_b: (problem: string) => `In the second run: ${problem}`,
  b_unusable: 'The address of the second run holds nothing that can be used; choose another one.',
  b_failed: (why: string) => `B cannot be run: ${why}`,
  b_stopped: (why: string) => `B: ${why}`,
  end: 'End the comparison',
  swap: 'Swap A and B',
  swap_help: 'Both begin again at step 0.',
  open_b: 'Make B the page’s run',

  differs_title: 'What is set differently',
  same: 'Nothing is: B is a copy of A. Change a setting of B:',
  setting: 'setting',
  changes: 'changed on the way',
  no_changes: 'nothing',
  change_at: (step: number) => `at step ${whole(step)}:`,
  lifted: 'everything lifted',
  change: 'change in B',
  value_of: (name: string) => `${name} of B`,
  as_in_a: 'as in A',
  as_in_a_of: (name: string) => `${name} as in A`,

  both_at: (at: number) => `Both copy since step ${whole(at)}.`,
  both: (a: number, b: number) =>
    `Both copy: A since step ${whole(a)}, B since step ${whole(b)}, ${whole(Math.abs(a - b))} steps ${b > a ? 'later' : 'earlier'}.`,
  one: (one: string, at: number, other: string) => `${one} copies since step ${whole(at)}; ${other} does not yet.`,
  b_behind: (a: number, b: number) => `A copies since step ${whole(a)}; B is only at step ${whole(b)}, catching up.`,
  neither: 'Neither copies yet.',
  costs: (step: number, a: number, b: number) =>
    `At step ${whole(step)} a repeated token costs A ${three(a)} nats and B ${three(b)}.`,
  place: (a: number, b: number) =>
    a === b
      ? `Both at step ${whole(a)}.`
      : `A at step ${whole(a)}, B at step ${whole(b)}, ${b < a ? 'catching up' : 'going back'}.`,
  loading: 'B is being made …',

  loss_title: 'What a repeated token costs',
  loss_all_title: 'What a token costs',
  loss_axis: 'nats',
  score_title: 'The best heads',
  score_axis: 'score',
  key_induction: 'induction (thin: previous token)',
  copies: (which: string) => `${which} copies`,
  heads_title: 'Which head of A is which of B',
  heads_help:
    'Within a layer the numbers of heads mean nothing, so they are matched: each pair shares as much of its attention as possible, all pairs of a layer together.',
  heads_help_scores:
    'The two runs cannot read the same sequence, so each shows its own, and heads are matched by how alike their scores are.',
  shares: (value: number) => `share ${percent(value)} of their attention`,
  alike: (value: number) => `scores ${percent(value)} alike`,
  alone: (which: string) => `no partner in ${which}`,
  layer: (layer: number) => `Layer ${layer}`,
  scores: { induction: 'induction', previous_token: 'previous token' },
  /** B's score less A's; nothing where they are the same to two decimals. */
  score_change: (a: number | null, b: number | null) => {
    if (a === null || b === null || Math.abs(b - a) < 0.005) return '';
    return (b < a ? '−' : '+') + Math.abs(b - a).toFixed(2);
  },
  map: (which: string, name: string) => `attention of head ${name} of ${which}`,
  onset: { previous_token: 'previous-token head, step', induction: 'induction head, step' },
  loss_row: 'loss on repeated tokens, nats',
  numbers: 'The numbers',
};
