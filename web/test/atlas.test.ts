// The atlas: numbers of cells, addresses.
import { expect, test } from 'vitest';
import { readView, writeView } from '../src/atlas/address.ts';
import { cells, median, type View } from '../src/atlas/cells.ts';
import { type Atlas, runAddress } from '../src/atlas/data.ts';

// Two layers × two rates; (2 layers, 0.1) has no run; the last run diverged.
const atlas: Atlas = {
  format: 'induction-playground atlas 1',
  title: 'Test',
  page: '../index.html',
  seconds: 1,
  probe_every: 25,
  base: { steps: 600 },
  knobs: [
    { name: 'seed', unit: '', doc: '', values: [0, 1, 2] },
    { name: 'n_layers', unit: 'layers', doc: '', values: [1, 2] },
    { name: 'lr', unit: '', doc: '', values: [0.01, 0.1] },
  ],
  places: { seed: [0, 1, 0, 1, 2, 0], n_layers: [0, 0, 1, 1, 1, 0], lr: [0, 0, 0, 0, 0, 1] },
  runs: {
    status: [0, 0, 0, 1, 0, 2],
    steps: [600, 600, 600, 500, 600, 7],
    onset_previous_token: [null, null, 100, 100, null, null],
    onset_induction: [null, null, 100, 300, null, null],
    loss_rep: [2, 1, 0.5, 0.25, 1.5, null],
    induction: [0.2, 0.4, 0.9, 0.8, 0.1, null],
    signature: 'a b c d e f',
  },
};
const view = (measure: View['measure'], held: Record<string, number> = {}): View => ({
  y: 'n_layers',
  x: 'lr',
  measure,
  held,
});

test('a cell holds the share of its runs with an onset, and an empty cell holds nothing', () => {
  const table = cells(atlas, view('share'));
  expect(table.map((row) => row.map((cell) => cell.value))).toEqual([
    [0, 0],
    [2 / 3, null],
  ]);
  expect(table[1][1].runs).toEqual([]);
});

test('the onset of a cell is the median over the runs that had one', () => {
  const cell = cells(atlas, view('onset'))[1][0];
  expect([cell.value, cell.counted, cell.runs.length]).toEqual([200, 2, 3]);
  expect(cells(atlas, view('onset'))[0][0].value).toBeNull();
  expect(median([5, 1, 3])).toBe(3);
});

test('diverged runs are counted, and are in no mean of losses or scores', () => {
  for (const measure of ['loss', 'score'] as const) {
    const cell = cells(atlas, view(measure))[0][1];
    expect([cell.value, cell.counted, cell.diverged]).toEqual([null, 0, 1]);
  }
  expect(cells(atlas, view('loss'))[0][0].value).toBe(1.5);
  expect(cells(atlas, view('loss'))[1][0].value).toBe(0.75);
});

test('a held knob leaves out the runs with other values; a held axis does not', () => {
  const one: View = { y: 'n_layers', x: 'n_layers', measure: 'share', held: { lr: 1 } };
  expect(cells(atlas, one)[0].map((cell) => cell.runs.length)).toEqual([1, 0]);
  expect(cells(atlas, view('share', { lr: 1 }))[1][0].runs.length).toBe(3);
});

test('the address of a run has the shared knobs and those that vary', () => {
  expect(runAddress(atlas, 3)).toBe('../index.html#preset=demo&steps=600&seed=1&n_layers=2&lr=0.01');
});

test('the address of a view comes back, and what is not one is left out', () => {
  const hash = '#y=lr&x=n_layers&measure=loss&cell=1.0';
  expect(writeView(atlas, readView(atlas, hash))).toBe(hash);
  expect(readView(atlas, '#y=evil&x=seed&measure=%3Cscript%3E&cell=9.9&lr=7')).toEqual(readView(atlas, ''));
});
