// Checkpoints along a run, and `induction replay`: any step again, to the bit.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, FILES, induction, readJson, readLines, readTensors, scratch, summaryOf, TINY, trainInto } from './support.mjs';

const STEPS = 700;
const KNOBS = [...TINY, '--probe_every', 20];
const RUN = [...KNOBS, '--schedule', 'cosine', '--steps', STEPS];
const plain = join(scratch(), 'plain');
const spaced = join(scratch(), 'spaced');
trainInto(plain, ...RUN);
trainInto(spaced, ...RUN, '--checkpoint-every', 'log');

/** Names of the kept checkpoints as step numbers. */
const kept = (folder) => readdirSync(join(folder, 'checkpoints')).sort().map((name) => Number(/^step-(\d{9})\.safetensors$/.exec(name)[1]));

function replay(folder, step, ...args) {
  const result = induction('replay', folder, '--step', step, ...args);
  assert.equal(result.status, 0, result.stderr);
  return result;
}
const replayed = (folder, step) => JSON.parse(replay(folder, step).stdout);

// With a constant rate a shorter run is the beginning of a longer one, so a run of N steps tells what step N must be.
const STRAIGHT = [...KNOBS, '--schedule', 'constant'];
const straight = (step, ...args) => summaryOf(...STRAIGHT, ...args, '--steps', step);

/** Steps that differ from run to run of the test, so that no chosen step hides a fault; printed when one fails. */
const randomSteps = Array.from({ length: 6 }, () => 1 + Math.floor(Math.random() * (STEPS - 1)));

describe('checkpoints', () => {
  test('log keeps 0 and the powers of two', () => assert.deepEqual(kept(spaced), [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512]));
  test('a number keeps its multiples, the start among them', () => {
    const folder = join(scratch(), 'run');
    trainInto(folder, ...RUN, '--checkpoint-every', 250);
    assert.deepEqual(kept(folder), [0, 250, 500]);
  });
  test('keeping them changes nothing else', () => {
    for (const name of FILES.filter((name) => name !== 'summary.json'))
      assert.ok(readFileSync(join(plain, name)).equals(readFileSync(join(spaced, name))), name);
    assert.deepEqual(readdirSync(plain).sort(), FILES);
  });
  test('are listed with their signatures', () => {
    const list = JSON.parse(induction('replay', spaced, '--list', '--json').stdout);
    assert.deepEqual(list.map(({ step }) => step), [...kept(spaced), STEPS]);
    for (const { step, signature, file } of list) assert.equal(signature, readTensors(file).metadata.signature, step);
    assert.match(induction('replay', spaced, '--list').stdout, /^step 0 {2}signature [0-9a-f]{16} {2}\S+step-000000000\.safetensors\n/);
  });
});

describe('replay gives the uninterrupted run', () => {
  const folder = scratch();
  trainInto(join(folder, 'plain'), ...STRAIGHT, '--steps', STEPS);
  trainInto(join(folder, 'every'), ...STRAIGHT, '--steps', STEPS, '--checkpoint-every', 90);
  for (const step of [0, 1, 90, 91, STEPS, ...randomSteps])
    test(`at step ${step}, from the start and from the nearest checkpoint`, () => {
      const { steps_per_second: _, ...wanted } = straight(Math.max(step, 1));
      for (const name of ['plain', 'every']) {
        const { steps_per_second: __, ...got } = replayed(join(folder, name), step);
        if (step > 0) assert.deepEqual(got, wanted, name);
        else assert.equal(got.signature, readTensors(join(folder, 'every', 'checkpoints', 'step-000000000.safetensors')).metadata.signature);
      }
    });
  test('with a schedule that depends on the length, as recorded in its own measurements', () => {
    const lines = new Map(readLines(join(plain, 'metrics.jsonl')).map((line) => [line.step, line]));
    for (const step of [20, 300, 680]) {
      const { final, heads, onset, signature } = replayed(spaced, step);
      assert.equal(signature, replayed(plain, step).signature);
      const { loss, loss_new, loss_rep, accuracy_rep, accuracy_query } = lines.get(step);
      assert.deepEqual({ final, heads, onset }, { final: { loss, loss_new, loss_rep, accuracy_rep, accuracy_query }, heads: lines.get(step).heads, onset: lines.get(step).onset });
    }
  });
});

