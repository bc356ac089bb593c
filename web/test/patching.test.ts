// Patches between two prompts: what is changed unless the reader says, and how a report becomes a map.
import type { PatchReport } from '@core/loader.mjs';
import { expect, test } from 'vitest';
import {
  bestPatches,
  completed,
  otherToken,
  pairOf,
  patchOperations,
  patchRows,
  placeToChange,
} from '../src/patching.ts';

// a b c d a b c d a: the last a was followed by b at 5.
const tokens = [0, 1, 2, 3, 0, 1, 2, 3, 0];

test('what is changed by default is what an induction head would copy: the token after the latest earlier copy', () => {
  expect(placeToChange(tokens, 8)).toBe(5);
  expect(placeToChange(tokens, 6)).toBe(3);
  expect(placeToChange([0, 0, 0], 2)).toBe(2);
});

test('where nothing is repeated the token that is read after is changed itself', () => {
  expect(placeToChange([3, 2, 1], 2)).toBe(2);
});

test('the new token is neither the old one nor the one that is read after, where there are three', () => {
  expect(otherToken(tokens, { read: 8, changed: 5 }, 4)).toBe(2);
  expect(otherToken(tokens, { read: 8, changed: 3 }, 4)).toBe(1);
  expect(otherToken([0, 1, 0], { read: 2, changed: 1 }, 2)).toBe(0);
});

test('a choice that no longer fits gives way to the default', () => {
  expect(completed({}, tokens, 4)).toEqual({ read: 8, changed: 5, token: 2 });
  expect(completed({ read: 3, changed: 5, token: 0 }, tokens, 4)).toMatchObject({ read: 3, changed: 3 });
  expect(completed({ changed: 2, token: 2 }, tokens, 4).token).toBe(3);
  expect(completed({ changed: 2, token: 1 }, tokens, 4)).toEqual({ read: 8, changed: 2, token: 1 });
});

test('the question is about the old token and the new one', () => {
  const pair = pairOf([0, 1, 0], { read: 2, changed: 1, token: 3 });
  expect(pair).toEqual({ clean: [0, 1, 0], corrupted: [0, 3, 0], position: 2, right: 1, wrong: 3 });
});

const report: PatchReport = {
  position: 1,
  right: 0,
  wrong: 1,
  clean: 1,
  corrupted: -1,
  head: [[[0, 0.05]], [[0.3, 0.9]]],
  resid: [
    [1, 0],
    [2, 0],
    [3, 0],
  ],
};

test('rows lead from the last layer down to the first, each layer above the stream that enters it', () => {
  expect(patchRows(report).map(({ place }) => place)).toEqual([
    { stream: 2 },
    { layer: 1, head: 0 },
    { stream: 1 },
    { layer: 0, head: 0 },
    { stream: 0 },
  ]);
  expect(patchRows(report)[2].values).toEqual([2, 0]);
});

test('the best heads are those that bring back a tenth or more', () => {
  expect(bestPatches(report).map(({ layer, position, value }) => [layer, position, value])).toEqual([
    [1, 1, 0.9],
    [1, 0, 0.3],
  ]);
});

test('what a report costs grows with places, positions and rows', () => {
  const config = { n_layers: 1, d_model: 2, d_vocab: 3, n_heads: 1, d_mlp: 0 };
  // 4/3 · 3 places · 6 positions · 2 · 6 · (4 · 2 · 2 + 2 · 6 + 2 · 3) operations
  expect(patchOperations(config, 2, 6)).toBeCloseTo(24 * 12 * 34);
});
