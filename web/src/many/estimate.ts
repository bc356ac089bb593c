// How long a run of the present configuration takes here, measured before many of them begin.
import type { Pool } from '../pool/pool.ts';
import { openOn, type RunPlan, trainTo } from '../pool/runs.ts';

/** Measured for that long, in ms: enough for a hundred steps of a small model. */
const kMeasured = 400;

export interface Estimate {
  ms_per_step: number;
  /** Of one worker, in bytes. */
  memory: number;
}

export function estimate(pool: Pool, plan: RunPlan): Promise<Estimate> {
  return pool.run(async (side) => {
    const { memory } = await openOn(side, plan);
    let ms = 0;
    let steps = 0;
    await trainTo(side, Number.POSITIVE_INFINITY, (progress) => {
      ms += progress.ms;
      steps = progress.step;
      return ms < kMeasured;
    });
    return { ms_per_step: ms / Math.max(1, steps), memory };
  });
}
