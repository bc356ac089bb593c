// Own data: `--task tokens|text --data FILE`, its checkpoints, and what is refused.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, induction, readJson, scratch, summaryOf, trainInto } from './support.mjs';

const SMALL = ['--n_heads', 2, '--d_model', 16, '--n_ctx', 12, '--batch', 8];
const folder = scratch();
const write = (name, bytes) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const poem = write('poem.txt', 'tick tock said the clock\n'.repeat(40));
const rows = write('rows.json', JSON.stringify(Array.from({ length: 20 }, (_, r) => Array.from({ length: 16 }, (_, t) => (r + t) % 7))));
const TEXT = ['--task', 'text', '--data', poem, ...SMALL];

describe('training on own data', () => {
  test('d_vocab follows the data unless it is given', () => {
    const run = join(folder, 'characters');
    trainInto(run, ...TEXT, '--steps', 20);
    assert.equal(readJson(join(run, 'config.json')).d_vocab, new Set('tick tock said the clock\n').size);
    trainInto(run, ...TEXT, '--vocabulary', 'word', '--d_vocab', 4, '--steps', 20, '--force');
    assert.equal(readJson(join(run, 'config.json')).d_vocab, 4);
    trainInto(run, '--task', 'tokens', '--data', rows, ...SMALL, '--steps', 20, '--force');
    assert.equal(readJson(join(run, 'config.json')).d_vocab, 7);
  });
  test('a text that repeats is learnt: the held-out loss falls below that of token frequencies', () => {
    const { final } = summaryOf(...TEXT, '--steps', 300);
    assert.ok(final.loss < 0.5, String(final.loss));
  });
  test('a run goes on, is replayed and probed with the same data only', () => {
    const run = join(folder, 'run');
    const straight = summaryOf(...TEXT, '--steps', 40);
    trainInto(run, ...TEXT, '--steps', 20);
    assertRefused(['train', '--resume', run, '--steps', 40], /task is text, which needs data; give a file with --data/);
    const other = write('other.txt', 'tick tock said the clock\n'.repeat(41));
    assertRefused(['train', '--resume', run, '--steps', 40, '--data', other], /the data is not what the run was trained on \('poem.txt'\)/);
    const again = induction('train', '--resume', run, '--steps', 40, '--data', poem, '--json');
    assert.equal(JSON.parse(again.stdout).signature, straight.signature);
    const replayed = induction('replay', run, '--step', 40, '--data', poem);
    assert.equal(JSON.parse(replayed.stdout).signature, straight.signature);
    assertRefused(['replay', run, '--step', 40], /needs data/);
    const probe = ['probe', '--model', run, '--out', join(folder, 'a.safetensors'), '--circuits', join(folder, 'c.json')];
    assert.equal(induction(...probe, '--data', poem).status, 0);
    assertRefused(probe, /needs data/);
  });
});

describe('own data that is refused', () => {
  const refused = (args, pattern) => assertRefused(['train', ...SMALL, ...args], pattern);
  test('no data, data for a task that reads none, a missing file', () => {
    refused(['--task', 'text'], /task is text, which needs data/);
    refused(['--data', poem], /only the tasks tokens and text read data/);
    refused(['--task', 'text', '--data', join(folder, 'none.txt')], /none\.txt/);
  });
  test('data that does not suit', () => {
    refused(['--task', 'tokens', '--data', rows, '--d_vocab', 6], /at least 7 are needed/);
    refused(['--task', 'tokens', '--data', write('short.json', '[[1,2,3],[1,2]]')], /every row needs at least 13 tokens/);
    refused(['--task', 'tokens', '--data', write('bad.json', '[[1,2,"3"]]')], /byte 6 of the data/);
    refused(['--task', 'text', '--data', write('bad.txt', Buffer.from([97, 255]))], /byte 1 of the data is not UTF-8/);
  });
});
