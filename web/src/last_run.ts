// The line that says which run could be gone on with; the run itself lies in the browser's database (share/kept_run.ts).
import { recall, remember } from './memory.ts';

export interface LastRun {
  step: number;
  /** Such as 'demo, seed 5'. */
  what: string;
}

const kName = 'last-run';

export function lastRun(): LastRun | null {
  try {
    const { step, what } = JSON.parse(recall(kName) ?? 'null') ?? {};
    return Number.isSafeInteger(step) && typeof what === 'string' ? { step, what: what.slice(0, 60) } : null;
  } catch {
    return null;
  }
}

export function noteLastRun(last: LastRun | null): boolean {
  return remember(kName, last && JSON.stringify(last));
}
