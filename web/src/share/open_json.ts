// Settings as JSON: a Config as the command line writes it, or one with phases.
import type { Config, Course } from '@core/loader.mjs';
import type { App } from '../app.ts';
import { CallError } from '../client.ts';
import { findPreset, presetValue } from '../state.ts';
import { shareStrings as words } from '../strings_share.ts';
import { showAddress } from '../url.ts';
import type { Outcome } from './open.ts';
import { settingsOf } from './settings_of.ts';

/** A given attention pattern has a million numbers; more is no settings. In characters. */
const kLongest = 16 * 2 ** 20;

export async function openJson(app: App, name: string, text: string): Promise<Outcome> {
  if (text.length > kLongest) return { problem: words.too_large(name, text.length, kLongest) };
  const given = parsed(text);
  if (!given) return { problem: words.bad_json(name) };
  const course = withPreset(app, given);
  const { problems } = await app.client.call('check', { config: course as Partial<Config> });
  if (problems.length > 0) return { problem: words.refused(name, problems[0].message) };
  try {
    await begin(app, name, course);
    return { done: words.opened_settings(name) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { problem: words.refused(name, error.message) };
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    // A line of a sweep's results holds its config.
    const { config } = value as { config?: unknown };
    return (typeof config === 'object' && config !== null ? config : value) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** `preset` names what lies below the other knobs, as in the page's own addresses. */
function withPreset({ schema }: App, { preset, ...knobs }: Record<string, unknown>): Course {
  if (typeof preset !== 'string' || !findPreset(schema, preset))
    return (preset === undefined ? knobs : { preset, ...knobs }) as Course;
  const base = Object.fromEntries(schema.knobs.map((knob) => [knob.name, presetValue(schema, preset, knob)]));
  return { ...base, ...knobs } as Course;
}

async function begin(app: App, name: string, course: Course): Promise<void> {
  const { client, schema, settings, goes_on } = app;
  const found = settingsOf(schema, course, settings);
  const { settings: mine } = found;
  await app.adopt(
    async () => ({
      run: await client.call('open', { config: course, engine: settings.engine }),
      settings: mine,
      left_out: null,
    }),
    found.whole ? null : { name, what: 'course', in_address: false, again: () => begin(app, name, course) },
  );
  showAddress(app.settings);
  if (goes_on) await app.play();
}
