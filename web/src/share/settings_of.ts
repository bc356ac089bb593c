// The settings that a Config is: the preset nearest to it, and what differs.
import type { Config, Schema } from '@core/loader.mjs';
import { presetValue, type Settings } from '../state.ts';

/** View and engine stay as they are; a sequence and a head of another model do not. */
export function settingsOf(schema: Schema, config: Config, now: Settings): Settings {
  const all = schema.presets.map(({ name: preset }) => ({ preset, knobs: differing(schema, preset, config) }));
  const size = ({ knobs }: { knobs: Partial<Config> }) => Object.keys(knobs).length;
  const nearest = all.reduce((best, next) => (size(next) < size(best) ? next : best));
  return { ...now, ...nearest, prompt: null, head: null };
}

function differing(schema: Schema, preset: string, config: Config): Partial<Config> {
  const differ = schema.knobs.filter((knob) => config[knob.name] !== presetValue(schema, preset, knob));
  return Object.fromEntries(differ.map(({ name }) => [name, config[name]]));
}
