// The words of breaking heads, and of the shortcut alarms.
import type { Alarm } from '@core/loader.mjs';
import { three, whole } from './format.ts';
import { type Clamp, type HeldHead, headOf } from './held.ts';
import type { Effect } from './surgery.ts';

const kClampWords: Record<Clamp | 'given', string> = {
  previous: 'the previous token',
  match: 'induction',
  uniform: 'uniform',
  given: 'a given pattern',
};

/** Short, for a map and a chart. */
const kClampLabels: Record<Clamp | 'given', string> = {
  previous: 'previous',
  match: 'induction',
  uniform: 'uniform',
  given: 'as given',
};

/** Longer than this is no note and no label. */
const kShort = 34;
const kMostNamed = 4;

/** 'Head 1.2 ablated (zero)', of a line of core/intervene.hpp. */
function lineWords(line: string): string {
  const [what, head, how] = line.split(' ');
  if (what === 'ablate') return `Head ${head} ablated (${how.replace('_', ' ')})`;
  if (what === 'clamp') return `Head ${head} clamped to ${kClampWords[how as Clamp] ?? how}`;
  if (what === 'copy') return `Head ${head} given a copy (× ${how})`;
  if (what === 'patch') return `Head ${head} patched${how === 'all' ? '' : ` at ${how}`}`;
  if (what === 'freeze' && /^\d+\.\d+$/.test(head)) return `Head ${head} frozen`;
  return `“${line}”`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Heads to which the same is done are named together. */
function together(lines: readonly string[], of_named = ''): string {
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const [, head, rest] = /^Head (\S+) (.*)$/.exec(lineWords(line)) ?? [null, null, lineWords(line)];
    groups.set(rest, [...(groups.get(rest) ?? []), ...(head ? [head] : [])]);
  }
  const words = [...groups].map(([rest, heads]) =>
    heads.length === 0 ? rest + of_named : `${heads.length > 1 ? 'Heads' : 'Head'} ${list(heads)} ${rest}`,
  );
  return words.join('; ');
}

function signed(nats: number): string {
  return nats < 0 ? `−${three(-nats)}` : `+${three(nats)}`;
}

/** Of what was learned (a blind guess minus what a token costs now), less than this share is almost nothing: as in the core's alarm. */
const kAlmostNothing = 0.02;

function aftermath({ before, after, what }: Effect, d_vocab: number): string {
  const learned = Math.log(d_vocab) - before;
  const change = after - before;
  if (/ frozen$/.test(what))
    return 'Frozen parameters change nothing now; they will not follow when the others go on learning.';
  if (learned < 0.1 * Math.log(d_vocab)) return 'Hardly anything is learned yet that could break.';
  if (Math.abs(change) < kAlmostNothing * learned)
    return 'Almost nothing changes: other heads do the same work, or can.';
  return '';
}

