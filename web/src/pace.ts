// How fast training goes. Times in milliseconds.

/** At most this much delay is caught up, so that a stall, or a tab put to sleep, is not followed by a jump: three pictures of the screen. */
const kCatchUp = 50;

/** Lets steps through at a chosen rate; never makes up for lost time with a burst. */
export class Pace {
  private next_at = 0;

  /** null: no limit. */
  constructor(private readonly steps_per_second: number | null) {}

  /** Steps that may begin at `now`. */
  due(now: number): number {
    if (this.steps_per_second === null) return Number.POSITIVE_INFINITY;
    const { interval } = this;
    return Math.max(0, 1 + Math.floor((now - this.latest(now)) / interval));
  }

  /** n steps have just begun at `now`. */
  began(now: number, n: number): void {
    if (this.steps_per_second === null) return;
    this.next_at = this.latest(now) + n * this.interval;
  }

  /** Never longer than steps lie apart: a clock that was set back holds nothing up. */
  wait(now: number): number {
    return Math.min(Math.max(0, this.next_at - now), Math.max(this.interval, kCatchUp));
  }

  private get interval(): number {
    return 1000 / (this.steps_per_second ?? Number.POSITIVE_INFINITY);
  }

  /** When the next step is, or was, due. */
  private latest(now: number): number {
    const apart = Math.max(this.interval, kCatchUp);
    // Further ahead than steps are ever begun at once: the clock was set back.
    const next = this.next_at > now + 3 * apart ? now : this.next_at;
    return Math.max(next, now - apart);
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
