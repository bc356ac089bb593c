// Opens the run that settings mean. Changes on its way may not fit another model: then it is opened without them.
import type { Schema } from '@core/loader.mjs';
import { effectiveCourse } from './changes.ts';
import { CallError, type Client } from './client.ts';
import type { Run } from './protocol.ts';
import type { Settings } from './state.ts';
import { strings } from './strings.ts';

export interface Opened {
  run: Run;
  settings: Settings;
  /** A sentence when something was left out. */
  left_out: string | null;
}

/** Throws CallError when the core refuses, and the old run goes on. */
export async function openSettings(client: Client, schema: Schema, settings: Settings): Promise<Opened> {
  const { engine } = settings;
  const open = (part: Settings) => client.call('open', { config: effectiveCourse(schema, part), engine });
  try {
    return { run: await open(settings), settings, left_out: null };
  } catch (error) {
    if (!(error instanceof CallError) || settings.changes.length === 0) throw error;
    const without = { ...settings, changes: [] };
    const run = await open(without).catch(() => {
      throw error;
    });
    return { run, settings: without, left_out: strings.changes_left_out(settings.changes.length, error.message) };
  }
}
