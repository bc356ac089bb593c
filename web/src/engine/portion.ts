// How many training steps go into one submit: as many as the device does in kAim.

/** Of one submit, in ms. Below the 50 that keep a device free for the page's own pictures, and a pause short. */
const kAim = 40;

export class Portion {
  steps = 1;
  /** Mean time between two results, in ms. */
  private span = kAim;
  private last_arrival = 0;

  constructor(private readonly most: number) {}

  /** A submit of n steps, sent at `began`, came back at `now`. */
  learn(n: number, began: number, now: number): void {
    const span = now - Math.max(began, this.last_arrival);
    this.last_arrival = now;
    // Some browsers answer several submits at once, about every 100 ms: their mean counts.
    this.span += (span - this.span) / 3;
    // One that was cut short says nothing about more.
    if (n < this.steps && this.span < kAim) return;
    const factor = Math.min(2, Math.max(0.5, kAim / Math.max(this.span, 1)));
    const wanted = factor > 1 ? Math.ceil(this.steps * factor) : Math.floor(this.steps * factor);
    this.steps = Math.min(this.most, Math.max(1, wanted));
  }
}
