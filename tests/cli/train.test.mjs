// Training from the command line: what it writes, and that one run has one signature.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { FILES, induction, readJson, readLines, readTensors, root, scratch, summaryOf, TINY, trainInto } from './support.mjs';

const HEAD_KEYS = ['layer', 'head', 'previous_token', 'induction', 'duplicate_token', 'first_token', 'entropy', 'role', 'confidence', 'evidence', 'token_k_composition'];

describe('induction train --out', () => {
  const folder = join(scratch(), 'new', 'run');
  const { stdout } = trainInto(folder, ...TINY, '--steps', 110, '--probe_every', 25);
  const summary = readJson(join(folder, 'summary.json'));

  test('makes the folder and writes the five files, nothing else', () => {
    assert.deepEqual(readdirSync(folder).sort(), FILES);
  });

  test('ends with one line that has the signature', () => {
    assert.match(stdout, new RegExp(`^signature ${summary.signature} at step 110, written to [^\n]+\n$`));
  });

  test('summary.json has the documented keys', () => {
    assert.match(summary.signature, /^[0-9a-f]{16}$/);
    assert.equal(summary.steps, 110);
    assert.ok(summary.steps_per_second > 0);
    assert.deepEqual(Object.keys(summary.final), ['loss', 'loss_new', 'loss_rep', 'accuracy_rep', 'accuracy_query']);
    assert.equal(summary.heads.length, 4);
    for (const head of summary.heads) assert.deepEqual(Object.keys(head), HEAD_KEYS);
    assert.deepEqual(Object.keys(summary.onset), ['previous_token', 'induction']);
    assert.equal(summary.stopped, null);
  });

  test('metrics.jsonl has one object per probe: at 0, every probe_every, at the end', () => {
    const records = readLines(join(folder, 'metrics.jsonl'));
    assert.deepEqual(records.map((record) => record.step), [0, 25, 50, 75, 100, 110]);
    assert.equal(records.at(-1).loss, summary.final.loss);
    assert.equal(records[0].loss_by_position.length, 12);
  });

  test('config.json starts the same run again', () => {
    const config = readJson(join(folder, 'config.json'));
    assert.equal(config.n_heads, 2);
    assert.equal(summaryOf('--config', join(folder, 'config.json')).signature, summary.signature);
  });

  test('model.safetensors has TransformerLens names and shapes, and the config', () => {
    const { metadata, tensors } = readTensors(join(folder, 'model.safetensors'));
    assert.deepEqual(tensors['blocks.0.attn.W_Q'].shape, [2, 16, 8]);
    assert.deepEqual(tensors['blocks.1.attn.W_O'].shape, [2, 8, 16]);
    assert.deepEqual(tensors['embed.W_E'].shape, [8, 16]);
    assert.deepEqual(tensors['unembed.W_U'].shape, [16, 8]);
    assert.deepEqual(JSON.parse(metadata.config), readJson(join(folder, 'config.json')));
    assert.equal(metadata.step, '110');
    assert.equal(metadata.signature, summary.signature);
  });
});

test('without --out the summary goes to standard output and progress to standard error', () => {
  const { status, stdout, stderr } = induction('train', ...TINY, '--steps', 30, '--probe_every', 10);
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).steps, 30);
  assert.equal(stderr.trimEnd().split('\n').length, 4);
  assert.doesNotMatch(stderr, /[\x1b\r]/, 'no terminal codes where there is no terminal');
});

test('plain progress lines are aligned', () => {
  const { stderr } = induction('train', ...TINY, '--steps', 200, '--probe_every', 50);
  const widths = stderr.trimEnd().split('\n').filter((line) => line.includes('loss')).map((line) => line.length);
  assert.equal(new Set(widths).size, 1, stderr);
});

test('flags override the file, and the file overrides the preset', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'knobs.json'), JSON.stringify({ n_heads: 2, seed: 7, tied_embedding: true }));
  trainInto(join(folder, 'run'), '--preset', 'smeared', '--config', join(folder, 'knobs.json'), '--seed', 9, '--steps', 1);
  const config = readJson(join(folder, 'run', 'config.json'));
  assert.deepEqual([config.n_layers, config.smeared_keys, config.n_heads, config.seed, config.tied_embedding], [1, true, 2, 9, true]);
});

test('a boolean knob may stand bare or with true or false', () => {
  const folder = scratch();
  const tied = (name, ...words) => {
    trainInto(join(folder, name), ...TINY, '--steps', 1, '--tied_embedding', ...words, '--seed', 1);
    return readJson(join(folder, name, 'config.json')).tied_embedding;
  };
  assert.deepEqual([tied('bare'), tied('true', 'true'), tied('false', 'false')], [true, true, false]);
});

describe('one run, one signature', () => {
  const golden = readFileSync(join(root, 'tests/golden/signature.txt'), 'utf8').trim();
  const demo = ['--preset', 'demo', '--steps', 200, '--probe_every', 200];

  test('of the preset demo after 200 steps it is the golden one', () => assert.equal(summaryOf(...demo).signature, golden));
  for (const threads of [2, 3])
    test(`with ${threads} threads it is the golden one`, () => assert.equal(summaryOf(...demo, '--threads', threads).signature, golden));
  for (const kernels of ['generic', 'avx2', 'avx512vl', 'avx512'])
    test(`with the ${kernels} kernels it is the golden one`, (t) => {
      const { status, stdout, stderr } = induction('train', ...demo, '--kernels', kernels);
      if (status === 2 && /this processor can run/.test(stderr)) return t.skip(`this processor has no ${kernels}`);
      assert.equal(JSON.parse(stdout).signature, golden);
    });
  test('another seed has another signature', () => assert.notEqual(summaryOf(...demo, '--seed', 1).signature, golden));
});

describe('the science, at the defaults', () => {
  test('two layers: a previous-token head and an induction head come within 500 steps', () => {
    const { onset, final, heads } = summaryOf('--preset', 'demo', '--steps', 500);
    assert.ok(onset.previous_token !== null && onset.previous_token <= 500);
    assert.ok(onset.induction !== null && onset.induction <= 500);
    assert.ok(heads.some((head) => head.layer === 1 && head.role === 'induction'));
    assert.ok(final.loss_rep < 0.7 && final.loss_new > Math.log(16));
  });
  test('one layer: no induction head', () => {
    const { onset, final } = summaryOf('--preset', 'demo', '--n_layers', 1, '--steps', 400);
    assert.equal(onset.induction, null);
    assert.ok(final.loss_rep > 1.3);
  });
  test('one layer with smeared keys: an induction head', () => {
    const { onset, final } = summaryOf('--preset', 'smeared', '--steps', 300);
    assert.ok(onset.induction !== null && onset.induction <= 300);
    assert.ok(final.loss_rep < 0.7);
  });
  test('an onset is told in words: which head, which step, how sure', () => {
    const { stderr } = induction('train', '--preset', 'smeared', '--steps', 300);
    assert.match(stderr, /^step \d+: head 0\.\d became an induction head \(score 0\.\d\d, confidence [01]\.\d\d\)$/m);
  });
});
