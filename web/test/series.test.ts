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
