// Changes on the way of a run: what becomes of them in the core's Course and in an address.
import { describe, expect, test } from 'vitest';
import {
  type Change,
  configAt,
  effectiveCourse,
  forgetAfter,
  heldAt,
  kMostChanges,
  runEnd,
  withChange,
} from '../src/changes.ts';
import { defaultSettings, effectiveConfig, type Settings } from '../src/state.ts';
import { decodeHash, encodeHash } from '../src/url.ts';
import { schema } from './stub.ts';

const defaults = defaultSettings(schema);
const at = (settings: Settings, step: number, part: Partial<Omit<Change, 'at'>>) =>
  withChange(schema, settings, step, part);

describe('a change of a run', () => {
  test('without one, the Course is the plain Config', () => {
    expect(effectiveCourse(schema, defaults)).toEqual(effectiveConfig(schema, defaults));
  });

  test('a phase holds what was changed before it too, and its schedule goes on', () => {
    let settings = at(defaults, 120, { knobs: { lr: 0.003 } });
    settings = at(settings, 200, { interventions: ['ablate 1.2 zero'] });
    settings = at(settings, 300, { knobs: { steps: 500 } });
    const { phases } = effectiveCourse(schema, settings);
    expect(phases).toEqual([
      { at: 0, steps: 10, interventions: [] },
      { at: 120, schedule_from: 0, steps: 10, lr: 0.003, interventions: [] },
      { at: 200, schedule_from: 0, steps: 10, lr: 0.003, interventions: ['ablate 1.2 zero'] },
      { at: 300, schedule_from: 0, steps: 500, lr: 0.003, interventions: ['ablate 1.2 zero'] },
    ]);
  });

  test('a planned phase has a schedule of its own, ends the run, and is not touched by what is changed before it', () => {
    let settings = at(defaults, 10, { phase: true, knobs: { steps: 50, norm: 'rms' } });
    settings = at(settings, 30, { knobs: { lr: 0.003 } });
    expect(effectiveCourse(schema, settings).phases).toEqual([
      { at: 0, steps: 10, interventions: [] },
      { at: 10, steps: 50, norm: 'rms', interventions: [] },
      { at: 30, schedule_from: 10, steps: 50, norm: 'rms', lr: 0.003, interventions: [] },
    ]);
    expect(runEnd(schema, settings)).toBe(60);
    expect(encodeHash(settings)).toBe('#preset=demo&at=10:phase;steps=50;norm=rms&at=30:lr=0.003');
    settings = at(settings, 5, { knobs: { lr: 0.5 }, interventions: ['ablate 0.0 zero'] });
    expect(settings.changes).toEqual([
      { at: 5, knobs: { lr: 0.5 }, interventions: ['ablate 0.0 zero'] },
      { at: 10, knobs: { steps: 50, norm: 'rms', lr: 0.01 }, interventions: [], phase: true },
    ]);
    expect(at(settings, 10, { knobs: { lr: 0.5 } }).changes[1]).toMatchObject({ phase: true, knobs: { steps: 50 } });
    expect(forgetAfter(settings, 7).changes).toHaveLength(1);
  });

  test('at step 0 a knob is one of the settings, and an intervention belongs to the first phase', () => {
    let settings = at(defaults, 0, { interventions: ['clamp 0.1 previous'] });
    settings = at(settings, 0, { knobs: { lr: 0.5 } });
    expect(settings.knobs).toEqual({ lr: 0.5 });
    expect(settings.changes).toEqual([{ at: 0, knobs: {}, interventions: ['clamp 0.1 previous'] }]);
    expect(effectiveCourse(schema, settings).phases).toEqual([
      { at: 0, steps: 10, interventions: ['clamp 0.1 previous'] },
    ]);
  });

  test('it takes the place of later ones, joins one at the same step, and leaves earlier ones', () => {
    let settings = at(defaults, 100, { knobs: { lr: 0.1 } });
    settings = at(settings, 200, { knobs: { lr: 0.2 } });
    settings = at(settings, 300, { interventions: ['ablate 0.0 mean'] });
    settings = at(settings, 200, { interventions: ['freeze 1.0'] });
    expect(settings.changes).toEqual([
      { at: 100, knobs: { lr: 0.1 }, interventions: null },
      { at: 200, knobs: { lr: 0.2 }, interventions: ['freeze 1.0'] },
    ]);
  });

  test('what is taken back at the same step leaves no trace', () => {
    let settings = at(defaults, 100, { knobs: { lr: 0.1 }, interventions: ['ablate 0.0 zero'] });
    settings = at(settings, 100, { knobs: { lr: 0.01 } });
    settings = at(settings, 100, { interventions: [] });
    expect(settings).toEqual(defaults);
  });

  test('held and configured is what the last change before a step says; later ones can be forgotten', () => {
    let settings = at(defaults, 100, { interventions: ['ablate 1.2 zero'] });
    settings = at(settings, 150, { knobs: { lr: 0.1 } });
    settings = at(settings, 200, { interventions: [] });
    expect([99, 100, 199, 200].map((step) => heldAt(settings.changes, step).length)).toEqual([0, 1, 1, 0]);
    expect([149, 150, 500].map((step) => configAt(schema, settings, step).lr)).toEqual([0.01, 0.1, 0.1]);
    expect(forgetAfter(settings, 150).changes.map((change) => change.at)).toEqual([100, 150]);
  });
});

