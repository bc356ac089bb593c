// Settings and data at the edge of what is allowed: a run that ends with finite numbers, or exit status 2 and a sentence.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, induction, readTensors, scratch, summaryOf, TINY, trainInto } from './support.mjs';

const { knobs } = JSON.parse(induction('schema').stdout);
const flags = (config) => Object.entries(config).map(([name, value]) => `--${name}=${value}`);
const end = (knob, last) => (knob.type === 'boolean' ? last : knob.type === 'choice' ? knob.options.at(last ? -1 : 0) : last ? knob.max : knob.min);
const at = (last) => Object.fromEntries(knobs.map((knob) => [knob.name, end(knob, last)]));

test('every knob at its smallest: a run of one step, at a blind guess between two tokens', () => {
  const { steps, final } = summaryOf(...flags(at(false)));
  assert.equal(steps, 1);
  assert.ok(Math.abs(final.loss - Math.log(2)) < 1e-6, `${final.loss}`);
});

test('every knob at its largest: one sentence for each contradiction, then one about memory, and with rows few and short it trains', () => {
  const most = at(true);
  assertRefused(['train', ...flags(most)], /every parameter is frozen/);
  const mended = { ...most, frozen_embedding: false };
  assertRefused(['train', ...flags(mended)], /objective is masked; the task bandit asks a question of its own/);
  mended.objective = 'query';
  assertRefused(['train', ...flags(mended)], /batch 1024, n_ctx 256.* needs about \d+\.\d GiB of memory/);
  // Muon takes a minute for matrices of 4,096 × 256.
  const short = { ...mended, batch: 1, n_ctx: 40, steps: 2, warmup_steps: 0, probe_every: 1000, optimizer: 'adamw' };
  const { status, stdout, stderr } = induction('train', ...flags(short));
  if (status === 0) assert.ok(Number.isFinite(JSON.parse(stdout).final.loss));
  else assert.match(stderr, /Training stopped at step \d: .*\./);
});

test('data of equal tokens, as numbers and as text: it is learned, and no head is called anything for it', () => {
  const folder = scratch();
  const rows = join(folder, 'rows.json');
  const text = join(folder, 'text.txt');
  writeFileSync(rows, JSON.stringify(Array(600).fill(3)));
  writeFileSync(text, 'a'.repeat(600));
  for (const data of [['--task', 'tokens', '--data', rows], ['--task', 'text', '--data', text]]) {
    const { final, heads } = summaryOf(...TINY, ...data, '--n_ctx', 16, '--steps', 150);
    assert.ok(final.loss >= 0 && final.loss < 0.05, `${final.loss}`);
    for (const { role, evidence } of heads) assert.equal(role, 'none yet', evidence);
  }
});

test('a file of subnormal weights is trained on, with the same bits by every instruction set', () => {
  const folder = scratch();
  trainInto(folder, ...TINY, '--norm', 'rms', '--steps', 1);
  const path = join(folder, 'model.safetensors');
  const bytes = readFileSync(path);
  for (const [name, { at, values }] of Object.entries(readTensors(path).tensors))
    if (!name.endsWith('.w')) values.forEach((x, i) => bytes.writeFloatLE(x * 1e-39, at + 4 * i));
  const file = join(folder, 'subnormal.safetensors');
  writeFileSync(file, bytes);
  const kernels = ['generic', 'avx2', 'avx512vl', 'avx512'].map((name) => induction('train', '--from', file, ...TINY, '--norm', 'rms', '--steps', 30, '--kernels', name));
  const done = kernels.filter(({ status }) => status === 0).map(({ stdout }) => JSON.parse(stdout));
  assert.ok(done.length > 0, kernels[0].stderr);
  for (const { status, stderr } of kernels) if (status !== 0) assert.match(stderr, /--kernels is 'avx/);
  for (const { signature, final } of done) {
    assert.equal(signature, done[0].signature);
    assert.ok(Number.isFinite(final.loss));
  }
});
