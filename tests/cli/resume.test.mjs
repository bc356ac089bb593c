// Going on with a run: after its end, after Ctrl-C, after a kill, after numbers that ran away.
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { assertRefused, FILES, induction, readJson, readLines, scratch, start, TINY, trainInto } from './support.mjs';

const LONG = [...TINY, '--steps', 4000, '--probe_every', 100];
const whole = join(scratch(), 'whole');
trainInto(whole, ...LONG);

/** All files are equal byte for byte, except for how fast the run was. */
function assertSameRun(folder, other = whole) {
  assert.deepEqual(readdirSync(folder).sort(), FILES);
  for (const name of ['config.json', 'metrics.jsonl', 'model.safetensors', 'checkpoint.safetensors'])
    assert.ok(readFileSync(join(folder, name)).equals(readFileSync(join(other, name))), `${name} differs`);
  const summary = (path) => ({ ...readJson(join(path, 'summary.json')), steps_per_second: 0 });
  assert.deepEqual(summary(folder), summary(other));
}

function resume(folder, ...args) {
  const result = induction('train', '--resume', folder, ...args);
  assert.equal(result.status, 0, result.stderr);
  return result;
}

test('a run that was cut at an odd step and goes on equals the uninterrupted one', () => {
  const folder = join(scratch(), 'run');
  trainInto(folder, ...LONG, '--steps', 1337);
  assert.equal(readLines(join(folder, 'metrics.jsonl')).at(-1).step, 1337);
  resume(folder, '--steps', 4000);
  assertSameRun(folder);
});

test('the same holds for SGD, layer norm, clipping and another thread count', () => {
  const folder = scratch();
  const knobs = [...TINY, '--optimizer', 'sgd', '--norm', 'layer', '--grad_clip', 1, '--steps', 77];
  trainInto(join(folder, 'whole'), ...knobs, '--steps', 150);
  trainInto(join(folder, 'run'), ...knobs);
  resume(join(folder, 'run'), '--steps', 150, '--threads', 2);
  assertSameRun(join(folder, 'run'), join(folder, 'whole'));
});

test('an onset seen only because the run was stopped there does not become part of the run', () => {
  const folder = scratch();
  const knobs = ['--preset', 'smeared', '--probe_every', 100];
  trainInto(join(folder, 'whole'), ...knobs, '--steps', 200);
  trainInto(join(folder, 'run'), ...knobs, '--steps', 95);
  assert.equal(readJson(join(folder, 'run', 'summary.json')).onset.induction, 95);
  assert.equal(readJson(join(folder, 'whole', 'summary.json')).onset.induction, 100);
  resume(join(folder, 'run'), '--steps', 200);
  assertSameRun(join(folder, 'run'), join(folder, 'whole'));
});

test('--resume with another --out leaves the first folder as it was', () => {
  const folder = scratch();
  trainInto(join(folder, 'first'), ...LONG, '--steps', 1337);
  const before = readFileSync(join(folder, 'first', 'checkpoint.safetensors'));
  resume(join(folder, 'first'), '--steps', 4000, '--out', join(folder, 'second'));
  assertSameRun(join(folder, 'second'));
  assert.ok(before.equals(readFileSync(join(folder, 'first', 'checkpoint.safetensors'))));
});

test('a finished run can be resumed, and stays the same', () => {
  const folder = join(scratch(), 'run');
  trainInto(folder, ...LONG);
  resume(folder);
  const { steps_per_second: speed } = readJson(join(folder, 'summary.json'));
  assert.equal(speed, null, 'no step was trained');
  assertSameRun(folder);
});

for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]])
  test(`${signal} leaves a folder that can be resumed to the uninterrupted run`, async () => {
    const folder = join(scratch(), 'run');
    const { child, ended, seen } = start('train', '--out', folder, ...LONG, '--steps', 4000);
    await seen('step     300');
    child.kill(signal);
    const result = await ended;
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, new RegExp(`stopped by a signal at step \\d+, written to ${folder}\n$`));
    assert.deepEqual(readdirSync(folder).sort(), FILES);
    const { steps } = readJson(join(folder, 'summary.json'));
    assert.ok(steps >= 300 && steps < 4000, `stopped at ${steps}`);
    resume(folder);
    assertSameRun(folder);
  });

test('Ctrl-C without --out still prints the summary', async () => {
  const { child, ended, seen } = start('train', ...LONG, '--steps', 1000000);
  await seen('step     300');
  child.kill('SIGINT');
  assert.equal((await ended).status, 130);
});