/** A fixed sequence of numbers in [0, 1) that is as good as chance. */
function* chance(seed: number): Generator<number, never> {
  for (let x = seed; ; x = (x * 48271) % 2147483647) yield (x % 65536) / 65536;
}

/** Settings with some changes, all drawn from `next`. */
function drawn(next: () => number): Settings {
  const below = (n: number) => Math.floor(n * next());
  const head = () => `${below(2)}.${below(4)}`;
  const lines = [
    () => `ablate ${head()} ${['zero', 'mean', 'resample'][below(3)]}`,
    () => `clamp ${head()} ${['previous', 'match', 'uniform'][below(3)]}`,
    () => `copy ${head()} ${(-2 + 4 * next()).toPrecision(3)}`,
    () => `freeze ${['W_Q', 'blocks.0.attn.W_Q 1', 'embed', head()][below(4)]}`,
    () => `patch ${head()} ${['all', '7'][below(2)]} 3-7-${below(4000)}-0`,
    () => `path 0.${below(4)} k 1.${below(4)} ${(-2 + 4 * next()).toPrecision(3)}`,
  ];
  let settings = defaults;
  for (let step = below(50), n = below(6); n > 0; n--, step += 1 + below(300)) {
    const interventions = Array.from({ length: below(4) }, () => lines[below(5)]());
    const knobs = [{}, { lr: next() * 10 ** -below(9) }, { steps: 1 + below(999), norm: 'rms' }][below(3)];
    settings = at(settings, step, { interventions, knobs, ...(below(4) === 0 ? { phase: true as const } : {}) });
  }
  return settings;
}

describe('in an address', () => {
  test('it can be read by people', () => {
    let settings = at(defaults, 120, { knobs: { lr: 0.003 }, interventions: ['ablate 1.2 zero', 'freeze 0.1'] });
    settings = at(settings, 400, { interventions: [] });
    expect(encodeHash(settings)).toBe('#preset=demo&at=120:lr=0.003;ablate+1.2+zero;freeze+0.1&at=400:none');
  });

  test('500 runs with changes come back as they were', () => {
    const numbers = chance(7);
    for (let i = 0; i < 500; i++) {
      const settings = drawn(() => numbers.next().value);
      expect(decodeHash(encodeHash(settings), schema)).toEqual({ settings, problems: [] });
    }
  });

  test('spaces and order are forgiven', () => {
    const { settings, problems } = decodeHash('#at=90:lr=0.1%3B ablate%20%201.2 zero&at=30:lr=0.2', schema);
    expect(problems).toEqual([]);
    expect(settings.changes).toEqual([
      { at: 30, knobs: { lr: 0.2 }, interventions: null },
      { at: 90, knobs: { lr: 0.1 }, interventions: ['ablate 1.2 zero'] },
    ]);
  });

  const bad: [string, RegExp][] = [
    ['at=', /^'at=' is no change of a run/],
    ['at=lr=0.1', /is no change of a run/],
    ['at=-5:lr=0.1', /is no change of a run/],
    ['at=1e3:lr=0.1', /is no change of a run/],
    ['at=9999999999:lr=0.1', /is no change of a run/],
    ['at=99999999999999999999:lr=0.1', /is no change of a run/],
    [`at=${'x'.repeat(500)}`, /is no change of a run/],
    ['at=50:lr=fast', /^At step 50: lr cannot be 'fast'/],
    ['at=50:__proto__=1', /^At step 50: There is no knob named '__proto__'/],
    ['at=50:constructor=1', /^At step 50: There is no knob named/],
    ['at=50:explode 1.2', /^At step 50: 'explode 1.2' is no intervention/],
    ['at=50:', /^At step 50: '' is no intervention/],
    ['at=50:ablate 1.2 <b>', /is no intervention/],
    [`at=50:ablate ${'9'.repeat(100)}`, /is no intervention/],
  ];
  test.each(bad)('%s gets its sentence and the rest applies', (part, sentence) => {
    const { settings, problems } = decodeHash(`#${part}&seed=7&at=60:lr=0.5`, schema);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
    expect(problems[0].length).toBeLessThan(180);
    const changes = [{ at: 60, knobs: { lr: 0.5 }, interventions: null }];
    expect(settings).toEqual({ ...defaults, knobs: { seed: 7 }, changes });
  });

  test('a wrong part of a change leaves the others of it', () => {
    const { settings, problems } = decodeHash('#at=50:lr=0.5;norm=batch;ablate 1.2 zero', schema);
    expect(problems).toHaveLength(1);
    expect(settings.changes).toEqual([{ at: 50, knobs: { lr: 0.5 }, interventions: ['ablate 1.2 zero'] }]);
  });

  test('a step twice: the first counts; more changes than anybody makes are cut', () => {
    const twice = decodeHash('#at=50:lr=0.5&at=50:lr=0.6', schema);
    expect(twice.settings.changes).toEqual([{ at: 50, knobs: { lr: 0.5 }, interventions: null }]);
    expect(twice.problems).toHaveLength(1);
    const many = decodeHash(`#${Array.from({ length: 90 }, (_, i) => `at=${i + 1}:lr=${i + 1}`).join('&')}`, schema);
    expect(many.settings.changes).toHaveLength(kMostChanges);
    expect(many.problems).toHaveLength(1);
  });
});
