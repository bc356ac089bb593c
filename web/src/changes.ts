// What is changed while a run goes on: live knobs, and what is held in the model. Together with the settings at step 0 these are the whole
// run, so that an address or a file gives it again to the bit. They become the core's Course (core/course_json.hpp).
import type { Config, Course, CoursePhase, KnobValue, Schema } from '@core/loader.mjs';
import { effectiveConfig, parseKnob, type Settings, withKnob } from './state.ts';
import { strings } from './strings.ts';

export interface Change {
  /** The first training step that goes by it, a whole number from 0. */
  at: number;
  /** Values from there on. */
  knobs: Partial<Config>;
  /** Lines of core/intervene.hpp held from there on, [] for none; null: as before. */
  interventions: string[] | null;
  /** A phase of its own begins: its schedule counts from here, and no change that is made before it reaches into it. */
  phase?: true;
}

/** A person makes fewer, and an address with more is none of this page's. */
export const kMostChanges = 64;

/** As the core's own limits: steps in a Course, and lines held at once. */
const kLastStep = 1_000_000_000;
const kMostHeld = 64;

/** A line's form; whether there is such a head is the core's business. */
const kLine = /^((ablate|clamp|copy|path|freeze)( [\w.+-]{1,60}){1,4}|patch \d+\.\d+ \w+ [\d-]{1,1300})$/;

/** What is held before training step `step`. */
export function heldAt(changes: readonly Change[], step: number): string[] {
  return changes.findLast(({ at, interventions }) => at <= step && interventions !== null)?.interventions ?? [];
}

/** The Config before training step `step`. */
export function configAt(schema: Schema, settings: Settings, step: number): Config {
  const config = effectiveConfig(schema, settings);
  for (const { at, knobs } of settings.changes) if (at <= step) Object.assign(config, knobs);
  return config;
}

/** The step from which the schedule counts at `step`. */
function clockAt(changes: readonly Change[], step: number): number {
  return changes.findLast(({ at, phase }) => phase && at <= step)?.at ?? 0;
}

/** Where the run ends: the last phase's `steps` after it began. */
export function runEnd(schema: Schema, settings: Settings): number {
  const last = Number.POSITIVE_INFINITY;
  return clockAt(settings.changes, last) + Number(configAt(schema, settings, last).steps);
}

/** The whole run as the core takes it: a plain Config when nothing changes on the way. */
export function effectiveCourse(schema: Schema, settings: Settings): Config | Course {
  const whole = effectiveConfig(schema, settings);
  if (settings.changes.length === 0) return whole;
  const first = { at: 0, knobs: {}, interventions: null };
  const changes = settings.changes[0].at === 0 ? settings.changes : [first, ...settings.changes];
  const phases = changes.map(({ at }): CoursePhase => {
    // A phase says its knobs over those of the whole, not over the phase before.
    const knobs = Object.assign(
      {},
      ...settings.changes.filter((change) => change.at <= at).map((change) => change.knobs),
    );
    const interventions = heldAt(settings.changes, at);
    const clock = clockAt(settings.changes, at);
    return { steps: Number(whole.steps), ...knobs, at, ...(at > clock ? { schedule_from: clock } : {}), interventions };
  });
  return { ...whole, phases };
}

/** The settings after a change at step `at` of the run; as in the core, it takes the place of all later ones but planned phases. */
export function withChange(
  schema: Schema,
  settings: Settings,
  at: number,
  part: Partial<Omit<Change, 'at'>>,
): Settings {
  const changes = settings.changes.filter((change) => change.at < at);
  const same = settings.changes.find((change) => change.at === at);
  let before: Settings = { ...settings, changes };
  const phase = at > 0 && (part.phase ?? same?.phase);
  let knobs: Partial<Config> = { ...same?.knobs, ...part.knobs };
  if (at === 0) {
    for (const [name, value] of Object.entries(knobs)) before = withKnob(schema, before, name, value as KnobValue);
    knobs = {};
  }
  // What is as it was is no change.
  knobs = differing(knobs, configAt(schema, before, at));
  let interventions = part.interventions ?? same?.interventions ?? null;
  if (interventions?.join('\n') === heldAt(changes, at).join('\n')) interventions = null;
  const nothing = Object.keys(knobs).length === 0 && interventions === null && !phase;
  const change = { at, knobs, interventions, ...(phase ? { phase } : {}) };
  const changed = nothing ? before : { ...before, changes: [...changes, change] };
  return withPhases(schema, changed, settings, at);
}

