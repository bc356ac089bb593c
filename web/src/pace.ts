// How fast training goes. Times in milliseconds.

/** Lets steps through at a chosen rate; never makes up for lost time with a burst. */
export class Pace {
  private next_at = 0;

  /** null: no limit. */
  constructor(private readonly steps_per_second: number | null) {}

  due(now: number): boolean {
    return now >= this.next_at;
  }

  /** A step has just begun at `now`. */
  began(now: number): void {
    if (this.steps_per_second === null) return;
    const interval = 1000 / this.steps_per_second;
    // At most one frame (16 ms) of delay is caught up, so that a stall is not followed by a jump.
    this.next_at = Math.max(this.next_at, now - Math.max(interval, 16)) + interval;
  }

  wait(now: number): number {
    return Math.max(0, this.next_at - now);
  }
}

/** Steps per second over a sliding window of about one second. */
export class RateMeter {
  private marks: { at: number; step: number }[] = [];

  add(at: number, step: number): void {
    const last = this.marks.at(-1);
    // Ten marks a second are enough.
    if (last && at - last.at < 100) return;
    this.marks.push({ at, step });
    if (this.marks.length > 12) this.marks.shift();
  }

  rate(now: number, step: number): number {
    const first = this.marks[0];
    if (!first || now - first.at < 50) return 0;
    return ((step - first.step) * 1000) / (now - first.at);
  }

  clear(): void {
    this.marks = [];
  }
}
