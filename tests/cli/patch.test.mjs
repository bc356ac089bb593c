// `induction probe --patch` and `--llc`: what they write, and what is refused with one sentence.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, induction, readJson, scratch, TINY, trainInto } from './support.mjs';

const folder = scratch();
const run = join(folder, 'run');
const LENGTH = 12;
trainInto(run, ...TINY, '--positions', 'learned', '--steps', 60);

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
const clean = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4];
const corrupted = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 6, 4];
const prompts = file('prompts.json', { clean, corrupted, right: 1, wrong: 5 });

describe('patching', () => {
  test('gives every head, layer and position, to standard output or a file alike', () => {
    const { status, stdout, stderr } = induction('probe', '--model', run, '--patch', prompts);
    assert.equal(status, 0, stderr);
    const found = JSON.parse(stdout);
    assert.deepEqual([found.position, found.right, found.wrong], [LENGTH - 1, 1, 5]);
    assert.deepEqual([found.head.length, found.head[0].length, found.head[0][0].length, found.resid.length], [2, 2, LENGTH, 3]);
    found.resid[0].forEach((x, t) => assert.equal(x, t === 10 ? 1 : 0));
    const out = join(folder, 'patched.json');
    assert.match(induction('probe', '--model', run, '--patch', prompts, '--patched', out).stdout, /^patches of .* written to /);
    assert.deepEqual(readJson(out), found);
    assert.equal(JSON.parse(induction('probe', '--model', run, '--patch', prompts, '--patched', out, '--json').stdout).patched, out);
  });

  test('of equal prompts is not defined, with the reason', () => {
    const same = file('same.json', { clean, corrupted: clean, right: 1, wrong: 2 });
    assert.match(JSON.parse(induction('probe', '--model', run, '--patch', same).stdout).not_defined, /same logit difference/);
  });

  const wrong = [
    ['no JSON', '{', /must be a JSON object/],
    ['a list', [], /must be a JSON object/],
    ['an unknown entry', { clean, corrupted, __proto_: 1 }, /has an entry '__proto_'/],
    ['no corrupted prompt', { clean }, /corrupted must be an array of tokens/],
    ['a prompt that is too long', { clean: Array(13).fill(1), corrupted }, /clean has 13 tokens; at most n_ctx \(12\)/],
    ['prompts of different lengths', { clean, corrupted: [1, 2] }, /both must be equally long/],
    ['a token beyond the vocabulary', { clean, corrupted: [8, ...clean.slice(1)] }, /corrupted, position 0 is 8; it must be a whole number from 0 to 7/],
    ['a token that is no number', { clean: [[[]], ...clean.slice(1)], corrupted }, /clean, position 0 is a list or an object/],
    ['a position outside', { clean, corrupted, position: 12 }, /the position to read is 12; it must be 0 to 11/],
    ['a wrong position', { clean, corrupted, position: -1 }, /position is -1; it must be a whole number/],
    ['an answer outside', { clean, corrupted, right: 99 }, /the right token is 99/],
  ];
  for (const [name, content, words] of wrong)
    test(`of ${name} is refused`, () => assertRefused(['probe', '--model', run, '--patch', file('wrong.json', content)], words));
  test('without a file to write cannot also report as JSON', () => assertRefused(['probe', '--model', run, '--patch', prompts, '--json'], /needs --patched/));
  test('has nothing to write without prompts', () => assertRefused(['probe', '--model', run, '--out', 'x', '--patched', 'y'], /--patched needs --patch/));
});

describe('the local learning coefficient', () => {
  const quick = ['--llc-rows', 16, '--llc-burn-in', 10, '--llc-draws', 20, '--llc-chains', 2];
  const sample = (...flags) => {
    const out = join(folder, 'llc.json');
    const { status, stdout, stderr } = induction('probe', '--model', run, '--llc', out, ...quick, ...flags);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^local learning coefficient -?[\d.]+ ± [\d.]+, written to /);
    return readJson(out);
  };

  test('is the mean of its chains, the same each time, and comes with its settings', () => {
    const found = sample();
    assert.equal(found.chains.length, 2);
    assert.ok(Math.abs(found.local_learning_coefficient - (found.chains[0] + found.chains[1]) / 2) < 1e-9);
    assert.deepEqual(found.settings, { rows: 16, beta: 1 / Math.log(16), rate: 5e-4, pull: 100, burn_in: 10, draws: 20, seed: 0 });
    assert.deepEqual(sample(), found);
    assert.notDeepEqual(sample('--llc-seed', 1).chains, found.chains);
  });

  const out = join(folder, 'x.json');
  for (const [flags, words] of [
    [['--llc-rows', 2], /--llc-rows is '2'; it must be a whole number from 3 to 1024/],
    [['--llc-rate', 'nan'], /--llc-rate is 'nan'; it must be a number from/],
    [['--llc-rate', 0], /--llc-rate is '0'/],
    [['--llc-pull', -1], /--llc-pull is '-1'/],
    [['--llc-chains', 0], /--llc-chains is '0'/],
    [['--llc-rate', 1, ...quick, '--llc-draws', 400], /the chains ran away: --llc-rate is '1'; try a tenth of it/],
  ])
    test(`with ${flags.slice(0, 2).join(' ')} is refused`, () => assertRefused(['probe', '--model', run, '--llc', out, ...flags], words));
});
