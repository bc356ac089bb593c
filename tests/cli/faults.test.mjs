// What may happen to a process: kills, signals, full disks, closed pipes. INDUCTION_KILLS=100 gives the long form (docs/reliability.md).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { binary, FILES, induction, readJson, readLines, scratch, start, summaryOf, TINY, trainInto, withoutRights } from './support.mjs';

const KILLS = Number(process.env.INDUCTION_KILLS ?? 6);
const LONG = [...TINY, '--steps', 4000, '--probe_every', 100];
const noise = (i) => Math.abs(Math.sin(i * 78.233) * 43758.5453) % 1;
const straight = summaryOf(...LONG);

/** Runs the command line under a shell's limits or redirections; `$0 "$@"` in `script` stands for it. */
function under(script, ...args) {
  return spawnSync('bash', ['-c', script, binary, ...args.map(String)], { encoding: 'utf8' });
}

test(`training that keeps checkpoints, killed at ${KILLS} moments, goes on to the uninterrupted run each time`, async () => {
  const folder = join(scratch(), 'run');
  for (let kill = 0; kill < KILLS; ++kill) {
    const begun = existsSync(join(folder, 'checkpoint.safetensors'));
    const how = begun ? ['--resume', folder] : ['--out', folder, ...LONG, '--force'];
    const { child, ended } = start('train', ...how, '--checkpoint-every', '100');
    // Wherever this meets a slow or a fast machine, the claims below hold.
    setTimeout(() => child.kill('SIGKILL'), 10 + 150 * noise(kill + 1));
    await ended;
    for (const name of existsSync(folder) ? readdirSync(folder) : []) if (name.endsWith('.json')) readJson(join(folder, name));
  }
  const end = existsSync(join(folder, 'checkpoint.safetensors')) ? ['--resume', folder] : ['--out', folder, ...LONG, '--force'];
  const { status, stderr } = induction('train', ...end, '--checkpoint-every', '100');
  assert.equal(status, 0, stderr);
  assert.equal(readJson(join(folder, 'summary.json')).signature, straight.signature);
  assert.deepEqual(readLines(join(folder, 'metrics.jsonl')).map(({ step }) => step), Array.from({ length: 41 }, (_, i) => 100 * i));
  const replayed = induction('replay', folder, '--step', 4000);
  assert.equal(JSON.parse(replayed.stdout).signature, straight.signature);
});

describe('signals', () => {
  test('SIGHUP, as when a terminal closes, leaves a folder that can be resumed', async () => {
    const folder = join(scratch(), 'run');
    const { child, ended, seen } = start('train', '--out', folder, ...LONG, '--steps', 1000000);
    await seen('step     100');
    child.kill('SIGHUP');
    const { status, stderr } = await ended;
    assert.equal(status, 129, stderr);
    assert.match(stderr, /stopped by a signal at step \d+/);
    assert.equal(induction('train', '--resume', folder, '--steps', readJson(join(folder, 'summary.json')).steps + 10).status, 0);
  });
  test('nohup keeps a run going', async () => {
    const folder = join(scratch(), 'run');
    const { status, stderr } = under('trap "" HUP; "$0" "$@" & sleep 0.2; kill -HUP $!; wait $!', 'train', '--out', folder, ...LONG);
    assert.equal(status, 0, stderr);
    assert.equal(readJson(join(folder, 'summary.json')).signature, straight.signature);
  });
});

describe('a full disk', () => {
  // A limit on a file's size gives the same answer, anywhere and without rights.
  test('ends training with one sentence, and what was there stays and can be read', () => {
    const folder = join(scratch(), 'run');
    trainInto(folder, ...LONG, '--steps', 500);
    const { signature } = readJson(join(folder, 'summary.json'));
    const { status, stderr } = under('ulimit -f 4; exec "$0" "$@"', 'train', '--resume', folder, '--steps', 4000);
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^(?!.*induction:.*induction:).*induction: '[^']+' cannot be written: File too large\n$/s);
    assert.equal(JSON.parse(induction('replay', folder, '--step', 500).stdout).signature, signature);
    assert.equal(induction('train', '--resume', folder, '--steps', 4000).status, 0);
    assert.equal(readJson(join(folder, 'summary.json')).signature, straight.signature);
    assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.partial')), []);
  });
  test('under standard output is one sentence', () => {
    const { status, stderr } = under('exec "$0" "$@" > /dev/full', 'schema');
    assert.equal(status, 2);
    assert.equal(stderr, "induction: 'standard output' cannot be written: No space left on device\n");
  });
});

test('a folder that has become read-only is one sentence, and what it holds stays as it was', (t) => {
  const folder = join(scratch(), 'run');
  trainInto(folder, ...TINY, '--steps', 40, '--probe_every', 20);
  const before = FILES.map((name) => readFileSync(join(folder, name)));
  const run = withoutRights(folder, 'train', '--resume', folder, '--steps', 80);
  if (!run) return t.skip('root, and no setpriv');
  assert.equal(run.status, 2);
  assert.match(run.stderr, /^induction: [^\n]+cannot be written: Permission denied\n$/);
  assert.deepEqual(FILES.map((name) => readFileSync(join(folder, name))), before);
});

describe('closed pipes', () => {
  test('a reader that goes away ends a listing without a word', () => {
    // The reader is gone before the first byte.
    const { stderr, stdout } = under('exec 3> >(:); wait $!; "$0" "$@" >&3; echo $?', 'schema');
    assert.deepEqual([stderr, stdout], ['', '141\n']);
  });
  test('training goes on when nobody reads its progress, to the same signature', () => {
    const folder = join(scratch(), 'run');
    const { stdout } = under('"$0" "$@" 2> >(head -c 1 > /dev/null); echo " $?"', 'train', '--out', folder, ...LONG);
    assert.match(stdout, / 0\n$/);
    assert.equal(readJson(join(folder, 'summary.json')).signature, straight.signature);
  });
  test('closed standard output: the folder is written, and a sentence says what is not', () => {
    const folder = join(scratch(), 'run');
    const { status, stderr } = under('exec "$0" "$@" >&-', 'train', '--out', folder, ...LONG, '--steps', 200);
    assert.equal(readJson(join(folder, 'summary.json')).steps, 200);
    assert.equal(status, 2);
    assert.match(stderr, /'standard output' cannot be written: Bad file descriptor\n$/);
  });
});

test('a memory limit is refused with a sentence', () => {
  const { status, stderr } = under('ulimit -v 200000; exec "$0" "$@"', 'train', '--steps', 1, '--batch', 512, '--n_ctx', 128, '--n_heads', 8, '--threads', 1);
  assert.equal(status, 2, stderr);
  assert.match(stderr, /^induction: [^\n]*memory[^\n]*\n$/);
});

test('names from files cannot steer a terminal', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ '\u001b[31mred': 1 }));
  const { stderr } = induction('train', '--config', join(folder, 'config.json'));
  assert.ok(!stderr.includes('\u001b'), stderr);
});
