// A sweep that is stopped, killed or shared loses nothing that was finished, and makes nothing twice.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertNothingTwice, BASE, newFolder, rawLines, results, SPEC, specFile, sweep } from './sweep_support.mjs';
import { induction, start } from './support.mjs';

// Some tenths of a second of work, so that a kill meets runs in every state.
const LONG = { base: { ...BASE, steps: 60 }, grid: { lr: [0.01, 0.02, 0.03, 0.04], n_layers: [1, 2] }, seeds: 8 };
const spec = specFile(LONG);
const whole = newFolder();
sweep(spec, whole);
const wanted = results(whole);

const linesNow = (folder) => (existsSync(join(folder, 'results.jsonl')) ? rawLines(folder) : []);
// Fixed numbers that look random: the same test every time.
const noise = (i) => Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1;

test('killed at ten moments and started again, a sweep keeps every finished line and ends as if nothing had happened', async () => {
  const out = newFolder();
  let before = [];
  for (let kill = 0; kill < 10; ++kill) {
    const { child, ended } = start('sweep', spec, '--out', out, '--jobs', 2, '--quiet');
    // Wherever this meets a slow or a fast machine, the claims below hold.
    setTimeout(() => child.kill('SIGKILL'), 20 + 60 * noise(kill + 1));
    await ended;
    const now = linesNow(out);
    assert.deepEqual(now.slice(0, before.length), before, `kill ${kill}`);
    before = now;
  }
  sweep(spec, out);
  assertNothingTwice(out);
  assert.deepEqual(results(out), wanted);
});

test('two processes in one folder share the runs: each is made once', async () => {
  const out = newFolder();
  const reports = await Promise.all([0, 1].map(() => start('sweep', spec, '--out', out, '--jobs', 2, '--quiet').ended));
  assert.deepEqual(reports.map(({ status }) => status), [0, 0]);
  assert.equal(rawLines(out).length, wanted.length);
  assert.deepEqual(results(out), wanted);
});

test('a process waits for the run of another, and takes it over when that one is killed', { skip: !existsSync('/proc/locks') && 'no /proc/locks' }, async () => {
  const out = newFolder();
  const slow = specFile({ base: { ...BASE, steps: 6000, probe_every: 1000 } });
  const first = start('sweep', slow, '--out', out);
  // Its lock on the run: the other bytes lie at 2^62 and above.
  await waitFor(() => locksOf(first.child.pid).some((byte) => byte < 2n ** 62n));
  first.child.kill('SIGSTOP');
  const second = start('sweep', slow, '--out', out, '--json');
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.deepEqual([second.child.exitCode, rawLines(out).length], [null, 0], 'it waits');
  first.child.kill('SIGKILL');
  await first.ended;
  assert.equal((await second.ended).status, 0);
  assert.deepEqual(results(out).map(({ steps }) => steps), [6000]);
});

const locksOf = (pid) =>
  readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[1] === 'POSIX' && Number(words[4]) === pid)
    .map((words) => BigInt(words[6]));

async function waitFor(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a last line that was cut off', () => {
  const out = newFolder();
  sweep(specFile(SPEC), out, '--limit', 6);
  const kept = rawLines(out);
  const rest = '{"id":"0123456789abcdef","status":"fini';
  appendFileSync(join(out, 'results.jsonl'), rest);

  test('is no result, for the summary and for merge either', () => {
    const { status, stdout } = induction('sweep', '--summary', out);
    assert.deepEqual([status, stdout.slice(0, 6)], [0, '6 runs']);
    assert.equal(JSON.parse(induction('merge', out, '--out', newFolder(), '--json').stdout).done, 6);
    assert.ok(readFileSync(join(out, 'results.jsonl'), 'utf8').endsWith(rest), 'readers change nothing');
  });
  test('gives way to the next result', () => {
    assert.equal(sweep(specFile(SPEC), out).made, 6);
    assert.deepEqual(rawLines(out).slice(0, 6), kept);
    assert.equal(results(out).length, 12);
  });
});

test('--limit makes so many runs, and the next call goes on', () => {
  const out = newFolder();
  assert.deepEqual([sweep(specFile(SPEC), out, '--limit', 5).made, sweep(specFile(SPEC), out, '--limit', 5).made], [5, 5]);
  assert.deepEqual([sweep(specFile(SPEC), out).made, results(out).length], [2, 12]);
});

for (const [signal, wantedStatus] of [['SIGINT', 130], ['SIGTERM', 143]])
  test(`${signal} ends a sweep with exit status ${wantedStatus}, a summary, and the command that goes on`, async () => {
    const out = newFolder();
    // The first runs are short, the last ones would take minutes.
    const mixed = specFile({ base: BASE, list: [{ steps: 10 }, { steps: 20 }, { steps: 10000000 }, { steps: 9000000 }] });
    const { child, ended } = start('sweep', mixed, '--out', out, '--jobs', 2);
    await waitFor(() => linesNow(out).length === 2);
    child.kill(signal);
    const { status, stderr } = await ended;
    assert.equal(status, wantedStatus);
    assert.match(stderr, new RegExp(`stopped by a signal: 2 of 4 runs are done; the same command, or\n  induction sweep ${out}/spec\\.json --out ${out}\ngoes on`));
    assert.equal(readFileSync(join(out, 'summary.csv'), 'utf8').trimEnd().split('\n').length, 3);
  });

test('spec.json in the folder has the rules of --stop: a sweep goes on with it alone', () => {
  const out = newFolder();
  sweep(specFile(SPEC), out, '--stop', 'after-onset');
  const { status, stdout } = induction('sweep', join(out, 'spec.json'), '--out', out, '--json');
  assert.deepEqual([status, JSON.parse(stdout).made], [0, 0]);
});
