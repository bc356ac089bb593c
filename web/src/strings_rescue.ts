// Words for a worker that died; loaded with the first of them.
import { whole } from './format.ts';

const start = 'The model stopped working unexpectedly';
const because = (why: string) => (why ? ` (${why})` : '');

export const rescueStrings = {
  again: (why: string, step: number) =>
    `${start}${because(why)}; it was started anew and is trained again up to step ${whole(step)}.`,
  done: (why: string, step: number) =>
    `${start}${because(why)}; it was started anew, trained again to the same step ${whole(step)}, and goes on from there.`,
  lost: 'The model stopped working before it had answered; please try again.',
  too_often: 'The model stops working again and again.',
};
