// Experiments as the page offers them: a claim, and the settings of each of its arms. The specs are experiments/*.json, which the command
// line runs with many seeds.
import type { KnobValue, Schema } from '@core/loader.mjs';
import { runEnd, withChange } from './changes.ts';
import { effectiveConfig, findPreset, type Settings, withKnob } from './state.ts';

export interface Arm {
  name: string;
  knobs: Record<string, unknown>;
}

/** The part of a spec that a reader is told. */
export interface Experiment {
  name: string;
  title: string;
  theme?: string;
  claim: string;
  source: string;
  /** What to look at while it runs. */
  watch: string;
  seeds: number;
  baseline: Arm;
  /** Each lies over the baseline. */
  arms: Arm[];
}

/** What the command line measured, with all seeds. */
export interface Finding {
  verdict: string;
  /** A sentence with the numbers. */
  evidence: string;
}

/** All arms, the baseline first, with all their knobs. */
export function armsOf({ baseline, arms }: Experiment): Arm[] {
  return [baseline, ...arms.map(({ name, knobs }) => ({ name, knobs: { ...baseline.knobs, ...knobs } }))];
}

/** The settings that run an arm with the present seed; null when it needs more than knobs, phases and lines that are held. */
export function armSettings(schema: Schema, now: Settings, { knobs }: Arm): Settings | null {
  const { preset: named, interventions = [], phases = [{}], ...values } = knobs;
  const preset = named === undefined ? schema.presets[0].name : String(named);
  if (!findPreset(schema, preset)) return null;
  const seed = now.knobs.seed === undefined ? {} : { seed: now.knobs.seed };
  const nothing: Settings = { ...now, preset, knobs: seed, changes: [], prompt: null, head: null };
  const everywhere = withKnobs(schema, nothing, values);
  return everywhere && withPhases(schema, everywhere, phases as Part[], interventions);
}

/** What a spec says of a phase. */
type Part = Record<string, unknown>;

function withKnobs(schema: Schema, settings: Settings, values: Part): Settings | null {
  for (const [name, value] of Object.entries(values)) {
    if (!schema.knobs.some((knob) => knob.name === name) || typeof value === 'object') return null;
    settings = withKnob(schema, settings, name, value as KnobValue);
  }
  return settings;
}

/** A phase's knobs lie over those of the whole, not over those of the phase before. */
function withPhases(schema: Schema, everywhere: Settings, phases: Part[], usual: unknown): Settings | null {
  let settings: Settings | null = null;
  for (const { interventions = usual, ...values } of phases) {
    const own = withKnobs(schema, everywhere, values);
    // A pattern of numbers does not fit into an address.
    const lines = interventions as unknown[];
    if (!own || !lines.every((line) => typeof line === 'string')) return null;
    const at: number = settings ? runEnd(schema, settings) : 0;
    const part = { knobs: settings ? effectiveConfig(schema, own) : {}, interventions: lines, phase: true as const };
    settings = withChange(schema, settings ?? own, at, part);
  }
  return settings;
}

/** Is this the run on show, whatever its seed? */
export function sameRun(a: Settings, b: Settings): boolean {
  const text = ({ preset, changes, knobs: { seed, ...knobs } }: Settings) =>
    JSON.stringify([preset, changes, Object.entries(knobs).sort(([one], [two]) => (one < two ? -1 : 1))]);
  return text(a) === text(b);
}

/** By theme, in the order in which themes first come. */
export function byTheme(list: Experiment[]): [string, Experiment[]][] {
  const themes = new Map<string, Experiment[]>();
  for (const experiment of list) {
    const theme = experiment.theme ?? '';
    themes.set(theme, [...(themes.get(theme) ?? []), experiment]);
  }
  return [...themes];
}
