// What a submit of training steps gives back.
import type { Region } from '../protocol.ts';
import { kResultBytes } from './buffers.ts';

export interface TrainingResult {
  /** Mean training loss in nats, before the update. */
  loss: number;
  gradient_norm: number;
  /** False from the first training step on whose loss or gradient was not finite: parameters and moments stay as they were. */
  applied: boolean;
}

export interface TrainingOutput {
  results: TrainingResult[];
  /** The wanted regions of the arena as they are after the last of these training steps. */
  read: Float32Array<ArrayBuffer>[];
}

/** The first numbers of what comes back: the statistics of each training step. */
export function resultsOf(values: Float32Array, steps: number): TrainingResult[] {
  return Array.from({ length: steps }, (_, slot) => {
    const [loss, gradient_norm, applied] = values.subarray((slot * kResultBytes) / 4);
    return { loss, gradient_norm, applied: applied === 1 };
  });
}

/** The regions that were asked for, from `first` on. */
export function regionsOf(
  values: Float32Array<ArrayBuffer>,
  first: number,
  read: Region[],
): Float32Array<ArrayBuffer>[] {
  let at = first;
  return read.map(([, n]) => {
    at += n;
    return values.slice(at - n, at);
  });
}
