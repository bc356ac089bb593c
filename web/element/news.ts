// What a figure tells the article: events, each with its detail. `error` and the others do not bubble, like those of <video>.
import type { App } from '../src/app.ts';

export type Emit = (type: string, detail: object) => void;

export class News {
  private step = -1;
  private onsets = 0;

  /** Another step is on show, or a head has taken a role. */
  follow({ status, series, config }: App, emit: Emit): void {
    const { step } = status;
    if (step !== this.step) {
      this.step = step;
      const { loss = null, loss_rep = null } = series.latest ?? {};
      emit('progress', { step, steps: Number(config.steps), loss, loss_rep });
    }
    const { onsets, all_onsets } = series;
    for (const { kind, step: at, head } of onsets.slice(this.onsets))
      emit('phase', { phase: kind, step: at, head: `${head.layer}.${head.head}` });
    // Told once, also to who goes back; another run begins anew.
    this.onsets = Math.min(all_onsets.length, Math.max(this.onsets, onsets.length));
  }
}
