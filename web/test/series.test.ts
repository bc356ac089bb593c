import { expect, test } from 'vitest';
import { Series } from '../src/series.ts';
import { record } from './stub.ts';

const head = {
  layer: 1,
  head: 0,
  previous_token: 0.1,
  duplicate_token: 0,
  first_token: 0,
  entropy: 1,
  confidence: 0.5,
  evidence: '',
  token_k_composition: null,
};
const at = (step: number, induction: number | null = null) =>
  record(step, {
    heads: [{ ...head, induction: step / 100, role: 'none yet' }],
    onset: { previous_token: null, induction },
  });

test('a run that went back drops what lay after, also its onset, and shows no step twice', () => {
  const series = new Series();
  for (const each of [at(0), at(10), at(20, 20), at(30, 20)]) series.add(each);
  series.rewind(15);
  expect(series.step).toEqual([0, 10]);
  expect(series.onsets).toEqual([]);
  for (const each of [at(20), at(30, 30)]) series.add(each);
  expect(series.step).toEqual([0, 10, 20, 30]);
  expect(series.onsets.map(({ step }) => step)).toEqual([30]);
  for (const column of series.columns()) expect(column.length).toBe(4);
});

test('a record at a step that is there already replaces it and what follows', () => {
  const series = new Series();
  for (const each of [at(0), at(10), at(20), at(10)]) series.add(each);
  expect(series.step).toEqual([0, 10]);
});

test('at an earlier step it tells what was known there, and keeps the rest', () => {
  const series = new Series();
  for (const each of [at(0), at(10), at(20, 20), at(30, 20)]) series.add(each);
  series.playhead = 14;
  expect(series.latest?.step).toBe(10);
  expect(series.onsets).toEqual([]);
  expect([series.final?.step, series.all_onsets.length, series.step.length]).toEqual([30, 1, 4]);
  series.playhead = Number.POSITIVE_INFINITY;
  expect(series.latest?.step).toBe(30);
});

test('a fork has what came before it, and goes its own way', () => {
  const series = new Series();
  for (const each of [at(0), at(10), at(20, 20), at(30, 20)]) series.add(each);
  const fork = series.until(20);
  fork.add(at(25, 20));
  expect(fork.step).toEqual([0, 10, 20, 25]);
  expect(fork.onsets.map(({ step }) => step)).toEqual([20]);
  expect(series.step).toEqual([0, 10, 20, 30]);
  for (const column of fork.columns()) expect(column.length).toBe(4);
});

test('a long run keeps whole records at its onset and its end, and not many', () => {
  const series = new Series();
  for (let step = 0; step <= 20_000; step += 10) series.add(at(step, step >= 10_000 ? 10_000 : null));
  series.playhead = 10_000;
  expect(series.latest?.step).toBe(10_000);
  series.playhead = 19_999;
  expect(series.latest?.step).toBeGreaterThan(19_000);
});
