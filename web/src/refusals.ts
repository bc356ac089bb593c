// Values that were refused: what was typed stays beside its sentence until it is put right.
import type { Config, Schema } from '@core/loader.mjs';
import { CallError, type Client } from './client.ts';
import { changeKnob, effectiveConfig, type Settings } from './state.ts';

export interface Refused {
  text: string;
  message: string;
}

/** By the name of the control. */
export class Refusals extends Map<string, Refused> {
  /** Puts the core's sentences beside the knobs they name, and beside `name`, which was moved; passes on other errors. */
  take(error: unknown, name: string, text: string, config: Config): void {
    if (!(error instanceof CallError)) throw error;
    for (const problem of error.problems) {
      const knob = problem.knob || name;
      this.set(knob, { text: knob === name ? text : String(config[knob]), message: problem.message });
    }
    // The control that was just moved says it too: the other one may be folded away.
    if (!this.has(name)) this.set(name, { text, message: error.message });
  }
  /** Settings with what was refused before, where the core takes all of it together: two knobs may need each other. Else as they are. */
  async along(schema: Schema, settings: Settings, name: string, client: Client): Promise<Settings> {
    let all = settings;
    for (const [other, { text }] of this) {
      const change = other === name ? null : changeKnob(schema, all, other, text);
      if (change && 'settings' in change) all = change.settings;
    }
    if (all === settings) return settings;
    const { problems } = await client.call('check', { config: effectiveConfig(schema, all) });
    return problems.length === 0 ? all : settings;
  }
}
