// What the timeline says.
import { whole } from './format.ts';

export const timelineStrings = {
  name: 'Timeline of the run',
  slider: 'Training step on show',
  main: 'the run itself',
  fork: (step: number, what: string) => `from step ${whole(step)}${what ? `: ${what}` : ''}`,
  at: (step: number) => `step ${whole(step)}`,
  before: { previous_token: 'before the previous-token head', induction: 'before the induction head' },
  after: { previous_token: 'after the previous-token head', induction: 'after the induction head' },
  of: (frontier: number) => `of ${whole(frontier)}`,
  now: 'Back to now',
  now_help: (frontier: number) => `To the furthest step, ${whole(frontier)}`,
  step_back: 'One step back',
  step_on: 'One step on',
  play: 'Play',
  pause: 'Pause',
  fork_here: 'Fork here',
  fork_help: 'The next setting you change starts from this step; what came after it stays as a branch',
  armed: (step: number) => `Change a setting now: the run goes on from step ${whole(step)} with it.`,
  cancel: 'Cancel',
  forked: (name: string) => `A fork ${name}. The run as it was is kept as a branch.`,
  undo: 'Undo',
  dismiss: 'Dismiss',
  branches: (n: number) => (n === 1 ? '1 branch' : `${n} branches`),
  branches_help: (n: number) => `${n === 1 ? '1 branch' : `${n} branches`}, and the keys`,
  branch: (name: string, frontier: number) => `${name}, to step ${whole(frontier)}`,
  on_show: 'on show',
  memory: (states: number, bytes: number, most: number) =>
    `${whole(states)} states of the model are kept, ${(bytes / 2 ** 20).toFixed(1)} of at most ${most / 2 ** 20} MiB; any other step is trained again from the nearest one.`,
  graphics: (step: number) =>
    `From step ${whole(step)} on WebGPU has computed parts of this run: there, kept states only are shown.`,
  too_large: 'This model is too large to go back in its run.',
  keys: 'Keys: space plays and pauses, comma and full stop step back and on (in the timeline: arrows, Page Up and Down, Home, End).',
  shortcuts: 'Use space, comma and full stop on the whole page',
  refining: (goal: number) => `training again up to step ${whole(goal)}`,
  on_the_way: (step: number, goal: number) => `training to step ${whole(goal)}: ${whole(step)} done`,
};
