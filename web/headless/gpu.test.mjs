// The script that measures real graphics devices: what it takes from a software adapter, and that it can count.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gpuEntry } from './adapter.mjs';
import { loadEngine, loadProcessor } from './bundle.mjs';
import { measure, paceOf, spreadOf } from './measure.mjs';
import { timePasses } from './pass_timer.mjs';
import { markdownOf } from './report.mjs';

const script = fileURLToPath(new URL('gpu.mjs', import.meta.url));
// The software adapter is Chromium's, of which only Linux has a known place.
const skip = process.platform === 'linux' ? false : 'needs the software adapter';
const engine = await loadEngine();
const core = await loadProcessor();
let entry = skip ? null : await gpuEntry({ software: true });

// Node does not end while Dawn lives.
after(() => {
  entry = null;
  setImmediate(() => process.exit());
});

const tiny = { n_layers: 1, n_heads: 1, d_model: 8, d_vocab: 8, n_ctx: 8, batch: 2, period_min: 2, period_max: 4 };
const little = { warm_up: 1, milliseconds: 0, fewest: 4, timed: 2 };

function run(...words) {
  return promisify(execFile)(process.execPath, [script, ...words]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

/** Every key of a JSON value. */
function keysOf(value) {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

test('on a software adapter the script compares, and writes and prints no time', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'induction-gpu-'));
  const { code, stdout, stderr } = await run('--software', '--only', 'one layer', '--out', join(folder, 'a.json'));
  assert.equal(code, 0, stderr);
  const report = JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'));
  assert.equal(readFileSync(join(folder, 'a.md'), 'utf8'), stdout);
  rmSync(folder, { recursive: true });
  assert.equal(report.device.software, true);
  // Such an adapter is given the kernels without workgroup memory.
  assert.equal(report.device.alone, true);
  assert.ok(stdout.includes('Kernels: invocations alone.'), stdout);
  assert.equal(report.parity.length, 1);
  assert.equal(report.bench, null);
  assert.match(report.not_measured, /computes on the processor: only parity was checked, no time was taken\.$/);
  assert.ok(stdout.includes(report.not_measured));
  assert.deepEqual(
    keysOf(report).filter((key) => /(^|_)ms$|second|gflop|time/.test(key)),
    [],
  );
  for (const text of [stdout, stderr]) assert.doesNotMatch(text, /\d\s*(ms|s|steps\/s|GFLOP\/s)\b|\| ms/);
});

test('a software adapter is not measured, whoever asks', { skip }, async () => {
  const gpu = await engine.openGpu({ entry });
  await assert.rejects(measure({ engine, core, gpu, config: tiny, effort: little }), /only parity was checked/);
  gpu.device.destroy();
});

test('a measurement counts its steps, and has every figure of the table', { skip }, async () => {
  const gpu = await engine.openGpu({ entry, timestamps: true });
  // Told to be a real one so that the code runs; its figures are looked at by nobody.
  const found = await measure({ engine, core, gpu: { ...gpu, software: false }, config: tiny, effort: little });
  gpu.device.destroy();
  assert.equal(found.steps, engine.kMaxSteps * little.fewest);
  for (const { median, p10, p90 } of [found.wall_ms, found.device_ms])
    assert.ok(0 < p10 && p10 <= median && median <= p90);
  for (const key of ['steps_per_second', 'gflop_per_step', 'gflops', 'dispatches_per_step'])
    assert.ok(found[key] > 0, key);
});

test('every compute pass is timed until told to stop, and no more than asked', { skip }, async () => {
  const { device } = await engine.openGpu({ entry, timestamps: true });
  const timer = timePasses(device, 3);
  const submitPasses = (n) => {
    const encoder = device.createCommandEncoder();
    for (let i = 0; i < n; i++) encoder.beginComputePass().end();
    device.queue.submit([encoder.finish()]);
  };
  submitPasses(2);
  assert.equal((await timer.read()).length, 2);
  submitPasses(2);
  const durations = await timer.read();
  timer.stop();
  submitPasses(1);
  device.destroy();
  assert.equal(durations.length, 3);
  assert.ok(durations.every((ms) => ms >= 0));
});

test('submits overlap, and their pace is the time between their ends', async () => {
  let clock = 0;
  let waiting = 0;
  let most = 0;
  const submit = async () => {
    most = Math.max(most, ++waiting);
    await null;
    waiting -= 1;
    clock += 5;
  };
  const gaps = await paceOf(submit, { milliseconds: 0, fewest: 24 }, () => clock);
  assert.equal(most, 3);
  assert.equal(gaps.length, 24);
  assert.ok(gaps.reduce((sum, gap) => sum + gap) <= 5 * 27);
});

test('median, 10 % and 90 % of unsorted samples', () => {
  assert.deepEqual(spreadOf([11, 1, 9, 3, 7, 5, 6, 4, 8, 2, 10]), { median: 6, p10: 2, p90: 10 });
});

test('the arithmetic of a step is what the command line counts', async () => {
  const induction = fileURLToPath(new URL('../../build/release/native/induction', import.meta.url));
  assert.ok(existsSync(induction), 'build the preset release first');
  for (const size of ['S', 'M']) {
    const { stdout } = await promisify(execFile)(induction, ['bench', '--size', size, '--steps', '1']);
    const trainer = core.create(engine.kSizes[size]);
    const counted = engine.gflopPerStep(trainer.config, trainer.d_head);
    trainer.dispose();
    // The last digits are those of the order of the sums.
    assert.ok(Math.abs(counted / JSON.parse(stdout).gflop_per_step - 1) < 1e-12, size);
  }
});

test('the table has a row per size, with the problem in its place', () => {
  const ms = { median: 1.23456, p10: 1, p90: 2 };
  const bench = [
    { size: 'S', wall_ms: ms, device_ms: null, steps_per_second: 810.4, dispatches_per_step: 22, gflops: 53.21 },
    { size: 'L', problem: 'This configuration needs 216 MiB in one piece; the graphics device gives 128 MiB.' },
  ];
  const device = { model: 'A card', vendor: 'maker', architecture: '', driver: '1.2', software: false };
  const text = markdownOf({ device, system: 'Linux', parity: [], bench, not_measured: null });
  assert.ok(text.startsWith('## A card, maker\n'));
  assert.ok(text.includes('\n| S | 1.23 (1–2) | not offered | 810 | 22 | 53.2 |\n'));
  assert.ok(text.includes('\n| L | This configuration needs 216 MiB'));
});

test('bad input is one sentence and exit status 2', async () => {
  for (const [words, sentence] of [
    [['--out', 'x.txt'], "gpu: --out is 'x.txt'; it must end with .json\n"],
    [['--nonsense'], "gpu: Unknown option '--nonsense'"],
  ]) {
    const { code, stdout, stderr } = await run(...words);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.ok(stderr.startsWith(sentence), stderr);
  }
});
