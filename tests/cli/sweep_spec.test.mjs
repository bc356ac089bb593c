// Which runs a spec has, and where its random numbers come from.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { BASE, newFolder, planned, results, SPEC, specFile, sweep } from './sweep_support.mjs';
import { induction, root } from './support.mjs';

describe('the runs of a spec', () => {
  const knobs = (spec) => planned(spec).map((run) => run.knobs);

  test('seeds turn fastest, then draws, then the last knob of the grid; the list turns slowest', () => {
    const spec = { base: BASE, list: [{ n_heads: 1 }, { n_heads: 4 }], grid: { lr: [0.1, 0.2], beta1: [0, 0.5] }, seeds: [7, 3] };
    const list = knobs(spec);
    assert.equal(list.length, 16);
    assert.deepEqual(list.slice(0, 3), [
      { n_heads: 1, lr: 0.1, beta1: 0, seed: 7 },
      { n_heads: 1, lr: 0.1, beta1: 0, seed: 3 },
      { n_heads: 1, lr: 0.1, beta1: 0.5, seed: 7 },
    ]);
    assert.deepEqual(list[15], { n_heads: 4, lr: 0.2, beta1: 0.5, seed: 3 });
  });
  test('a preset may be a value: the base lies over it', () => {
    const out = newFolder();
    sweep(specFile({ base: { steps: 1, batch: 2 }, grid: { preset: ['demo', 'smeared'] } }), out);
    assert.deepEqual(results(out).map(({ config }) => [config.smeared_keys, config.batch]).sort(), [[false, 2], [true, 2]]);
  });
  test('a spec may be a list of specs; a run that two of them have is made once', () => {
    const spec = [{ base: BASE, seeds: 3 }, { base: BASE, seeds: [2, 3] }];
    assert.deepEqual(knobs(spec).map((run) => run.seed), [0, 1, 2, 3]);
  });
  test('numbers that are the same are the same run', () => assert.equal(planned({ base: BASE, grid: { lr: [0.001, 1e-3] } }).length, 1));
  test('other stop rules make another run', () => {
    const [plain] = planned({ base: BASE });
    const [stopped] = planned({ base: BASE, stop: 'after-onset' });
    assert.notEqual(plain.id, stopped.id);
  });
  test('--dry-run makes no folder, and says what is done', () => {
    const out = newFolder();
    const { stdout } = induction('sweep', specFile(SPEC), '--out', out, '--dry-run');
    assert.match(stdout, /^[0-9a-f]{16} {2}missing {2}lr 0\.01, n_layers 1, seed 0\n/);
    assert.match(stdout, /\n12 runs, 0 done\n$/);
    sweep(specFile(SPEC), out, '--limit', 5);
    assert.equal(planned(SPEC, '--out', out).filter((run) => run.done).length, 5);
  });
});

describe('random draws', () => {
  const random = { lr: { log_uniform: [0.001, 0.1] }, d_model: { uniform: [8, 11] }, positions: { choice: ['none', 'alibi'] }, runs: 200 };
  const draws = planned({ base: BASE, random }).map((run) => run.knobs);

  test('lie inside their bounds, ends of whole numbers too', () => {
    assert.ok(draws.every(({ lr }) => lr >= 0.001 && lr <= 0.1));
    assert.deepEqual([...new Set(draws.map(({ d_model }) => d_model))].sort((a, b) => a - b), [8, 9, 10, 11]);
    assert.deepEqual([...new Set(draws.map(({ positions }) => positions))].sort(), ['alibi', 'none']);
  });
  test('of log_uniform lie below the geometric mean half the time', () => {
    // 200 draws: a standard deviation is 7.
    const low = draws.filter(({ lr }) => lr < 0.01).length;
    assert.ok(low > 72 && low < 128, `${low} of 200`);
  });
  test('have at most six digits', () => assert.ok(draws.every(({ lr }) => Number(lr.toPrecision(6)) === lr)));
  test('are the same for more runs, another knob beside them and another base', () => {
    const more = planned({ base: { ...BASE, steps: 9 }, random: { lr: random.lr, runs: 300 } }).map((run) => run.knobs.lr);
    assert.deepEqual(more.slice(0, 200), draws.map(({ lr }) => lr));
  });
  test('are these numbers, on every machine', () => assert.deepEqual(draws.slice(0, 3).map(({ lr, d_model, positions }) => [lr, d_model, positions]), GOLDEN_DRAWS));
  test('are shared by the points of a grid', () => {
    const runs = planned({ base: BASE, grid: { beta1: [0, 0.5] }, random: { lr: random.lr, runs: 3 } }).map((run) => run.knobs.lr);
    assert.deepEqual(runs.slice(0, 3), runs.slice(3));
  });
});
// Worked out apart from the program, by the rule of docs/sweeps.md.
const GOLDEN_DRAWS = [
  [0.0103051, 10, 'none'],
  [0.0302191, 9, 'alibi'],
  [0.0699786, 10, 'none'],
];

describe('the documentation', () => {
  const doc = readFileSync(join(root, 'docs/sweeps.md'), 'utf8');
  test('shows a spec that has as many runs as it says', () => {
    const [, spec] = /```json\n([\s\S]*?)```/.exec(doc);
    const [, runs] = /2 × 9 × 5 × 8 = (\d+)/.exec(doc);
    assert.equal(planned(JSON.parse(spec)).length, Number(runs));
  });
  test('has an example that is a spec', () => assert.equal(planned(readFileSync(join(root, 'docs/cluster/example.json'), 'utf8')).length, 8));
});
