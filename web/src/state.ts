// Everything a reader can choose. The URL holds exactly this.
import type { Config, Knob, KnobValue, Preset, Schema } from '@core/loader.mjs';
import type { Change } from './changes.ts';
import type { EngineChoice } from './protocol.ts';
import { strings } from './strings.ts';

export interface Settings {
  preset: string;
  /** Only what differs from the preset. */
  knobs: Partial<Config>;
  /** What is changed on the way, by ascending step. */
  changes: Change[];
  /** Token labels; null shows the held-out example. */
  prompt: string | null;
  /** '1.3'; null follows the story. */
  head: string | null;
  /** A key of `kSpeeds`. */
  speed: string;
  engine: EngineChoice;
  /** The step that the page shows at rest; null: the furthest one, which goes on. */
  step: number | null;
  /** Outlines where an induction head should look. */
  targets: boolean;
  /** The second run beside this one, as an address without its '#'; hostile until parsed (pair/second_address.ts). null: none. */
  b: string | null;
}

/** Training steps per second; null is as fast as the machine can. */
export const kSpeeds: ReadonlyMap<string, number | null> = new Map([
  ['2', 2],
  ['10', 10],
  ['60', 60],
  ['200', 200],
  ['max', null],
]);

export const kEngines: readonly EngineChoice[] = ['auto', 'wasm', 'webgpu'];

/** One step per picture of a 60 Hz screen: the demo forms its circuit in six seconds, slowly enough to see. */
export const kDefaultSpeed = '60';

export function defaultSettings(schema: Schema): Settings {
  const preset = schema.presets[0]?.name ?? '';
  return {
    preset,
    knobs: {},
    changes: [],
    prompt: null,
    head: null,
    speed: kDefaultSpeed,
    engine: 'auto',
    step: null,
    targets: false,
    b: null,
  };
}

export function findPreset(schema: Schema, name: string): Preset | undefined {
  return schema.presets.find((preset) => preset.name === name);
}

/** The preset's value of a knob: what 'changed' is measured against. */
export function presetValue(schema: Schema, preset: string, knob: Knob): KnobValue {
  return findPreset(schema, preset)?.config[knob.name] ?? knob.default;
}

/** The Config at step 0. */
export function effectiveConfig(schema: Schema, settings: Settings): Config {
  const config: Config = {};
  for (const knob of schema.knobs) {
    config[knob.name] = settings.knobs[knob.name] ?? presetValue(schema, settings.preset, knob);
  }
  return config;
}

/** Sets one knob; a value equal to the preset's is forgotten. */
export function withKnob(schema: Schema, settings: Settings, name: string, value: KnobValue): Settings {
  const knob = schema.knobs.find((candidate) => candidate.name === name);
  const knobs = { ...settings.knobs };
  if (knob && presetValue(schema, settings.preset, knob) === value) delete knobs[name];
  else knobs[name] = value;
  return { ...settings, knobs };
}

export type ParsedKnob = { value: KnobValue } | { expected: string };

/** Reads a knob's value as text; ranges are the core's business. */
export function parseKnob(knob: Knob, text: string): ParsedKnob {
  const trimmed = text.trim();
  if (knob.type === 'choice') {
    const options = knob.options ?? [];
    return options.includes(trimmed) ? { value: trimmed } : { expected: options.join(', ') };
  }
  if (knob.type === 'boolean') {
    if (trimmed === 'true' || trimmed === '1') return { value: true };
    return trimmed === 'false' || trimmed === '0' ? { value: false } : { expected: 'true, false' };
  }
  const pattern = knob.type === 'integer' ? /^[+-]?\d{1,15}$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
  const value = Number(trimmed);
  if (pattern.test(trimmed) && trimmed.length < 40 && Number.isFinite(value)) return { value };
  return { expected: `${knob.min} … ${knob.max}` };
}

export type KnobChange = { settings: Settings; value: KnobValue; live: boolean } | { refused: string };

/** One knob from what a reader typed. */
export function changeKnob(schema: Schema, settings: Settings, name: string, text: string): KnobChange {
  const knob = schema.knobs.find((candidate) => candidate.name === name);
  if (!knob) return { refused: strings.url_unknown(name) };
  const parsed = parseKnob(knob, text);
  if ('expected' in parsed) return { refused: strings.bad_value(name, text, parsed.expected) };
  const { value } = parsed;
  return { settings: withKnob(schema, settings, name, value), value, live: knob.when === 'live' };
}
