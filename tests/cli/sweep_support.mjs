// What the tests of sweeps share: small specs, and results that can be compared.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { induction, scratch } from './support.mjs';

// Runs of some milliseconds.
export const BASE = { n_heads: 2, d_model: 16, d_vocab: 8, n_ctx: 12, batch: 8, period_min: 3, period_max: 5, steps: 30, probe_every: 10 };
export const SPEC = { base: BASE, grid: { lr: [0.01, 0.02], n_layers: [1, 2] }, seeds: 3 };

/** Writes a spec into a new folder and returns its path. */
export function specFile(spec) {
  const path = join(scratch(), 'spec.json');
  writeFileSync(path, typeof spec === 'string' ? spec : JSON.stringify(spec));
  return path;
}

/** A new folder's name; the folder is not there yet. */
export const newFolder = () => join(scratch(), 'sweep');

export const rawLines = (folder) => readFileSync(join(folder, 'results.jsonl'), 'utf8').split('\n').slice(0, -1);

/** The lines of a sweep, ordered, without what depends on the machine. */
export function results(folder) {
  return rawLines(folder)
    .map((text) => JSON.parse(text))
    .map(({ seconds, ...line }) => line)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Runs a sweep that must not fail; the report of --json. */
export function sweep(spec, out, ...flags) {
  const { status, stdout, stderr } = induction('sweep', spec, '--out', out, '--json', ...flags);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** The runs of --dry-run: [{id, done, knobs}]. */
export function planned(spec, ...flags) {
  const { status, stdout, stderr } = induction('sweep', specFile(spec), '--dry-run', '--json', ...flags);
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

/** No id twice. */
export function assertNothingTwice(folder) {
  const ids = results(folder).map((line) => line.id);
  assert.equal(new Set(ids).size, ids.length, 'no run is there twice');
}
