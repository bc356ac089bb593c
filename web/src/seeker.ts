// Going to a step of the run: one request at a time, and of those that came meanwhile only the last.

/** An address is written when the reader rests so long, in ms: browsers allow only so many changes of it. */
const kNoteAfter = 300;

interface Wanted {
  step: number;
  exact: boolean;
}

export class Seeker {
  private wanted: Wanted | null = null;
  private asked: Wanted | null = null;
  private rested: number | null = null;
  private running: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: (step: number, exact: boolean) => Promise<void>,
    /** The reader stays at a step. */
    private readonly note: (step: number) => void,
  ) {}

  /** The step that was last asked for, as long as nothing else has happened. */
  get aim(): number | null {
    return this.wanted?.step ?? this.asked?.step ?? this.rested;
  }

  forget(): void {
    clearTimeout(this.timer);
    this.wanted = null;
    this.rested = null;
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
      await this.ask(step, exact);
      if (this.asked && exact) this.rest(step);
    }
    this.asked = null;
  }

  private rest(step: number): void {
    this.rested = step;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.note(step), kNoteAfter);
  }
}