/** With the phases that `planned` begins after step `after`, each as it is there, whatever came before it. */
function withPhases(schema: Schema, settings: Settings, planned: Settings, after: number): Settings {
  for (const { at, phase } of planned.changes) {
    if (!phase || at <= after) continue;
    const { changes } = settings;
    const held = heldAt(planned.changes, at);
    const interventions = held.join('\n') === heldAt(changes, at).join('\n') ? null : held;
    const knobs = differing(configAt(schema, planned, at), configAt(schema, settings, at));
    settings = { ...settings, changes: [...changes, { at, knobs, interventions, phase }] };
  }
  return settings;
}

export function differing(knobs: Partial<Config>, config: Config): Partial<Config> {
  return Object.fromEntries(Object.entries(knobs).filter(([name, value]) => config[name] !== value)) as Partial<Config>;
}

/** Without what would be changed after `step`. */
export function forgetAfter(settings: Settings, step: number): Settings {
  return { ...settings, changes: settings.changes.filter(({ at }) => at <= step) };
}

/** 120:lr=0.003;ablate+1.2+zero — a part of an address, readable; `none` lifts all that is held, `phase` begins a new phase. */
export function encodeChange({ at, knobs, interventions, phase }: Change): string {
  const values = Object.entries(knobs).map(([name, value]) => `${name}=${value}`);
  const lines = interventions?.length === 0 ? ['none'] : (interventions ?? []);
  const items = [...(phase ? ['phase'] : []), ...values, ...lines].map((item) =>
    encodeURIComponent(item).replace(/%20/g, '+').replace('%3D', '='),
  );
  return `${at}:${items.join(';')}`;
}

/** The changes that the texts of an address mean, in their order, over `settings`; a sentence for each part that is left out. */
export function decodeChanges(
  schema: Schema,
  settings: Settings,
  texts: readonly string[],
): { settings: Settings; problems: string[] } {
  const problems: string[] = [];
  if (texts.length > kMostChanges) problems.push(strings.url_changes_many(texts.length, kMostChanges));
  const found = texts.slice(0, kMostChanges).map((text) => decodeChange(schema, text, problems));
  const changes = found.filter((change) => change !== null).sort((one, other) => one.at - other.at);
  for (const change of changes) {
    if (changes.find(({ at }) => at === change.at) !== change) problems.push(strings.url_change_twice(change.at));
    else settings = withChange(schema, settings, change.at, change);
  }
  return { settings, problems };
}

function decodeChange(schema: Schema, text: string, problems: string[]): Change | null {
  const [, step, rest] = /^(\d{1,10}):(.*)$/s.exec(text) ?? [];
  if (step === undefined || Number(step) > kLastStep) {
    problems.push(strings.url_change(quoted(text)));
    return null;
  }
  const change: Change = { at: Number(step), knobs: {}, interventions: null };
  const items = rest.split(';').map((item) => item.trim().replace(/\s+/g, ' '));
  for (const item of items) {
    const wrong = item.includes('=') ? readKnob(schema, change, item) : readLine(change, item);
    if (wrong !== null) problems.push(strings.url_change_part(change.at, wrong));
  }
  return change;
}

/** name=value; a sentence when it is none. */
function readKnob(schema: Schema, change: Change, item: string): string | null {
  const [name, ...rest] = item.split('=');
  const knob = schema.knobs.find((candidate) => candidate.name === name);
  if (!knob) return strings.url_unknown(quoted(name));
  const value = rest.join('=');
  const parsed = parseKnob(knob, value);
  if ('expected' in parsed) return strings.url_value(name, quoted(value), parsed.expected);
  change.knobs[name] = parsed.value;
  return null;
}

function readLine(change: Change, item: string): string | null {
  if (item === 'phase') {
    change.phase = true;
    return null;
  }
  if (item === 'none') {
    change.interventions ??= [];
    return null;
  }
  if (!kLine.test(item)) return strings.url_line(quoted(item));
  if ((change.interventions?.length ?? 0) >= kMostHeld) return strings.url_lines_many(kMostHeld);
  change.interventions = [...(change.interventions ?? []), item];
  return null;
}

/** What a stranger wrote is quoted short, without characters that break or turn the line. */
export function quoted(text: string): string {
  return (text.length > 40 ? `${text.slice(0, 40)}…` : text).replace(/[\p{C}\p{Z}]/gu, ' ');
}
