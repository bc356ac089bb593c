// A run of several phases and with interventions on the command line: told as JSON, resumed, replayed, swept.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, induction, readJson, readTensors, scratch, summaryOf, TINY, trainInto } from './support.mjs';

const PHASES = JSON.stringify([{ steps: 60, task: 'bigram' }, { steps: 80, lr: 0.02, interventions: ['ablate 0.1 resample'] }]);
const KNOBS = [...TINY, '--probe_every', 20];
const folder = scratch();
const whole = join(folder, 'whole');
trainInto(whole, ...KNOBS, '--phases', PHASES);
const end = readJson(join(whole, 'summary.json'));

describe('a run of two phases', () => {
  test('has the length of both, and says them in config.json', () => {
    assert.equal(end.steps, 140);
    const { phases } = readJson(join(whole, 'config.json'));
    assert.deepEqual(phases.map(({ at, steps, task }) => [at, steps, task]), [[0, 60, undefined], [60, 80, 'repeat']]);
    assert.deepEqual(phases[1].interventions, ['ablate 0.1 resample']);
  });
  test('is the same from a file, and from the config.json of another run', () => {
    const file = join(folder, 'phases.json');
    writeFileSync(file, PHASES);
    assert.equal(summaryOf(...KNOBS, '--phases', file).signature, end.signature);
    assert.equal(summaryOf('--config', join(whole, 'config.json')).signature, end.signature);
  });
  test('is the two runs one after the other', () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    trainInto(first, ...KNOBS, '--task', 'bigram', '--steps', 60);
    trainInto(second, ...KNOBS, '--phases', JSON.stringify([{ steps: 60, task: 'bigram' }, { steps: 20 }]));
    assert.equal(JSON.parse(induction('replay', second, '--step', 60).stdout).signature, readJson(join(first, 'summary.json')).signature);
  });
  test('is replayed to the bit at any step, from the seed and from checkpoints in each phase', () => {
    const kept = join(folder, 'kept');
    trainInto(kept, ...KNOBS, '--phases', PHASES, '--checkpoint-every', 50);
    assert.equal(readJson(join(kept, 'summary.json')).signature, end.signature);
    for (const step of [10, 60, 61, 99, 139]) {
      const [seed, nearest] = [whole, kept].map((run) => JSON.parse(induction('replay', run, '--step', step).stdout).signature);
      assert.equal(seed, nearest, `step ${step}`);
    }
    assert.equal(JSON.parse(induction('replay', kept, '--step', 140).stdout).signature, end.signature);
  });
  test('goes on after a stop in its first phase', () => {
    const run = join(folder, 'stopped');
    assert.equal(induction('replay', whole, '--step', 30, '--out', run).status, 0);
    assert.equal(induction('train', '--resume', run).status, 0);
    assert.equal(readJson(join(run, 'summary.json')).signature, end.signature);
  });
});

test('interventions may begin with --resume, are part of the course, and are lifted by none', () => {
  const run = join(folder, 'live');
  trainInto(run, ...KNOBS, '--steps', 50);
  assert.equal(induction('train', '--resume', run, '--steps', 90, '--intervene', 'clamp 0.0 previous', '--intervene', 'ablate 1.1 mean').status, 0);
  const { metadata } = readTensors(join(run, 'checkpoint.safetensors'));
  assert.deepEqual(JSON.parse(metadata.course).phases[1].interventions, ['clamp 0.0 previous', 'ablate 1.1 mean']);
  const before = readJson(join(run, 'summary.json')).signature;
  assert.equal(induction('train', '--resume', run, '--steps', 120, '--intervene', 'none').status, 0);
  assert.equal(readJson(join(run, 'config.json')).phases.length, 3);
  assert.equal(JSON.parse(induction('replay', run, '--step', 90).stdout).signature, before);
  assert.equal(JSON.parse(induction('replay', run, '--step', 120).stdout).signature, readJson(join(run, 'summary.json')).signature);
});

