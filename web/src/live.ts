// A live knob in the running model: kept in the settings with the step from which on it holds.
import type { KnobValue } from '@core/loader.mjs';
import type { App } from './app.ts';
import { forgetAfter, withChange } from './changes.ts';

/** A refusal changes nothing else. */
export async function setLive(app: App, name: string, value: KnobValue, text: string): Promise<void> {
  try {
    const { at, ...now } = await app.client.call('set', { knobs: { [name]: value } });
    app.inForce(now);
    app.refused.delete(name);
    app.setView(withChange(app.schema, app.settings, at, { knobs: { [name]: value } }));
  } catch (error) {
    app.refused.take(error, name, text, app.config);
    app.tell('settings');
  }
}

/** The run goes on as it is now. */
export async function forgetLater(app: App): Promise<void> {
  const { at, ...now } = await app.client.call('forget_later', null);
  app.inForce(now);
  app.setView(forgetAfter(app.settings, at));
}