test('a second Ctrl-C quits at once', async () => {
  const folder = join(scratch(), 'run');
  // A second or more for a step, so that both signals come within the first one.
  const slow = ['--n_ctx', 256, '--batch', 256, '--d_model', 128, '--d_vocab', 512, '--steps', 1000];
  const { child, ended, seen } = start('train', '--out', folder, ...slow);
  await seen('step       0');
  for (const wait of [150, 50]) {
    await setTimeout(wait);
    child.kill('SIGINT');
  }
  const { status, stderr } = await ended;
  assert.equal(status, 130);
  assert.doesNotMatch(stderr, /stopped by a signal/);
  assert.deepEqual(readdirSync(folder).sort(), ['checkpoint.safetensors', 'config.json', 'metrics.jsonl']);
});

test('SIGKILL leaves whole files only, and the run goes on to the uninterrupted one', async () => {
  const folder = join(scratch(), 'run');
  const { child, ended, seen } = start('train', '--out', folder, ...LONG);
  await seen('step     900');
  child.kill('SIGKILL');
  assert.equal((await ended).status, 'SIGKILL');
  assert.equal(readJson(join(folder, 'config.json')).steps, 4000);
  const known = readdirSync(folder).filter((name) => !name.endsWith('.partial'));
  assert.deepEqual(known.sort(), ['checkpoint.safetensors', 'config.json', 'metrics.jsonl']);
  assert.ok(readLines(join(folder, 'metrics.jsonl')).length >= 10, 'every probe is kept');
  resume(folder);
  assertSameRun(folder);
});

test('a measurement that was cut off in the middle is dropped', () => {
  const folder = join(scratch(), 'run');
  trainInto(folder, ...LONG, '--steps', 1300);
  appendFileSync(join(folder, 'metrics.jsonl'), '{"step": 1400, "los');
  resume(folder, '--steps', 4000);
  assertSameRun(folder);
});

test('two processes do not write to one folder', async () => {
  const folder = join(scratch(), 'run');
  const { child, ended, seen } = start('train', '--out', folder, ...LONG, '--steps', 1000000);
  await seen('step     100');
  assertRefused(['train', '--resume', folder], /in use by another run/);
  child.kill('SIGTERM');
  await ended;
});

describe('what --resume refuses', () => {
  test('a knob that is not live', () =>
    assertRefused(['train', '--resume', whole, '--n_layers', 1], /n_layers is 1/, /has 2/, /only live knobs may change/));
  test('a preset', () => assertRefused(['train', '--resume', whole, '--preset', 'main'], /--preset is 'main'/));
  test('fewer steps than the run has', () => assertRefused(['train', '--resume', whole, '--steps', 10], /steps is 10/, /step 4000 already/));
  test('a folder without a checkpoint', () => assertRefused(['train', '--resume', scratch()], /has no checkpoint\.safetensors/));
  test('a model in place of a checkpoint', () => {
    const folder = join(scratch(), 'run');
    mkdirSync(folder);
    copyFileSync(join(whole, 'model.safetensors'), join(folder, 'checkpoint.safetensors'));
    assertRefused(['train', '--resume', folder], /has no optimiser state/);
    assert.deepEqual(readdirSync(folder), ['checkpoint.safetensors']);
  });
  test('a truncated checkpoint', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'checkpoint.safetensors'), readFileSync(join(whole, 'checkpoint.safetensors')).subarray(0, 5000));
    assertRefused(['train', '--resume', folder], /checkpoint\.safetensors/);
  });
});

describe('numbers that run away', () => {
  const folder = join(scratch(), 'run');
  const { status, stderr } = induction('train', '--out', folder, '--lr', 1000, '--steps', 400);

  test('stop with exit status 3 and a message that names the step and the cause', () => {
    assert.equal(status, 3);
    assert.match(stderr, /induction: Training stopped at step \d+: .*learning rate \(lr\)/);
  });
  test('keep the last good checkpoint, and say so in summary.json', () => {
    assert.deepEqual(readdirSync(folder).sort(), FILES);
    const summary = readJson(join(folder, 'summary.json'));
    assert.match(summary.stopped, /^Training stopped at step/);
    assert.ok(Number.isFinite(summary.final.loss));
  });
  test('can be tamed: the run goes on with a lower rate', () => {
    resume(folder, '--lr', 0.01, '--steps', 50);
    const summary = readJson(join(folder, 'summary.json'));
    assert.deepEqual([summary.steps, summary.stopped], [50, null]);
  });
});
