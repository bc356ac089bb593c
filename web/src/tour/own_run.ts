// The reader's run from before the tour, to come back to.
import type { App } from '../app.ts';
import type { Origin } from '../origin.ts';
import type { Bytes } from '../protocol.ts';
import { openTensors } from '../share/open.ts';
import { sameSettings } from '../share/same_settings.ts';
import type { Settings } from '../state.ts';
import { strings } from '../strings.ts';

export class OwnRun {
  private constructor(
    private readonly bytes: Bytes,
    private readonly settings: Settings,
    private readonly origin: Origin | null,
  ) {}

  /** null: there is none, but the run that the page began by itself. */
  static async of(app: App, begun: Settings): Promise<OwnRun | null> {
    if (app.status.step === 0 || (sameSettings(begun, app.settings) && !app.origin)) return null;
    const { bytes } = await app.client.call('save', { model: false });
    return new OwnRun(bytes, app.settings, app.origin);
  }

  async bringBack(app: App): Promise<void> {
    await app.pause();
    await openTensors(app, strings.own_run, this.bytes);
    app.origin = this.origin;
    const { prompt, head, speed, targets } = this.settings;
    app.setView({ head, speed, targets });
    if (prompt !== null) await app.setPrompt(prompt);
  }
}
