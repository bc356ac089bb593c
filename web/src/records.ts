// Probes that the page has not fetched yet.
import type { ProbeRecord } from '@core/loader.mjs';

/** More than a chart can show. */
const kMost = 1024;

export class Records {
  /** A fork tells what lies before it too: the page has not heard of it. */
  static until(step: number, parent: Records): Records {
    const own = new Records();
    own.waiting = parent.waiting.filter((record) => record.step <= step);
    return own;
  }

  private waiting: ProbeRecord[] = [];

  /** While nobody fetches them, in a hidden tab, they thin out instead of piling up. */
  add(record: ProbeRecord): void {
    if (this.waiting.length >= kMost) this.waiting = this.waiting.filter((_, i) => i % 2 === 0);
    this.waiting.push(record);
  }

  /** The run went back: `record` is of the state that it is in now, and what lay after it goes. */
  goBack(record: ProbeRecord): void {
    this.waiting = this.waiting.filter(({ step }) => step < record.step);
    this.waiting.push(record);
  }

  /** Hands them over, oldest first. */
  take(): ProbeRecord[] {
    const records = this.waiting;
    this.waiting = [];
    return records;
  }
}
