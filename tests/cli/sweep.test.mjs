// Sweeps from the command line: which runs a spec has, what is kept of each, and that they are the runs of `induction train`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertNothingTwice, newFolder, rawLines, results, SPEC, specFile, sweep } from './sweep_support.mjs';
import { induction, readJson, root, scratch, summaryOf } from './support.mjs';

describe('induction sweep --out', () => {
  const out = newFolder();
  const report = sweep(specFile(SPEC), out);

  test('makes every run of grid and seeds once', () => {
    assert.deepEqual([report.runs, report.done, report.made, report.finished], [12, 12, 12, 12]);
    assertNothingTwice(out);
    const points = results(out).map(({ config }) => [config.lr, config.n_layers, config.seed].join());
    const wanted = [0.01, 0.02].flatMap((lr) => [1, 2].flatMap((layers) => [0, 1, 2].map((seed) => [lr, layers, seed].join())));
    assert.deepEqual(points.sort(), wanted.sort());
  });

  test('writes five files, nothing else', () => {
    assert.deepEqual(readdirSync(out).sort(), ['results.jsonl', 'spec.json', 'summary.csv', 'sweep.lock', 'sweep.sqlite']);
    assert.deepEqual(readJson(join(out, 'spec.json')), SPEC);
  });

  test('a line says of its run what summary.json of induction train says, and its config starts it again', () => {
    const line = results(out).find(({ config }) => config.n_layers === 2 && config.seed === 1);
    const file = join(scratch(), 'config.json');
    writeFileSync(file, JSON.stringify(line.config));
    const { signature, steps, final, unseen, heads, onset, stopped } = summaryOf('--config', file);
    assert.deepEqual(
      { signature: line.signature, steps: line.steps, final: line.final, unseen: line.unseen, heads: line.heads, onset: line.onset, stopped: line.message },
      { signature, steps, final, unseen, heads, onset, stopped },
    );
    assert.deepEqual([line.status, line.stop, line.steps], ['finished', null, 30]);
  });

  test('a second call makes nothing, and changes no line', () => {
    const before = rawLines(out);
    assert.equal(sweep(specFile(SPEC), out).made, 0);
    assert.deepEqual(rawLines(out), before);
  });

  test('a spec that adds makes only what is new', () => {
    assert.equal(sweep(specFile({ ...SPEC, seeds: 4 }), out).made, 4);
    assert.equal(readJson(join(out, 'spec.json')).seeds, 4);
  });

  test('the number of jobs changes no result', () => {
    const one = newFolder();
    sweep(specFile({ ...SPEC, seeds: 4 }), one, '--jobs', 1);
    assert.deepEqual(results(one), results(out));
  });
});

test('the preset demo after 200 steps has the golden signature', () => {
  const out = newFolder();
  sweep(specFile({ base: { preset: 'demo', steps: 200, probe_every: 200 } }), out);
  assert.equal(results(out)[0].signature, readFileSync(join(root, 'tests/golden/signature.txt'), 'utf8').trim());
});

describe('the summary', () => {
  const out = newFolder();
  sweep(specFile({ ...SPEC, seeds: 2 }), out);
  const lines = results(out);
  const csv = () => readFileSync(join(out, 'summary.csv'), 'utf8');
  const query = (sql) => JSON.parse(execFileSync('sqlite3', ['-json', join(out, 'sweep.sqlite'), sql], { encoding: 'utf8' })).map(Object.values);

  test('as CSV has a row for each run, by id, with knobs and results', () => {
    const [head, ...rows] = csv().trimEnd().split('\n').map((row) => row.split(','));
    assert.equal(rows.length, lines.length);
    for (const [i, line] of lines.entries()) {
      const value = (name) => rows[i][head.indexOf(name)];
      assert.deepEqual([value('id'), value('signature'), value('status')], [line.id, line.signature, 'finished']);
      assert.deepEqual([Number(value('lr')), value('smeared_keys'), value('task')], [line.config.lr, 'false', 'repeat']);
      assert.equal(Number(value('final_loss_rep')), line.final.loss_rep);
      assert.equal(Number(value('best_induction')), Math.max(...line.heads.map((entry) => entry.induction)));
    }
  });
  test('as SQLite has typed runs and their heads', () => {
    const rows = query('select id, lr, n_layers, smeared_keys, final_loss, onset_induction, typeof(lr), typeof(seed) from runs order by id');
    assert.deepEqual(rows, lines.map((line) => [line.id, line.config.lr, line.config.n_layers, 0, line.final.loss, line.onset.induction, 'real', 'integer']));
    const heads = query('select run, layer, head, role, induction from heads order by run, layer, head');
    assert.deepEqual(heads, lines.flatMap((line) => line.heads.map((head) => [line.id, head.layer, head.head, head.role, head.induction])));
  });
  test('is made anew with --summary', () => {
    const before = csv();
    writeFileSync(join(out, 'summary.csv'), 'gone');
    const { status, stdout } = induction('sweep', '--summary', out);
    assert.deepEqual([status, csv()], [0, before]);
    assert.match(stdout, /^8 runs in /);
  });
});

test('what a person sees: a line for each run and a report; --quiet: nothing', () => {
  const loud = induction('sweep', specFile(SPEC), '--out', newFolder());
  assert.equal(loud.stderr.trimEnd().split('\n').length, 12);
  assert.match(loud.stderr, /^[0-9a-f]{16} {2}finished after 30 steps, (no induction head|induction at step \d+) {2}lr 0\.0[12], n_layers [12], seed \d\n/);
  assert.match(loud.stdout, /^12 of 12 runs are done \(12 finished; \d+ with an induction head\), 12 of them now; written to /);
  const quiet = induction('sweep', specFile(SPEC), '--out', newFolder(), '--quiet');
  assert.deepEqual([quiet.status, quiet.stdout, quiet.stderr], [0, '', '']);
});
