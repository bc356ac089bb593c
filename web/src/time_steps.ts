// How long single training steps take.
import type { Trainer } from '@core/loader.mjs';
import type { Clock } from './engine/clock.ts';

/** In ms, one by one. */
export function timeSteps(trainer: Trainer, clock: Clock, steps: number): number[] {
  return Array.from({ length: steps }, () => {
    const began = clock.now();
    trainer.train(1);
    return clock.now() - began;
  });
}
