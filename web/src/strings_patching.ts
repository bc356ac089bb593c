// Words of the section about patches between two prompts. Loaded with it.
import { three } from './format.ts';

/** Two decimals, without a minus sign in front of nothing. */
const share = (value: number) => (Math.round(100 * value) / 100 || 0).toFixed(2).replace('-', '−');

export const patchingStrings = {
  intro:
    'Two prompts differ in one token, and so in what should come next. In the second one’s run a single place takes the value that it has in the first: how much of the first answer does that bring back? 1 is all of it, 0 nothing.',
  read: 'Read the answer after',
  changed: 'Change the token at',
  token: 'into',
  place: (label: string, position: number) => `${position}: ${label}`,
  clean: 'First prompt',
  corrupted: 'Second prompt',
  difference: (step: string, right: string, wrong: string, clean: number, corrupted: number) =>
    `Step ${step}: “${right}” stands ${three(clean)} above “${wrong}” in logits after the first prompt, and ${three(corrupted)} after the second.`,
  small:
    'That is hardly a difference, so the shares below say little: at this step the model does not use the token that was changed.',
  best: (places: string[]) =>
    places.length === 0
      ? 'No head alone brings back a tenth of the difference at any position.'
      : `Of single heads most comes back by ${places.join(', ')}.`,
  head_at: (head: string, position: number, value: number) => `head ${head} at ${position} (${share(value)})`,
  row: {
    head: (head: string) => head,
    into: (layer: number) => `into ${layer}`,
    out: 'out',
  },
  row_words: {
    head: (head: string) => `head ${head}`,
    into: (layer: number) => `the stream into layer ${layer}`,
    out: 'the stream behind the last layer',
  },
  cell: (place: string, position: number, label: string, value: number) =>
    `${place} at ${position} (“${label}”): ${share(value)}`,
  cell_help: 'Point at a cell, or move with the arrow keys.',
  map: (rows: number, columns: number) =>
    `How much of the difference each place brings back: ${rows} places by ${columns} positions, arrow keys move`,
  figure: 'Patches between two prompts',
  legend: 'Share of the difference that each place brings back: blue 1 or more, orange −1 or less',
  legend_below: '−1 or less',
  legend_above: '1 or more',
  reading:
    'Row: the place that is patched, from the first layer up. Column: at which token. Dashed: the token changed, and the one read after.',
  hint: 'Heads that only together do the work show little each: a second head may stand in for the one that is patched.',
  hold: (head: string, position: number) => `Hold the patch of head ${head} at ${position}`,
  hold_all: 'Hold it at every position',
  hold_help:
    'From this step on the head puts out there what it now puts out of the first prompt, whatever it reads, while the model trains on. Undo or lift it where heads are broken.',
  table: 'All of it as a table',
  column: 'place',
  measuring: 'Being measured.',
  short: 'A sequence of at least two tokens is needed.',
  refused: (why: string) => `This could not be measured: ${why}`,
  not_defined: (reason: string) => `Not defined here: ${reason}.`,
  costly: (patches: string) =>
    `${patches} patches of a model this large take some seconds, in which it does not train; so they are made when you ask for them.`,
  measure: 'Measure at this step',
};
