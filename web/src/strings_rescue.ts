// Words for a worker that died; loaded with the first of them.
import { whole } from './format.ts';

const start = 'The model stopped working unexpectedly';
const because = (why: string) => (why ? ` (${why})` : '');

const forksOf = (n: number) => (n === 1 ? 'its fork' : `its ${n} forks`);

export const rescueStrings = {
  again: (why: string, steps: number, forks: number) =>
    `${start}${because(why)}; it was started anew and is trained again${forks > 0 ? ` with ${forksOf(forks)}` : ''}, ${whole(steps)} steps.`,
  /** shorter: not all steps were trained again. */
  done: (why: string, step: number, lost: number, shorter: boolean) =>
    `${start}${because(why)}; it was started anew, trained again to the same step ${whole(step)}, and goes on from there.${shorter ? ' Earlier steps are trained again where you go back to them.' : ''}${
      lost > 0 ? ` ${lost === 1 ? 'Its fork is' : `Its ${lost} forks are`} gone.` : ''
    }`,
  left: (why: string, step: number, forks: number) =>
    `${start}${because(why)}; it was started anew and trained again to step ${whole(step)}, where it was stopped.${
      forks > 0 ? ' Forks that were not reached are gone.' : ''
    }`,
  lost: 'The model stopped working before it had answered; please try again.',
  too_often: 'The model stops working again and again.',
};
