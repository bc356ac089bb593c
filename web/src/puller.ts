// Pulls one picture of the training per animation frame, and none when there is nothing new to see.
import type { App } from './app.ts';
import type { Client } from './client.ts';
import type { View } from './protocol.ts';
import { colours, onTheme } from './theme.ts';

/** With reduced motion, pictures come this far apart, in ms. */
const kCalmInterval = 1000;

export class Puller {
  private app: App | null = null;
  private shown = -1;
  private spare: ArrayBuffer | null = null;
  private awake = false;
  private busy = false;
  /** The colours that the worker has. */
  private palette: Uint32Array | null = null;
  private urgent = false;
  private last_pull = 0;

  constructor(
    private readonly client: Client,
    private readonly calm: () => boolean,
    /** The colours that the maps are painted in. */
    private readonly tint = colours,
  ) {}

  /** `signal` ends it, where it does not last as long as the page. */
  begin(app: App, signal?: AbortSignal): void {
    this.app = app;
    signal?.addEventListener('abort', () => {
      this.app = null;
    });
    // A hidden page draws nothing; when it is seen again it draws at once.
    document.addEventListener('visibilitychange', () => this.poke(), { signal });
    onTheme(() => this.repaint());
    this.poke();
  }

  /** Other colours: the page draws the maps until the worker has painted them again. */
  private repaint(): void {
    dropMaps(this.app?.view ?? null);
    this.poke();
  }

  /** Something changed: draw soon, also when paused or calm. */
  poke(): void {
    this.urgent = true;
    if (this.awake || !this.app) return;
    this.awake = true;
    this.schedule();
  }

  private schedule(): void {
    const { app } = this;
    if (document.hidden || !app) this.awake = false;
    else requestAnimationFrame((now) => void this.tick(app, now));
  }

  private async tick(app: App, now: number): Promise<void> {
    const early = this.calm() && !this.urgent && now - this.last_pull < kCalmInterval;
    if (!this.busy && !early) await this.pull(app, now);
    const { status, trouble } = app;
    // Asleep while nothing moves: poke() wakes it.
    if ((status.playing || this.urgent) && trouble === null) this.schedule();
    else this.awake = false;
  }

  private async pull(app: App, now: number): Promise<void> {
    this.busy = true;
    this.urgent = false;
    this.last_pull = now;
    const buffer = this.spare;
    this.spare = null;
    const { palette } = this.tint();
    const changed = palette === this.palette ? null : palette;
    this.palette = palette;
    try {
      const frame = await this.client.call(
        'frame',
        { shown: this.shown, buffer, palette: changed },
        buffer ? [buffer] : [],
      );
      // The buffer of the picture that is replaced now carries the next one but one.
      if (frame.view && app.view) this.spare = app.view.pattern.buffer as ArrayBuffer;
      if (frame.view) dropMaps(app.view);
      if (this.tint().palette !== palette) dropMaps(frame.view);
      this.shown = frame.version;
      app.take(frame);
    } catch (error) {
      app.fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.busy = false;
    }
  }
}

/** Bitmaps hold memory of the graphics device until they are closed. */
function dropMaps(view: View | null): void {
  view?.maps?.close();
  if (view) view.maps = null;
}
