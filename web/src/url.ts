// The URL hash: #preset=demo&n_heads=2&seed=5&at=120:lr=0.003;ablate+1.2+zero. Written from Settings; hostile until parsed.
import type { Schema } from '@core/loader.mjs';
import { decodeChanges, encodeChange, quoted } from './changes.ts';
import { parseHeadName } from './format.ts';
import {
  defaultSettings,
  findPreset,
  kDefaultSpeed,
  kEngines,
  kSpeeds,
  parseKnob,
  type Settings,
  withKnob,
} from './state.ts';
import { strings } from './strings.ts';

/** Longer than any honest link: 30 knobs and a sequence of 256 numbers. */
const kMaxLength = 8000;

/** The step that a page opens at is trained up to first: this takes the demo minutes. */
const kLastStep = 1_000_000;

export interface Decoded {
  settings: Settings;
  /** One sentence for each part that was not understood; the rest applies. */
  problems: string[];
}

export function encodeHash(settings: Settings): string {
  const parts = new URLSearchParams({ preset: settings.preset });
  for (const [name, value] of Object.entries(settings.knobs)) parts.set(name, String(value));
  if (settings.prompt !== null) parts.set('prompt', settings.prompt);
  if (settings.head !== null) parts.set('head', settings.head);
  if (settings.speed !== kDefaultSpeed) parts.set('speed', settings.speed);
  if (settings.engine !== 'auto') parts.set('engine', settings.engine);
  if (settings.step !== null) parts.set('step', String(settings.step));
  if (settings.targets) parts.set('targets', '1');
  if (settings.b !== null) parts.set('b', settings.b);
  return `#${parts}${settings.changes.map((change) => `&at=${encodeChange(change)}`).join('')}`;
}

/** The whole address of a run, also where nothing was changed: defaults may be others tomorrow. */
export function addressOf(settings: Settings): string {
  return new URL(encodeHash(settings), location.href).href;
}

/** In the address bar, without a place to come back to: moving a slider is none. */
export function showAddress(settings: Settings): void {
  history.replaceState(null, '', addressOf(settings));
}

export function decodeHash(hash: string, schema: Schema): Decoded {
  let settings = defaultSettings(schema);
  const problems: string[] = [];
  const text = hash.replace(/^#/, '');
  if (text.length > kMaxLength) return { settings, problems: [strings.url_too_long(text.length, kMaxLength)] };
  const parts = new Map<string, string>();
  const changes: string[] = [];
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === 'at') changes.push(value);
    else if (parts.has(name)) problems.push(strings.url_twice(quoted(name)));
    else parts.set(name, value);
  }
  // The preset first: every other value is a difference from it.
  const preset = parts.get('preset');
  if (preset !== undefined) {
    if (findPreset(schema, preset)) settings.preset = preset;
    else problems.push(strings.url_preset(quoted(preset), schema.presets.map((known) => known.name).join(', ')));
    parts.delete('preset');
  }
  for (const [name, value] of parts) {
    const read = readView(settings, name, value) ?? readKnob(schema, settings, name, value);
    if (typeof read === 'string') problems.push(read);
    else settings = read;
  }
  // On top of the knobs at step 0.
  const changed = decodeChanges(schema, settings, changes);
  return { settings: changed.settings, problems: [...problems, ...changed.problems] };
}

/** What is not a knob: prompt, head, speed, engine, step, targets, b. null when the name is none of them. */
function readView(settings: Settings, name: string, value: string): Settings | string | null {
  switch (name) {
    case 'prompt':
      return { ...settings, prompt: value };
    case 'head':
      return parseHeadName(value) ? { ...settings, head: value } : strings.url_value('head', quoted(value), '0.0, 1.3');
    case 'speed':
      if (kSpeeds.has(value)) return { ...settings, speed: value };
      return strings.url_value('speed', quoted(value), [...kSpeeds.keys()].join(', '));
    case 'engine': {
      const engine = kEngines.find((known) => known === value);
      return engine ? { ...settings, engine } : strings.url_value('engine', quoted(value), kEngines.join(', '));
    }
    case 'step':
      if (/^\d{1,7}$/.test(value) && Number(value) <= kLastStep) return { ...settings, step: Number(value) };
      return strings.url_value('step', quoted(value), `0 … ${kLastStep}`);
    case 'targets':
      if (value === '1' || value === '0') return { ...settings, targets: value === '1' };
      return strings.url_value('targets', quoted(value), '0, 1');
    case 'b':
      return { ...settings, b: value };
    default:
      return null;
  }
}

function readKnob(schema: Schema, settings: Settings, name: string, value: string): Settings | string {
  const knob = schema.knobs.find((candidate) => candidate.name === name);
  if (!knob) return strings.url_unknown(quoted(name));
  const parsed = parseKnob(knob, value);
  if ('expected' in parsed) return strings.url_value(name, quoted(value), parsed.expected);
  return withKnob(schema, settings, name, parsed.value);
}
