// Going to a step of the run: one request at a time, and of those that came meanwhile only the last.

/** An address is written when the reader rests so long, in ms: browsers allow only so many changes of it. */
const kNoteAfter = 300;

interface Wanted {
  step: number;
  exact: boolean;
}

/** What was asked for and what was shown: a state nearby, where the step itself cannot be. */
interface Rested {
  step: number;
  shown: number;
}

export class Seeker {
  private wanted: Wanted | null = null;
  private asked: Wanted | null = null;
  private rested: Rested | null = null;
  private running: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** Answers with the step that is shown. */
    private readonly ask: (step: number, exact: boolean) => Promise<number>,
    /** The reader stays at a step. */
    private readonly note: (step: number) => void,
  ) {}

  /** The step that was last asked for, as long as nothing else has happened: `shown` is on show, on the way to `goal`. */
  aim(shown: number, goal: number | null): number {
    const rested = this.rested?.shown === shown ? this.rested.step : shown;
    return this.wanted?.step ?? this.asked?.step ?? goal ?? rested;
  }

  /** The run goes on: where the reader rested is nothing to come back to. What is asked for now still counts. */
  leave(): void {
    clearTimeout(this.timer);
    this.rested = null;
  }

  /** Another run. */
  forget(): void {
    this.leave();
    this.wanted = null;
  }

  go(step: number, exact: boolean): Promise<void> {
    this.wanted = { step, exact };
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    while (this.wanted) {
      const { step, exact } = this.wanted;
      this.asked = this.wanted;
      this.wanted = null;
      const shown = await this.ask(step, exact);
      if (exact) this.rest({ step, shown });
    }
    this.asked = null;
  }

  private rest(rested: Rested): void {
    this.rested = rested;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.note(rested.step), kNoteAfter);
  }
}
