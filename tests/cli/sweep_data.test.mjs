// Sweeps over own data: ids, resuming, shards, merging, the atlas, and files that are missing or not what they were.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertNothingTwice, rawLines, results, sweep } from './sweep_support.mjs';
import { assertRefused, induction, readJson, scratch, summaryOf } from './support.mjs';

const TINY = { n_heads: 1, n_layers: 1, d_model: 8, n_ctx: 12, batch: 4, steps: 20, probe_every: 10 };
const POEM = 'tick tock said the clock\n'.repeat(40);

/** A folder with a text and a spec that reads it. */
function study(change = {}, text = POEM) {
  const folder = scratch();
  mkdirSync(join(folder, 'texts'));
  writeFileSync(join(folder, 'texts/poem.txt'), text);
  const spec = { base: { ...TINY, task: 'text' }, grid: { lr: [0.01, 0.02] }, seeds: 2, data: 'texts/poem.txt', ...change };
  writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
  return { folder, spec: join(folder, 'spec.json'), poem: join(folder, 'texts/poem.txt'), out: join(folder, 'runs') };
}

describe('a sweep over own data', () => {
  test('makes the runs of induction train, and its lines name the data', () => {
    const { spec, poem, out } = study();
    assert.equal(sweep(spec, out).made, 4);
    assert.equal(sweep(spec, out).made, 0, 'what is done is not done again');
    assertNothingTwice(out);
    for (const line of results(out)) {
      assert.equal(line.config.d_vocab, new Set(POEM).size);
      const { lr, seed } = line.config;
      const flags = Object.entries({ ...TINY, task: 'text', lr, seed }).flatMap(([knob, value]) => [`--${knob}`, value]);
      assert.equal(summaryOf(...flags, '--data', poem).signature, line.signature);
      assert.equal(line.data.name, 'poem.txt');
      assert.match(line.data.hash, /^[0-9a-f]{16}$/);
    }
    assert.match(readFileSync(join(out, 'summary.csv'), 'utf8').split('\n')[0], /,data,/);
  });
  test('d_vocab may be a knob of the grid, and so may the vocabulary and the task', () => {
    const { spec, out } = study({ grid: { d_vocab: [4, 20], vocabulary: ['character', 'word'] }, seeds: 1 });
    assert.equal(sweep(spec, out).made, 4);
    assert.equal(new Set(results(out).map((line) => line.data.hash)).size, 4);
    const mixed = study({ base: { ...TINY, d_vocab: 20, period_max: 5, period_min: 3 }, grid: { task: ['repeat', 'text'] }, seeds: 1 });
    assert.equal(sweep(mixed.spec, mixed.out).made, 2);
    assert.deepEqual(results(mixed.out).map((line) => 'data' in line).sort(), [false, true]);
  });
  test('the folder’s own spec goes on from anywhere, and only the content counts for ids', () => {
    const { folder, spec, poem, out } = study();
    sweep(spec, out, '--limit', '1');
    assert.equal(readJson(join(out, 'spec.json')).data.file, '../texts/poem.txt');
    assert.equal(sweep(join(out, 'spec.json'), out, '--limit', '1').made, 1);
    const moved = `${folder}-moved`;
    renameSync(folder, moved);
    assert.equal(sweep(join(moved, 'runs/spec.json'), join(moved, 'runs')).made, 2);
    renameSync(moved, folder);
    const other = study();
    renameSync(other.poem, join(other.folder, 'texts/verse.txt'));
    writeFileSync(other.spec, JSON.stringify({ ...readJson(other.spec), data: join(other.folder, 'texts/verse.txt') }));
    sweep(other.spec, other.out);
    assert.deepEqual(results(other.out).map((line) => line.id), results(out).map((line) => line.id));
    assert.equal(readJson(join(other.out, 'spec.json')).data.file, join(other.folder, 'texts/verse.txt'), 'an absolute name stays one');
    assert.ok(poem);
  });
  test('shards are merged without the file, to the sweep of one machine', () => {
    const { folder, spec, poem, out } = study();
    sweep(spec, out);
    const parts = [0, 1].map((part) => {
      sweep(spec, join(folder, `part${part}`), '--shard', `${part}/2`);
      return join(folder, `part${part}`);
    });
    rmSync(poem);
    const merged = join(folder, 'merged');
    const { status, stdout, stderr } = induction('merge', ...parts, '--out', merged);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^4 runs from 2 folders, 0 of them more than once; 0 runs of the spec are missing/);
    assert.deepEqual(results(merged), results(out));
    assert.equal(readJson(join(merged, 'spec.json')).data.file, '../texts/poem.txt');
    assert.equal(induction('sweep', '--summary', merged).status, 0);
  });
  test('makes an atlas that names the file; two files make none', () => {
    const dist = scratch();
    mkdirSync(join(dist, 'atlas'));
    writeFileSync(join(dist, 'atlas/index.html'), 'page');
    const { folder, spec, out } = study();
    sweep(spec, out);
    const made = induction('atlas', out, '--out', join(folder, 'atlas'), '--page-dist', dist);
    assert.equal(made.status, 0, made.stderr);
    assert.match(readFileSync(join(folder, 'atlas/atlas.js'), 'utf8'), /"data":"poem\.txt"/);
    const other = study({ data: 'texts/other.txt' });
    writeFileSync(join(other.folder, 'texts/other.txt'), POEM);
    sweep(other.spec, other.out);
    assertRefused(['atlas', out, other.out, '--out', join(folder, 'both'), '--page-dist', dist], /read 'poem\.txt' and those in '[^']*' read 'other\.txt'/);
  });
});

