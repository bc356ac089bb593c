// The settings that a run is: the preset nearest to its first Config, what differs, and what is changed on the way.
import type { Config, Course, CoursePhase, KnobValue, Schema } from '@core/loader.mjs';
import { type Change, differing, heldAt } from '../changes.ts';
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
  const all = schema.presets.map(({ name: preset }) => ({ preset, knobs: fromPreset(schema, preset, config) }));
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

function fromPreset(schema: Schema, preset: string, config: Config): Partial<Config> {
  const differ = schema.knobs.filter((knob) => config[knob.name] !== presetValue(schema, preset, knob));
  return Object.fromEntries(differ.map(({ name }) => [name, config[name]]));
}

/** null: a schedule that is none of a phase's, or a pattern that is held; settings have no place for that. */
function changesOf(schema: Schema, course: Config | Course, phases: CoursePhase[]): Change[] | null {
  const everywhere = (course.interventions ?? []) as unknown[];
  const changes: Change[] = [];
  const list = phases.length > 0 ? phases : [{ steps: 0, at: 0 } as CoursePhase];
  let [clock, end] = [0, 0];
  for (const [i, phase] of list.entries()) {
    const held = phase.interventions ?? everywhere;
    const at = phase.at ?? end;
    const since = phase.schedule_from ?? at;
    if (!held.every((line): line is string => typeof line === 'string')) return null;
    if (!Number.isInteger(at) || (since !== at && since !== clock)) return null;
    [clock, end] = [since, since + phase.steps];
    const knobs = i === 0 ? {} : differing(knobsOf(schema, course, phase), knobsOf(schema, course, list[i - 1]));
    const interventions = held.join('\n') === heldAt(changes, at).join('\n') ? null : held;
    const own = i > 0 && since === at ? { phase: true as const } : {};
    if (interventions !== null || Object.keys(knobs).length > 0 || own.phase)
      changes.push({ at, knobs, interventions, ...own });
  }
  return changes;
}