export const surgeryStrings = {
  break_title: (head: string) => `Break head ${head}`,
  ablate: 'Ablate',
  ablate_how: { zero: 'zero', mean: 'mean' } as Record<string, string>,
  ablate_help: {
    zero: 'Its output becomes 0.',
    mean: 'Its output becomes its mean over the held-out sequences, so that only what it says about this one is lost.',
  } as Record<string, string>,
  clamp: 'Clamp pattern to',
  clamp_to: { previous: 'previous', match: 'induction', uniform: 'uniform' } satisfies Record<Clamp, string>,
  clamp_help: {
    previous: 'It looks at the token before, whatever it has learned.',
    match: 'It looks at what followed earlier copies of the present token.',
    uniform: 'It looks at all tokens so far alike.',
  } satisfies Record<Clamp, string>,
  freeze: 'Freeze',
  freeze_help: 'Its parameters stay as they are while the rest trains.',
  restore: 'Restore',
  restore_all: 'Restore all',
  undo: 'Undo',
  redo: 'Redo',
  team: (n: number) =>
    n === 0
      ? 'Ablate all induction heads'
      : n === 1
        ? 'Ablate the one induction head'
        : `Ablate all ${n} induction heads`,
  team_none: 'No head has the role of induction now.',
  keys_title: 'Keys, and interventions by words',
  keys: [
    ['A', 'ablates the head that has the focus, or restores it'],
    ['F', 'freezes it'],
    ['P', 'clamps it to the previous token'],
    ['I', 'clamps it to induction'],
    ['U', 'clamps it to uniform'],
    ['Z', 'undoes, with Shift it does it again; Ctrl and Z does so from anywhere but a text field'],
  ],
  line_label: 'An intervention by words',
  line_example: 'path 0.1 k 1.2 0',
  line_help:
    'Such as path 0.1 k 1.2 0, which cuts what head 0.1 tells the keys of head 1.2, or freeze blocks.0.attn.W_Q.',
  line_hold: 'Hold',
  nothing_held: 'Nothing is broken now.',
  held_title: 'Held now:',
  lift: (line: string) => `lift ${line}`,
  /** What a head's map says of it instead of a role, with a shape. */
  held_label: ({ ablated, clamped }: HeldHead) =>
    ablated ? `ablated (${ablated.replace('_', ' ')})` : clamped ? `clamp: ${kClampLabels[clamped]}` : '',
  held_shape: ({ ablated, clamped }: HeldHead) => (ablated ? '✕' : clamped ? '▣' : ''),
  frozen: 'frozen',
  held_line: lineWords,
  surgery_done: (before: readonly string[], after: readonly string[]) => {
    const added = after.filter((line) => !before.includes(line));
    if (added.length > 0) return together(added, ' held');
    const gone = before.filter((line) => !after.includes(line));
    const heads = [...new Set(gone.map(headOf).filter((head) => head !== null))];
    const named = gone.filter((line) => headOf(line) === null).map((line) => `“${line}” lifted`);
    const words = heads.length > 0 ? [`${heads.length > 1 ? 'Heads' : 'Head'} ${list(heads)} restored`] : [];
    return [...words, ...named].join('; ');
  },
  effect: (effect: Effect, d_vocab: number) => {
    const { what, at, before, after, repeated } = effect;
    const tokens = repeated ? 'repeated tokens' : 'all tokens';
    const numbers = `${three(before)} → ${three(after)} nats (${signed(after - before)})`;
    return `${what} at step ${whole(at)}: ${tokens} ${numbers}. ${aftermath(effect, d_vocab)}`.trim();
  },
  no_effect: 'Choose a head, then break it: what repeated tokens cost before and after is told here.',
  /** One short line: the list stands below the heads. */
  story_held: (lines: readonly string[]) => {
    const words = together(lines);
    if (words.length <= kShort) return words && `${words}.`;
    const heads = [...new Set(lines.map(headOf).filter((head) => head !== null))];
    if (heads.length === 0 || heads.length > kMostNamed) return `${whole(lines.length)} interventions are held.`;
    return `Held on ${heads.length > 1 ? 'heads' : 'head'} ${list(heads)}.`;
  },
  /** `done`: of the interventions, what is new. */
  change_mark: (done: string, knobs: readonly string[]) => {
    const words = [done.replace(/\bHeads? /g, '').replace(/\bto the previous token\b/g, 'to previous'), ...knobs]
      .filter(Boolean)
      .join(', ');
    return words.length <= kShort ? words : `${words.slice(0, kShort)}…`;
  },
  forget_later: (n: number) => (n === 1 ? 'Forget the later change' : `Forget ${n} later changes`),
  forget_help: (steps: readonly number[]) => `This run goes by changes made at step ${list(steps.map(whole))}.`,
  changes_left_out: (n: number, why: string) =>
    `The ${n === 1 ? 'change' : 'changes'} on the way of the run before ${n === 1 ? 'does' : 'do'} not fit this model and ${n === 1 ? 'was' : 'were'} left out: ${why}`,

  /** `heads`: none where it is about the whole model. */
  alarm_title: (alarm: Alarm['alarm'], heads: readonly string[]) => {
    const [who, one] = [`${heads.length > 1 ? 'Heads' : 'Head'} ${list(heads)}`, heads.length === 1];
    switch (alarm) {
      case 'position_only':
        return `${heads.length > 0 ? who : 'The model'} may count places instead of reading.`;
      case 'first_token_sink':
        return `${who} ${one ? 'rests' : 'rest'} on the first token.`;
      case 'harmless':
        return `${who} ${one ? 'looks the part, but is' : 'look the part, but are'} not needed.`;
      case 'fading':
        return 'What was learned is being lost.';
    }
  },
  alarm_next: {
    vary: 'Train on varied periods',
    fewer: 'Train on more periods',
    look: (head: string) => `Look at head ${head}`,
    ablate: (head: string) => `Ablate head ${head} and see`,
    team: (n: number) => `Ablate the team of ${n}`,
    slower: (lr: number) => `Lower the learning rate to ${lr}`,
  },
};
