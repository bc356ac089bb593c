// The words of the guided tour; loaded with it.
import { three, whole } from './format.ts';

export const tourStrings = {
  label: 'Guided tour',
  place: (step: number, of: number) => `${step} of ${of}`,
  next: 'Next',
  back: 'Back',
  skip: 'Leave the tour',
  finish: 'Finish',
  /** While something is awaited. */
  ahead: 'Run ahead to it',
  waiting: 'Watching for it …',
  never: 'It did not happen in this run; go on all the same, or try another seed later.',
  own_run: 'Back to my own run',
  stay: 'Stay here',
  left_title: 'The tour waits for you',
  left: '“Tour” above takes it up again where you left it. Your own run from before is kept.',

  plateau_title: 'At first, nothing seems to happen',
  plateau:
    'The model reads sequences in which a block of random tokens repeats. It could predict every repeated token by looking back, but it does not yet: it guesses. The solid line is what a repeated token costs, in nats; it has barely moved.',
  previous_title: 'A head that looks one token back',
  previous_wait:
    'Layer 0 comes first. Watch its squares for a bright line just below the diagonal: a head that looks at the token before.',
  previous: (head: string, step: number, together: boolean) =>
    `Head ${head} counts as a previous-token head since step ${whole(step)}: its line lies just below the diagonal. Each token now carries a note of what stood before it. ${together ? 'The heads above, which use these notes, form at the same time: neither half is worth much without the other.' : 'Alone, this predicts nothing.'}`,
  onset_title: 'The moment',
  onset_wait:
    'A second head can use those notes. Watch the cost of repeated tokens: when that head forms, the line falls.',
  onset: (step: number, before: number, now: number) =>
    `Here is the onset of induction, at step ${whole(step)}. Repeated tokens cost ${three(before)} nats at the start and cost ${three(now)} now. Nobody changed the rules; two layers have found each other.`,
  induction_title: 'The head that completes the circuit',
  induction: (head: string) =>
    `Head ${head}, one layer up. The outlines mark where a token followed an earlier copy of the present one; its stripes lie in them. It asks “where did my token stand before?”, matches the notes of the previous-token head, looks at what followed, and copies it.`,
  break_title: 'Break one half',
  break_wait: 'First the circuit has to form; run ahead to it.',
  break_now: (off: string[], head: string, from: number, to: number) =>
    `${off.length > 1 ? 'The previous-token heads' : 'The previous-token head'} ${off.join(', ')} ${off.length > 1 ? 'are' : 'is'} now switched off, in the trained model. Nobody touched head ${head}, yet its score as an induction head ${to < from / 2 ? `fell from ${three(from)} to ${three(to)}: it still asks, but the notes that answered are missing` : `went from ${three(from)} to ${three(to)}: other heads leave notes too`}.`,
  break_cost: (before: number, after: number) =>
    `Repeated tokens cost ${three(before)} nats before, ${three(after)} now.`,
  break_no: 'The previous-token head could not be switched off here; the buttons below the heads do it by hand.',
  alone_title: 'Why one layer cannot do it',
  alone_wait:
    'The head is whole again. This is a new run with one layer only. Nothing can leave notes before anything reads them. Let it train as long as the other one.',
  alone: (step: number, cost: number) =>
    `Step ${whole(step)}, and repeated tokens still cost ${three(cost)} nats: a head here can look back, but it cannot know what stood before each token. Induction takes two heads, one after the other.`,
  end_title: 'Now it is yours',
  end: 'Move a knob and see whether the circuit still forms; “Claims to try out” further down has experiments to begin with. The address always holds the run on show.',
};
