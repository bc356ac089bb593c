// A run as one file, as the page saves it: `train --resume FILE` and `replay FILE` take it, without a folder around it.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, induction, readLines, root, scratch, summaryOf, TINY, trainInto } from './support.mjs';

const KNOBS = [...TINY, '--schedule', 'constant', '--probe_every', 20];
const folder = scratch();
const file = join(folder, 'demo-seed0-step100.safetensors');
trainInto(join(folder, 'run'), ...KNOBS, '--steps', 100);
copyFileSync(join(folder, 'run', 'checkpoint.safetensors'), file);
const whole = summaryOf(...KNOBS, '--steps', 140).signature;

test('--resume goes on with it bit-equally, and writes nothing beside it', () => {
  const { status, stdout, stderr } = induction('train', '--resume', file, '--steps', 140);
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).signature, whole);
  assert.ok(statSync(file).isFile());
});
test('--resume writes the run that goes on where --out says', () => {
  const out = join(folder, 'on');
  assert.equal(induction('train', '--resume', file, '--steps', 140, '--out', out).status, 0);
  assert.deepEqual(readLines(join(out, 'metrics.jsonl')).map(({ step }) => step), [100, 120, 140]);
});
test('replay recomputes its own step and later ones; earlier ones are refused', () => {
  const { stdout } = induction('replay', file, '--step', 100);
  assert.equal(JSON.parse(stdout).signature, summaryOf(...KNOBS, '--steps', 100).signature);
  assertRefused(['replay', file, '--step', 99], /one file.*100/);
});
test('weights alone are no run to go on with', () => {
  assertRefused(['train', '--resume', join(folder, 'run', 'model.safetensors')], /no optimiser state/);
});
test('a file of a newer version is refused by that name', () => {
  const newer = join(folder, 'newer.safetensors');
  writeFileSync(newer, readFileSync(file, 'latin1').replace('induction-playground 1', 'induction-playground 2'), 'latin1');
  for (const args of [['train', '--resume', newer], ['replay', newer, '--step', 100]]) assertRefused(args, /newer version/);
});

const module = join(root, 'build/wasm/dist/loader.mjs');
test('a run saved by the page\'s module goes on here, and the other way', { skip: !existsSync(module) && 'the module is not built' }, async () => {
  const { loadCore } = await import(module);
  const core = await loadCore({ wasmBinary: readFileSync(join(root, 'build/wasm/dist/induction.wasm')) });
  const trainer = core.open(readFileSync(file));
  assert.equal(trainer.step, 100);
  trainer.train(20);
  const saved = join(folder, 'page.safetensors');
  writeFileSync(saved, trainer.save());
  const { status, stdout, stderr } = induction('train', '--resume', saved, '--steps', 140);
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).signature, whole);
});
