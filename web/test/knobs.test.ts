import { describe, expect, test } from 'vitest';
import { Pace } from '../src/pace.ts';
import { likeliest } from '../src/panels/predictions.ts';
import { fromSlider, sliderSteps, toSlider } from '../src/panels/slider.ts';
import { schema } from './stub.ts';

const knob = (name: string) => schema.knobs.find((each) => each.name === name) ?? schema.knobs[0];

describe('sliders', () => {
  const heads = { ...knob('n_heads'), slider_min: 1, slider_max: 16 };
  const rate = { ...knob('lr'), slider_min: 0.0001, slider_max: 0.1, slider_log: true };

  test('a short range of integers has one place per value', () => {
    expect(sliderSteps(heads)).toBe(15);
    for (let n = 1; n <= 16; n++) expect(fromSlider(heads, toSlider(heads, n))).toBe(String(n));
  });

  test('a logarithmic slider has the geometric mean in its middle', () => {
    expect(fromSlider(rate, sliderSteps(rate) / 2)).toBe('0.0032');
    expect(fromSlider(rate, 0)).toBe('0.0001');
    expect(fromSlider(rate, sliderSteps(rate))).toBe('0.1');
  });

  test('a value beyond the slider rests at its end', () => {
    expect(toSlider(rate, 1000)).toBe(sliderSteps(rate));
    expect(toSlider(rate, 0)).toBe(0);
  });
});

test('after a stall, or a night, the pace catches up 50 ms, not all of it', () => {
  const pace = new Pace(100);
  pace.began(0, 1);
  expect(pace.due(5)).toBe(0);
  expect(pace.due(10)).toBe(1);
  expect(pace.due(50_000_000)).toBe(6);
  pace.began(50_000_000, 6);
  expect(pace.due(50_000_000)).toBe(0);
  expect(pace.wait(50_000_000)).toBe(10);
});

test('without a rate every step is due', () => {
  expect(new Pace(null).due(0)).toBe(Number.POSITIVE_INFINITY);
});

test('the true next token is listed even where the model does not expect it', () => {
  const probabilities = Float32Array.of(0.3, 0.2, 0.15, 0.14, 0.11, 0.1, 0, 0, 0, 0, 0, 0);
  const view = {
    tokens: Int32Array.of(0, 5),
    pattern: new Float32Array(4),
    loss: new Float32Array(1),
    probabilities,
    induction_targets: new Uint8Array(4),
  };
  const shown = likeliest(view, 0, 6);
  expect(shown.map(({ token }) => token)).toEqual([0, 1, 2, 3, 5]);
  expect(shown.at(-1)?.is_true).toBe(true);
  expect(likeliest(view, 1, 6).some(({ is_true }) => is_true)).toBe(false);
});

test('a clock that is set back by an hour holds nothing up, and one that is set forward lets no burst through', () => {
  const pace = new Pace(100);
  pace.began(10_000_000, 5);
  for (const now of [6_400_000, 6_400_010, 90_000_000]) {
    expect(pace.wait(now)).toBeLessThanOrEqual(50);
    const due = pace.due(now);
    expect(due).toBeGreaterThanOrEqual(1);
    expect(due).toBeLessThanOrEqual(6);
    pace.began(now, due);
  }
});
