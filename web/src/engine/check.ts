// The comparison that a graphics device has to pass before it trains.
import type { Core, Course } from '@core/loader.mjs';
import type { EngineReport } from '../protocol.ts';
import type { Clock } from './clock.ts';
import type { Card, Graphics } from './graphics.ts';

/** Sequences in the batch of the comparison: every chunk of a gradient gets one. */
const kRows = 8;

/** Training steps before it, so that the optimiser's state is not zero. */
const kWarmUp = 3;

/** A learning rate that nothing runs away with: numbers near overflow would differ for no fault of the device. */
const kGentle = 1e-3;

export type Parity = NonNullable<EngineReport['parity']>;

/** The open configuration, and what is held in it, with at most kRows sequences on both engines, in slices: messages are answered in between. */
export async function checkCard(
  core: Core,
  clock: Clock,
  graphics: Graphics,
  card: Card,
  course: Course,
): Promise<Parity> {
  const rows = Math.min(kRows, Number(course.batch));
  const trainer = core.create({ ...course, batch: rows, lr: Math.min(Number(course.lr), kGentle) });
  try {
    for (let i = 0; i < kWarmUp; i++) {
      trainer.train(1);
      await new Promise<void>((done) => clock.soon(done));
    }
    const kernels = await card.compare(trainer);
    return { ...graphics.worst(kernels), rows, kernels };
  } finally {
    trainer.dispose();
  }
}