test('a given pattern comes from a file', () => {
  const file = join(folder, 'pattern.json');
  const rows = Array.from({ length: 12 }, (_, q) => Array.from({ length: 12 }, (__, k) => (k === Math.max(0, q - 1) ? 1 : 0)));
  writeFileSync(file, JSON.stringify(rows));
  const given = summaryOf(...KNOBS, '--steps', 40, '--intervene', `clamp 0.1 given ${file}`).signature;
  assert.equal(given, summaryOf(...KNOBS, '--steps', 40, '--intervene', 'clamp 0.1 previous').signature);
});

test('a patch may be held: the run is another one, stops and goes on, and is replayed to the bit', () => {
  const patch = 'patch 1.0 all 3-7-1-3';
  const [run, cut] = [join(folder, 'patched'), join(folder, 'patched-cut')];
  trainInto(run, ...KNOBS, '--steps', 60, '--intervene', patch);
  const { signature } = readJson(join(run, 'summary.json'));
  assert.notEqual(signature, summaryOf(...KNOBS, '--steps', 60).signature);
  assert.notEqual(signature, summaryOf(...KNOBS, '--steps', 60, '--intervene', 'patch 1.0 2 3-7-1-3').signature);
  assert.deepEqual(readJson(join(run, 'config.json')).phases?.[0].interventions ?? readJson(join(run, 'config.json')).interventions, [patch]);
  assert.equal(induction('replay', run, '--step', 25, '--out', cut).status, 0);
  assert.equal(induction('train', '--resume', cut).status, 0);
  assert.equal(readJson(join(cut, 'summary.json')).signature, signature);
});

test('a sweep takes phases and interventions in its base and its grid', () => {
  const spec = join(folder, 'spec.json');
  const base = { n_heads: 2, d_model: 16, d_vocab: 8, n_ctx: 12, batch: 8, period_min: 3, period_max: 5, probe_every: 20 };
  writeFileSync(spec, JSON.stringify({ base: { ...base, phases: JSON.parse(PHASES) }, grid: { interventions: [[], ['clamp 1.0 uniform']] } }));
  const out = join(folder, 'sweep');
  const { status, stderr } = induction('sweep', spec, '--out', out, '--quiet');
  assert.equal(status, 0, stderr);
  const lines = readFileSync(join(out, 'results.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines.length, 2);
  assert.ok(lines.some(({ signature }) => signature === end.signature));
  assert.notEqual(lines[0].id, lines[1].id);
});

describe('refused with one sentence', () => {
  const phases = (list) => ['train', ...KNOBS, '--phases', typeof list === 'string' ? list : JSON.stringify(list)];
  test('phases of another shape', () => assertRefused(phases([{ steps: 5 }, { steps: 5, d_model: 32 }]), /phase 2: d_model is 32/, /the same in all phases/));
  test('phases that are none', () => assertRefused(phases('[}'), /phases must be a list/));
  test('a file of phases that is not there', () => assertRefused(phases(join(folder, 'no.json')), /no\.json/));
  test('a head that is not there', () => assertRefused(['train', ...KNOBS, '--intervene', 'ablate 5.0 zero'], /there is no head 5\.0/));
  test('a line that is none', () => assertRefused(['train', ...KNOBS, '--intervene', 'smash 0.1'], /must begin with/));
  const patched = (line) => ['train', ...KNOBS, '--intervene', line];
  test('a patch without a prompt', () => assertRefused(patched('patch 1.0 all'), /must be patch L\.H all\|POSITION TOKENS, such as/));
  test('a patch at a place that its prompt lacks', () => assertRefused(patched('patch 1.0 4 3-7-1-3'), /position 4 is not in its prompt, which has positions 0 to 3/));
  test('a patch with a token that the model lacks', () => assertRefused(patched('patch 1.0 all 3-8-1'), /token 8/));
  test('a patch longer than the context', () => assertRefused(patched(`patch 1.0 all ${Array(13).fill(1).join('-')}`), /13/, /12/));
  test('a patch of a head that is not there', () => assertRefused(patched('patch 4.0 all 3-7-1-3'), /there is no head 4\.0/));
  test('phases with --resume', () => assertRefused(['train', '--resume', whole, '--phases', '[]'], /--phases starts a new run/));
  test('a step beyond the last phase', () => assertRefused(['replay', whole, '--step', 141], /from 0 to 140/));
});
