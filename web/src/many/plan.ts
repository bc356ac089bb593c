// What the settings of the page mean for many seeds of them.
import type { Config, Course, Schema } from '@core/loader.mjs';
import { effectiveCourse, runEnd } from '../changes.ts';
import { effectiveConfig, type Settings, withKnob } from '../state.ts';
import { manyStrings as words } from '../strings_many.ts';
import { addressOf } from '../url.ts';
import type { SeedRun } from './batch.ts';
import { asJson } from './files.ts';

/** The very run that the page makes of these settings with that seed. */
export function courseOf(schema: Schema, settings: Settings, seed: number): Config | Course {
  return effectiveCourse(schema, withKnob(schema, settings, 'seed', seed));
}

/** Where the page's run ends, with what is changed on the way. */
export function stepsOf(schema: Schema, settings: Settings): number {
  return runEnd(schema, settings);
}

export function probesOf(schema: Schema, settings: Settings): number {
  return Number(effectiveConfig(schema, settings).probe_every);
}

export function largestSeed(schema: Schema): number {
  return schema.knobs.find(({ name }) => name === 'seed')?.max ?? 99;
}

/** In what the page's run is no longer what these were: names of knobs, without the seed. */
export function differing(schema: Schema, then: Settings, now: Settings): string[] {
  const [a, b] = [effectiveConfig(schema, then), effectiveConfig(schema, now)];
  const names = schema.knobs.map(({ name }) => name).filter((name) => name !== 'seed' && a[name] !== b[name]);
  const changed = JSON.stringify(then.changes) !== JSON.stringify(now.changes);
  return changed ? [...names, words.changes] : names;
}

/** All results, with what opens and repeats the first of them. */
export function jsonOf(schema: Schema, settings: Settings, runs: SeedRun[]): string {
  const first = withKnob(schema, settings, 'seed', runs[0].seed);
  return asJson(runs, effectiveCourse(schema, first), addressOf({ ...first, b: null }));
}
