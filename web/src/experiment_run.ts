// One run of one arm from its start to its result line, at full speed in slices: what an experiment's worker does.
import type { Trial } from '@core/experiments_loader.mjs';
import type { Clock } from './engine/clock.ts';

/** Training stays this long in one go before it looks at messages, in ms. */
const kSlice = 16;
/** Between two reports of progress, in ms. */
const kTell = 150;

/** Calls `onProgress` now and then; resolves with the result line, and disposes of the trial, also when it fails. */
export async function runArm(
  trial: Trial,
  clock: Clock,
  onProgress: (step: number, end: number) => void,
): Promise<string> {
  const began = clock.now();
  let told = began;
  try {
    while (advanceFor(trial, clock)) {
      if (clock.now() - told >= kTell) {
        told = clock.now();
        onProgress(trial.step, trial.end);
      }
      await new Promise<void>((next) => clock.soon(next));
    }
    return trial.result((clock.now() - began) / 1000);
  } finally {
    trial.dispose();
  }
}

/** false: the run is over. */
function advanceFor(trial: Trial, clock: Clock): boolean {
  const end = clock.now() + kSlice;
  do {
    if (!trial.advance()) return false;
  } while (clock.now() < end);
  return true;
}