test('it starts from the nearest checkpoint, not from the seed', () => {
  assert.match(replay(spaced, 130).stderr, /from .*step-000000128\.safetensors at step 128/);
  assert.match(replay(spaced, STEPS).stderr, /from .*\/checkpoint\.safetensors at step 700/);
  assert.match(replay(plain, 130).stderr, /from the seed at step 0/);
});

test('the folder it writes is a run that goes on to the same end', () => {
  const folder = join(scratch(), 'run');
  replay(spaced, 333, '--out', folder);
  assert.deepEqual(readdirSync(folder).sort(), FILES);
  assert.equal(readLines(join(folder, 'metrics.jsonl')).at(-1).step, 333);
  assert.equal(induction('train', '--resume', folder).status, 0);
  assert.ok(readFileSync(join(folder, 'checkpoint.safetensors')).equals(readFileSync(join(plain, 'checkpoint.safetensors'))));
});

describe('a run whose knobs were changed on the way', () => {
  const folder = scratch();
  const [changed, early, late] = ['changed', 'early', 'late'].map((name) => join(folder, name));
  trainInto(changed, ...STRAIGHT, '--steps', 200);
  cpSync(changed, early, { recursive: true });
  assert.equal(induction('train', '--resume', changed, '--lr', 0.002, '--steps', 400).status, 0);
  cpSync(changed, late, { recursive: true });
  assert.equal(induction('train', '--resume', changed, '--weight_decay', 0.5, '--steps', 500).status, 0);

  test('says its course, and needs no checkpoint for it', () => {
    assert.deepEqual(readdirSync(changed).sort(), FILES);
    assert.deepEqual(readJson(join(changed, 'config.json')).phases.map(({ at, schedule_from }) => [at, schedule_from]), [[0, undefined], [200, 0], [400, 0]]);
  });
  test('is replayed with the knobs of each part', () => {
    assert.equal(replayed(changed, 77).signature, straight(77).signature);
    assert.equal(replayed(changed, 200).signature, readJson(join(early, 'summary.json')).signature);
    assert.equal(replayed(changed, 400).signature, readJson(join(late, 'summary.json')).signature);
    assert.equal(replayed(changed, 500).signature, readJson(join(changed, 'summary.json')).signature);
    assert.equal(replayed(changed, 333).signature, replayed(late, 333).signature);
    assert.notEqual(replayed(changed, 333).signature, straight(333).signature);
  });
  test('takes its course along into another folder', () => {
    const other = join(folder, 'other');
    assert.equal(induction('train', '--resume', changed, '--steps', 520, '--out', other).status, 0);
    assert.equal(replayed(other, 333).signature, replayed(changed, 333).signature);
  });
});

/** A checkpoint as it was written before there were courses. */
function withoutCourse(path) {
  const bytes = readFileSync(path);
  const size = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + size).toString());
  delete header.__metadata__.course;
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, bytes.subarray(8 + size)]));
}

test('a folder written before there were courses is replayed by the knobs of its kept checkpoints', () => {
  const folder = join(scratch(), 'old');
  trainInto(folder, ...STRAIGHT, '--steps', 200, '--checkpoint-every', 200);
  assert.equal(induction('train', '--resume', folder, '--lr', 0.002, '--steps', 200).status, 0);
  const turn = join(folder, 'checkpoints', 'step-000000200.safetensors');
  cpSync(join(folder, 'checkpoint.safetensors'), turn);
  assert.equal(induction('train', '--resume', folder, '--steps', 300).status, 0);
  const [at250, at77] = [250, 77].map((step) => replayed(folder, step).signature);
  for (const path of [turn, join(folder, 'checkpoint.safetensors')]) withoutCourse(path);
  writeFileSync(join(folder, 'config.json'), readTensors(join(folder, 'checkpoint.safetensors')).metadata.config);
  assert.equal(replayed(folder, 250).signature, at250);
  assert.equal(replayed(folder, 77).signature, at77);
});

