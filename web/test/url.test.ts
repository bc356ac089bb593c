import { describe, expect, test } from 'vitest';
import { defaultSettings, effectiveConfig, type Settings, withKnob } from '../src/state.ts';
import { decodeHash, encodeHash } from '../src/url.ts';
import { schema } from './stub.ts';

const defaults = defaultSettings(schema);

describe('round trip', () => {
  const cases: Settings[] = [
    defaults,
    { ...defaults, knobs: { n_heads: 2, seed: 5, lr: 0.003, norm: 'rms', smeared_keys: true } },
    { ...defaults, preset: 'smeared', knobs: { n_layers: 2, smeared_keys: false } },
    { ...defaults, prompt: 'a b & c=#%', head: '1.3', speed: 'max', engine: 'webgpu', step: 320, targets: true },
  ];
  test.each(cases)('settings %# come back from their address', (settings) => {
    expect(decodeHash(encodeHash(settings), schema)).toEqual({ settings, problems: [] });
  });

  test('only what differs from the preset is written', () => {
    const settings = withKnob(schema, withKnob(schema, defaults, 'n_heads', 2), 'seed', 5);
    expect(encodeHash(settings)).toBe('#preset=demo&n_heads=2&seed=5');
    expect(encodeHash(withKnob(schema, settings, 'n_heads', 4))).toBe('#preset=demo&seed=5');
  });

  test('a value that equals the knob default but not the preset is kept', () => {
    const { settings } = decodeHash('#preset=smeared&n_layers=2', schema);
    expect(effectiveConfig(schema, settings)).toMatchObject({ n_layers: 2, smeared_keys: true });
  });
});

describe('hostile addresses', () => {
  const bad: [string, string][] = [
    ['#nonsense=1', "There is no knob named 'nonsense'; it is ignored."],
    ['#__proto__=1', "There is no knob named '__proto__'; it is ignored."],
    ['#n_heads=two', "n_heads cannot be 'two'; allowed: 1 … 16."],
    ['#n_heads=2.5', "n_heads cannot be '2.5'; allowed: 1 … 16."],
    ['#n_heads=', "n_heads cannot be ''; allowed: 1 … 16."],
    ['#lr=1e999', "lr cannot be '1e999'; allowed: 0 … 1000."],
    ['#lr=NaN', "lr cannot be 'NaN'; allowed: 0 … 1000."],
    ['#lr=0x10', "lr cannot be '0x10'; allowed: 0 … 1000."],
    ['#norm=batch', "norm cannot be 'batch'; allowed: none, rms, layer."],
    ['#smeared_keys=maybe', "smeared_keys cannot be 'maybe'; allowed: true, false."],
    ['#preset=constructor', "There is no preset 'constructor'; allowed: demo, smeared."],
    ['#head=9', "head cannot be '9'; allowed: 0.0, 1.3."],
    ['#speed=toString', "speed cannot be 'toString'; allowed: 2, 10, 60, 200, max."],
    ['#engine=cuda', "engine cannot be 'cuda'; allowed: auto, wasm, webgpu."],
    ['#step=1e99', "step cannot be '1e99'; allowed: 0 … 1000000."],
    ['#step=-1', "step cannot be '-1'; allowed: 0 … 1000000."],
    ['#step=1000001', "step cannot be '1000001'; allowed: 0 … 1000000."],
    ['#step=NaN', "step cannot be 'NaN'; allowed: 0 … 1000000."],
    ['#targets=yes', "targets cannot be 'yes'; allowed: 0, 1."],
  ];
  test.each(bad)('%s gets its sentence and the rest applies', (hash, sentence) => {
    const { settings, problems } = decodeHash(`${hash}&seed=7`, schema);
    expect(problems).toEqual([sentence]);
    expect(settings).toEqual({ ...defaults, knobs: { seed: 7 } });
  });

  test('a name twice: the first counts', () => {
    const { settings, problems } = decodeHash('#seed=1&seed=2', schema);
    expect(settings.knobs.seed).toBe(1);
    expect(problems).toHaveLength(1);
  });

  test('long nonsense is quoted short, and an endless address is not read', () => {
    const { problems } = decodeHash(`#${'x'.repeat(500)}=1`, schema);
    expect(problems[0].length).toBeLessThan(100);
    expect(decodeHash(`#seed=${'1'.repeat(10_000)}`, schema)).toMatchObject({ settings: defaults });
  });

  test.each(['#%', '#%E0%A4%A', '#&&&', '#=', '##seed', '#?'])('%s does not throw', (hash) => {
    expect(() => decodeHash(hash, schema)).not.toThrow();
  });
});
