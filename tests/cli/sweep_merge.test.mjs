// Sweeps that were cut into parts, and parts that are joined.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertNothingTwice, BASE, newFolder, rawLines, results, SPEC, specFile, sweep } from './sweep_support.mjs';
import { induction, readJson } from './support.mjs';

describe('shards', () => {
  const spec = specFile(SPEC);
  const whole = newFolder();
  sweep(spec, whole);
  const parts = [0, 1, 2, 3, 4].map((part) => {
    const out = newFolder();
    sweep(spec, out, '--shard', `${part}/5`);
    return out;
  });

  test('have the same number of runs, give or take one, and no run in common', () => {
    assert.deepEqual(parts.map((part) => rawLines(part).length).sort(), [2, 2, 2, 3, 3]);
    assert.equal(new Set(parts.flatMap((part) => results(part).map((line) => line.id))).size, 12);
  });
  test('merged, are the sweep of one machine', () => {
    const out = newFolder();
    const { status, stdout, stderr } = induction('merge', ...parts, '--out', out);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^12 runs from 5 folders, 0 of them more than once; 0 runs of the spec are missing; /);
    assert.deepEqual(results(out), results(whole));
    assert.deepEqual(readJson(join(out, 'spec.json')), SPEC);
  });
  test('may also work in one folder', () => {
    const out = newFolder();
    for (const part of [2, 0, 1]) sweep(spec, out, '--shard', `${part}/3`);
    assert.deepEqual(results(out), results(whole));
  });
});

describe('induction merge', () => {
  const make = (seeds) => {
    const out = newFolder();
    sweep(specFile({ base: BASE, seeds }), out);
    return out;
  };
  const [a, b] = [make([0, 1]), make([1, 2])];
  const merge = (...args) => JSON.parse(induction('merge', ...args, '--json').stdout);

  test('keeps a run that two folders have once', () => {
    const out = newFolder();
    const { runs, done, missing, added, repeated } = merge(a, b, '--out', out);
    assert.deepEqual([runs, done, missing, added, repeated], [3, 3, 0, 3, 1]);
    assertNothingTwice(out);
  });
  test('adds to what --out holds, and may be called again', () => {
    const out = newFolder();
    assert.equal(merge(a, '--out', out).added, 2);
    assert.equal(merge(b, '--out', out).added, 1);
    assert.equal(merge(a, b, '--out', out).added, 0);
    assert.equal(results(out).length, 3);
  });
  test('of different specs is a sweep that goes on', () => {
    const out = newFolder();
    merge(a, b, '--out', out);
    const { status, stdout } = induction('sweep', join(out, 'spec.json'), '--out', out, '--json');
    assert.deepEqual([status, JSON.parse(stdout).made], [0, 0]);
  });
  test('tells how many runs are missing', () => {
    const part = newFolder();
    sweep(specFile(SPEC), part, '--shard', '0/2');
    assert.equal(merge(part, '--out', newFolder()).missing, 6);
  });
});
