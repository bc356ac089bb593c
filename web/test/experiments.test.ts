// Experiments as settings of the page.
import { expect, test } from 'vitest';
import { armSettings, armsOf, byTheme, type Experiment, sameRun } from '../src/experiments.ts';
import { defaultSettings } from '../src/state.ts';
import { schema } from './stub.ts';

const experiment: Experiment = {
  name: 'norm',
  title: 'Norm',
  claim: 'It helps.',
  source: 'Somebody',
  watch: 'The curves.',
  seeds: 5,
  baseline: { name: 'none', knobs: { preset: 'smeared', steps: 50 } },
  arms: [{ name: 'layer', knobs: { norm: 'layer', n_layers: 2 } }],
};
const now = { ...defaultSettings(schema), knobs: { seed: 3, d_vocab: 40 }, head: '1.0', speed: 'max' };
const settings = armsOf(experiment).map((arm) => armSettings(schema, now, arm));

test('an arm lies over the baseline, keeps seed and speed, and nothing else of the present run', () => {
  expect(settings[0]).toMatchObject({ preset: 'smeared', knobs: { seed: 3, steps: 50 }, head: null, speed: 'max' });
  expect(settings[1]?.knobs).toEqual({ seed: 3, steps: 50, norm: 'layer', n_layers: 2 });
});

test('an arm is the run on show whatever the seed', () => {
  const [one, two] = settings;
  if (!one || !two) throw new Error('an arm has no settings');
  expect(sameRun(one, { ...one, knobs: { steps: 50, seed: 9 } })).toBe(true);
  expect(sameRun(one, two)).toBe(false);
  expect(sameRun(two, { ...two, knobs: { n_layers: 2, norm: 'layer', steps: 50 } })).toBe(true);
});

test('what an arm holds is a change at step 0', () => {
  const held = armSettings(schema, now, { name: '', knobs: { interventions: ['clamp 0.0 previous'] } });
  expect(held?.changes).toEqual([{ at: 0, knobs: {}, interventions: ['clamp 0.0 previous'] }]);
});

test('the phases of an arm begin one after the other, each with the knobs of the whole and its own', () => {
  const phases = [{ steps: 30, norm: 'rms', interventions: ['clamp 0.0 match'] }, { steps: 70 }, { steps: 5, lr: 0 }];
  const arm = armSettings(schema, now, { name: '', knobs: { preset: 'smeared', lr: 0.5, phases } });
  expect(arm?.knobs).toMatchObject({ steps: 30, norm: 'rms', lr: 0.5, seed: 3 });
  expect(arm?.changes).toEqual([
    { at: 0, knobs: {}, interventions: ['clamp 0.0 match'] },
    { at: 30, knobs: { steps: 70, norm: 'none' }, interventions: [], phase: true },
    { at: 100, knobs: { steps: 5, lr: 0 }, interventions: null, phase: true },
  ]);
});

test('an arm with a pattern of numbers or an unknown word is not for an address', () => {
  const given = { text: 'clamp 0.0 given', pattern: [] };
  for (const knobs of [
    { nonsense: 1 },
    { phases: [{ steps: 5 }, { steps: 5, unheard: 1 }] },
    { preset: 'unknown' },
    { interventions: [given] },
  ])
    expect(armSettings(schema, now, { name: '', knobs })).toBeNull();
});

test('themes come in the order of their first experiment', () => {
  const [a, b, c] = ['data', 'model', 'data'].map((theme, i) => ({ ...experiment, name: String(i), theme }));
  expect(byTheme([a, b, c])).toEqual([
    ['data', [a, c]],
    ['model', [b]],
  ]);
});
