// Where a figure is to be when it is first seen: at the step of its attributes, or where it was when it was taken out of the document.
import type { Figure, FigureState } from './figure.ts';

export class Arrival {
  /** Where it was. */
  kept: FigureState | null = null;
  /** It is to be taken there. */
  due = false;

  /** true: it rests there. */
  plan({ app }: Figure, kept: FigureState | null): boolean {
    this.kept = kept;
    this.due = kept !== null || app.settings.step !== null;
    return this.due;
  }

  async arrive({ app, restore }: Figure): Promise<void> {
    if (!this.due) return;
    this.due = false;
    const way = this.kept ? restore(this.kept) : app.timeline.opened();
    // Pictures of the way there.
    app.poke();
    await way;
    this.kept = null;
  }
}
