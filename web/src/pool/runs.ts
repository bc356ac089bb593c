// What jobs of the pool have in common: opening a run with the reader's data in place, and training it in slices.
import type { Config, Course } from '@core/loader.mjs';
import type { SideData, SideProgress, SideRun } from './calls.ts';
import type { Side } from './side.ts';

/** A slice is short enough for a pause to answer at once, and long enough for the messages not to matter, in ms. */
const kSlice = 100;

/** The data that a worker has. */
const given = new WeakMap<Side, SideData>();

export interface RunPlan {
  course: Partial<Config> | Course;
  /** null: the task needs none, or none was given. */
  data: SideData | null;
  /** With checkpoints. */
  keep?: boolean;
}

export async function openOn(side: Side, { course, data, keep = false }: RunPlan): Promise<SideRun> {
  if (data && given.get(side) !== data) {
    await side.call('data', data);
    given.set(side, data);
  }
  return side.call('open', { course, keep });
}

/** Trains to step `to`; `slice` is told after each slice and says whether to go on, `turn` is waited for before the next. */
export async function trainTo(
  side: Side,
  to: number,
  slice: (progress: SideProgress) => boolean,
  turn?: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const progress = await side.call('train', { to, ms: kSlice });
    if (!slice(progress) || progress.stopped !== null || progress.step >= to) return;
    await turn?.();
  }
}
