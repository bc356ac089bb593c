// The training loop: slices of a few milliseconds, with a look at the messages in between.
import type { Clock } from './engine/clock.ts';
import type { Engine } from './engine/engine.ts';
import { Pace } from './pace.ts';

/** Training stays this long in one go before it looks at messages again, in ms: pause then answers at once. */
const kSlice = 8;

export class Loop {
  playing = false;
  /** Every start, stop or wake-up gets a number; a slice of an older one does nothing. */
  turn = 0;
  private pace = new Pace(null);

  constructor(
    private readonly clock: Clock,
    /** Asked before every step: what is shown again may become what is trained. */
    private readonly engine: () => Pick<Engine, 'free' | 'begin'>,
    /** Steps that may be begun now. */
    private readonly cut: () => number,
  ) {}

  start(pace: Pace): void {
    this.pace = pace;
    this.playing = true;
    this.wake();
  }

  /** Begins nothing more. */
  stop(): void {
    this.playing = false;
    this.turn++;
  }

  wake(): void {
    if (!this.playing) return;
    const turn = ++this.turn;
    this.clock.soon(() => this.slice(turn));
  }

  private slice(turn: number): void {
    if (turn !== this.turn) return;
    const end = this.clock.now() + kSlice;
    while (turn === this.turn && this.engine().free && this.clock.now() < end && this.beginSome());
    // A busy engine wakes the loop when there is room again.
    if (turn !== this.turn || !this.engine().free || this.cut() <= 0) return;
    const wait = this.pace.wait(this.clock.now());
    // Browsers round short timers up to 4 ms: below that, only yield.
    if (wait > 4) this.clock.later(() => this.slice(turn), wait);
    else this.clock.soon(() => this.slice(turn));
  }

  private beginSome(): boolean {
    const now = this.clock.now();
    const cut = this.cut();
    const most = Math.min(cut, this.pace.due(now));
    if (most <= 0) return false;
    this.pace.began(now, this.engine().begin(most, cut));
    return true;
  }
}