test('checkpoints of a course that was left are dropped', () => {
  const folder = join(scratch(), 'run');
  trainInto(folder, ...STRAIGHT, '--steps', 300, '--checkpoint-every', 100);
  cpSync(join(folder, 'checkpoints', 'step-000000100.safetensors'), join(folder, 'checkpoint.safetensors'));
  assert.equal(induction('train', '--resume', folder, '--lr', 0.001, '--steps', 150).status, 0);
  assert.deepEqual(kept(folder), [0, 100]);
});

test('--force drops the checkpoints of the run it replaces', () => {
  const folder = join(scratch(), 'run');
  trainInto(folder, ...RUN, '--checkpoint-every', 'log');
  trainInto(folder, ...RUN, '--seed', 5, '--force');
  assert.deepEqual(readdirSync(folder).sort(), FILES);
});

describe('replay refuses', () => {
  const broken = (edit) => {
    const folder = join(scratch(), 'run');
    cpSync(spaced, folder, { recursive: true });
    edit(folder, join(folder, 'checkpoints', 'step-000000128.safetensors'));
    return folder;
  };
  test('a step beyond the run', () => assertRefused(['replay', spaced, '--step', STEPS + 1], /--step is '701'/, /from 0 to 700/));
  test('a step that is no number', () => assertRefused(['replay', spaced, '--step', 'last'], /--step is 'last'/));
  test('neither --step nor --list', () => assertRefused(['replay', spaced], /either --step N or --list/));
  test('both of them', () => assertRefused(['replay', spaced, '--step', 1, '--list'], /either --step N or --list/));
  test('no folder', () => assertRefused(['replay', '--step', 1], /folder is required/));
  test('a folder that holds no run', () => assertRefused(['replay', scratch(), '--step', 1], /config\.json' cannot be read/));
  test('to write into the run itself', () => assertRefused(['replay', spaced, '--step', 1, '--out', `${spaced}/.`], /which is the run itself/));
  test('to write over another run', () => assertRefused(['replay', spaced, '--step', 1, '--out', plain], /holds a run already/));
  test('a checkpoint that was cut off', () => {
    const folder = broken((_, path) => writeFileSync(path, readFileSync(path).subarray(0, 3000)));
    assertRefused(['replay', folder, '--step', 130], /step-000000128\.safetensors': /);
  });
  test('a checkpoint in which one number was changed', () => {
    const folder = broken((_, path) => {
      const bytes = readFileSync(path);
      bytes.writeFloatLE(0.125, readTensors(path).tensors['blocks.0.attn.W_Q'].at);
      writeFileSync(path, bytes);
    });
    assertRefused(['replay', folder, '--step', 130], /was saved with signature '[0-9a-f]{16}'.*the file was changed/);
  });
  test('a config.json that is not valid', () => assertRefused(['replay', broken((folder) => appendFileSync(join(folder, 'config.json'), '}')), '--step', 3], /config\.json': /));
  test('a run from other weights whose checkpoints are gone', () => {
    const folder = join(scratch(), 'run');
    trainInto(folder, '--from', plain, '--steps', 60);
    assert.equal(replayed(folder, 31).signature, replayed(folder, 31).signature);
    rmSync(join(folder, 'checkpoints'), { recursive: true });
    assertRefused(['replay', folder, '--step', 31], /did not start from its seed's weights/);
  });
});

describe('--checkpoint-every refuses', () => {
  for (const text of ['0', '-5', '1.5', 'often', ''])
    test(`'${text}'`, () => assertRefused(['train', '--out', join(scratch(), 'run'), `--checkpoint-every=${text}`], /--checkpoint-every/));
  test('to work without a folder', () => assertRefused(['train', '--checkpoint-every', 'log'], /needs a folder/));
});

test('--json prints the summary with --out too', () => {
  const folder = join(scratch(), 'run');
  assert.deepEqual(JSON.parse(trainInto(folder, ...RUN, '--steps', 30, '--json').stdout), readJson(join(folder, 'summary.json')));
});
