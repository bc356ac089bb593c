// When the last run is kept: where it comes to rest and when the page is left, not more often than every few seconds.
import type { App } from '../app.ts';
import { lastRun } from '../last_run.ts';
import { keep } from './kept_run.ts';

/** In ms. */
const kApart = 3000;

export class Keeper {
  private kept = { config: {}, step: -1 };
  private last_time = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** While an older run is on offer, the run that the page began by itself does not take its place. */
  private readonly offered: unknown;

  constructor(private readonly app: App) {
    this.offered = location.hash.length < 2 && lastRun() ? app.config : null;
  }

  begin(): void {
    this.app.listen((topic) => topic !== 'select' && this.look());
    // The run may have come to rest before this was loaded.
    this.look();
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) void this.keep();
    });
  }

  private look(): void {
    const { playing, step } = this.app.status;
    if (!playing && step > 0 && step !== this.kept.step) this.soon();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), Math.max(0, this.last_time + kApart - performance.now()));
  }

  private async keep(): Promise<void> {
    const { config, status, trouble } = this.app;
    // The tour's runs are not the reader's.
    if (document.querySelector('ip-tour')) return;
    const same = this.kept.config === config && this.kept.step === status.step;
    if (same || config === this.offered || trouble !== null) return;
    this.kept = { config, step: status.step };
    this.last_time = performance.now();
    // The worker may be gone; then there is nothing to keep.
    await keep(this.app).catch(() => undefined);
  }
}
