// How long single training steps take, in ms.
import type { Trainer } from '@core/loader.mjs';
import type { Clock } from './engine/clock.ts';

export function timeSteps(trainer: Trainer, steps: number, clock: Clock): number[] {
  return Array.from({ length: steps }, () => {
    const began = clock.now();
    trainer.train(1);
    return clock.now() - began;
  });
}
