// Time and yielding, given from outside so that tests can play them. Milliseconds.

export interface Clock {
  now(): number;
  /** Runs `task` after waiting messages have been handled. */
  soon(task: () => void): void;
  later(task: () => void, ms: number): void;
}

/** Generous: a software adapter with a large model takes seconds for one training step. */
const kPatience = 30;
const kTick = 1000;

/**
 * Barks when something that is waited for stays away for kPatience ticks. Ticks are counted, not time: a page that was put to sleep for an
 * hour wakes up one tick older.
 */
export class Watchdog {
  private left = 0;
  private ticking = false;

  constructor(
    private readonly clock: Clock,
    private readonly bark: () => void,
  ) {}

  /** Something is waited for, from now on. */
  watch(): void {
    this.left = kPatience;
    if (this.ticking) return;
    this.ticking = true;
    this.clock.later(this.tick, kTick);
  }

  /** Nothing is waited for. */
  rest(): void {
    this.left = 0;
  }

  private tick = (): void => {
    this.ticking = this.left > 1;
    const late = this.left === 1;
    this.left = Math.max(0, this.left - 1);
    if (this.ticking) this.clock.later(this.tick, kTick);
    if (late) this.bark();
  };
}