describe('a sweep whose data is refused', () => {
  const refused = ({ spec, out }, ...patterns) => assertRefused(['sweep', spec, '--out', out], ...patterns);
  test('no data, data that nothing reads, a missing file, no text, too short', () => {
    refused(study({ data: undefined }), /point 1 of 4 .*read data; name its file in the spec's member data/);
    refused(study({ base: { ...TINY, period_max: 5, period_min: 3 } }), /has data, and no run reads it/);
    refused(study({ data: 'none.txt' }), /none\.txt' cannot be read: No such file/);
    refused(study({ data: 'texts' }), /texts' cannot be read: Is a directory/);
    refused(study({}, Buffer.from([97, 255])), /byte 1 of the data is not UTF-8/);
    refused(study({}, 'short'), /so the data needs at least 130 tokens, and it has 5/);
    for (const data of [7, [], '', { file: 'texts/poem.txt' }, { file: 7, known: {} }]) refused(study({ data }), /data must be the name of a file/);
    refused(study({ data: { file: 'texts/poem.txt', known: { 'text, characters': { hash: '../../..', d_vocab: 3 } } } }), /known\.text, characters must have a hash/);
  });
  test('a file that has changed is refused and finished runs stay, whichever spec is given', () => {
    const { spec, poem, out } = study();
    sweep(spec, out, '--limit', '2');
    const lines = rawLines(out);
    writeFileSync(poem, `${POEM}tock`);
    assertRefused(['sweep', spec, '--out', out], /holds runs on other data: '[^']*poem\.txt' is not the data that was read there before: its hash is [0-9a-f]{16}/);
    assertRefused(['sweep', join(out, 'spec.json'), '--out', out], /poem\.txt' is not the data that the sweep began with/);
    assert.deepEqual(rawLines(out), lines);
    writeFileSync(poem, POEM);
    assert.equal(sweep(spec, out).made, 2);
  });
  test('a line whose data was altered is no result', () => {
    const { spec, out } = study();
    sweep(spec, out);
    const [first, ...rest] = rawLines(out);
    const line = JSON.parse(first);
    for (const data of [{ ...line.data, hash: '0123456789abcdef' }, undefined, 7]) {
      writeFileSync(join(out, 'results.jsonl'), [JSON.stringify({ ...line, data }), ...rest, ''].join('\n'));
      assertRefused(['sweep', spec, '--out', out], /line 1 is not the result of a run/);
    }
  });
});
