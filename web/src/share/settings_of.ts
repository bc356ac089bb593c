// The settings that a run is: the preset nearest to its first Config, what differs, and what is changed on the way.
import type { Config, Course, CoursePhase, KnobValue, Schema } from '@core/loader.mjs';
import { type Change, heldAt } from '../changes.ts';
import { presetValue, type Settings } from '../state.ts';

export interface Found {
  settings: Settings;
  /** The settings, and so an address, say all of the run. */
  whole: boolean;
}

/** View and engine stay as they are; a sequence and a head of another model do not. */
export function settingsOf(schema: Schema, course: Config | Course, now: Settings): Found {
  const phases = (course.phases ?? []) as CoursePhase[];
  const config = knobsOf(schema, course, phases[0]);
  const all = schema.presets.map(({ name: preset }) => ({ preset, knobs: differing(schema, preset, config) }));
  const size = ({ knobs }: { knobs: Partial<Config> }) => Object.keys(knobs).length;
  const nearest = all.reduce((best, next) => (size(next) < size(best) ? next : best));
  const changes = changesOf(schema, course, phases);
  const settings = { ...now, ...nearest, changes: changes ?? [], prompt: null, head: null };
  return { settings, whole: changes !== null };
}

/** A phase has the knobs of the whole with its own over them. */
function knobsOf(schema: Schema, course: Config | Course, phase: CoursePhase | undefined): Config {
  const value = ({ name, default: usual }: { name: string; default: KnobValue }) =>
    phase?.[name] ?? course[name] ?? usual;
  return Object.fromEntries(schema.knobs.map((knob) => [knob.name, value(knob) as KnobValue]));
}

function differing(schema: Schema, preset: string, config: Config): Partial<Config> {
  const differ = schema.knobs.filter((knob) => config[knob.name] !== presetValue(schema, preset, knob));
  return Object.fromEntries(differ.map(({ name }) => [name, config[name]]));
}

/** null: a phase has a schedule of its own, or holds a pattern; settings have no place for that. */
function changesOf(schema: Schema, course: Config | Course, phases: CoursePhase[]): Change[] | null {
  const everywhere = (course.interventions ?? []) as unknown[];
  const changes: Change[] = [];
  const list = phases.length > 0 ? phases : [{ steps: 0, at: 0 } as CoursePhase];
  for (const [i, phase] of list.entries()) {
    const held = phase.interventions ?? everywhere;
    const at = phase.at ?? (i === 0 ? 0 : Number.NaN);
    if (!held.every((line): line is string => typeof line === 'string')) return null;
    if (!Number.isInteger(at) || (i > 0 && phase.schedule_from !== 0)) return null;
    const knobs = i === 0 ? {} : changed(knobsOf(schema, course, list[i - 1]), knobsOf(schema, course, phase));
    const interventions = held.join('\n') === heldAt(changes, at).join('\n') ? null : held;
    if (interventions !== null || Object.keys(knobs).length > 0) changes.push({ at, knobs, interventions });
  }
  return changes;
}

function changed(before: Config, after: Config): Partial<Config> {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value));
}
