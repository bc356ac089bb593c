// Training on WebGPU in the page itself, on SwiftShader (a software adapter): who trains, and what is said.
import assert from 'node:assert/strict';
import { statusOf, untilStatus } from '../browser.mjs';
import { advance, calm, checkProbes, choose, more, onGpu, pause, small, untilEngine } from '../engine_support.mjs';

/** The step at which the induction onset is announced; the page plays until then. */
async function onsetStep(page) {
  await page.waitForSelector('#play');
  await page.click('#play');
  const told = await page.waitForFunction(
    () => window.playground.onsets().find(({ kind }) => kind === 'induction'),
    undefined,
    { timeout: 1_800_000 },
  );
  return (await told.jsonValue()).step;
}

const onset = {
  name: 'engines: the default preset reaches its onset on WebGPU as on WebAssembly, whose run it takes over before',
  gpu: true,
  options: calm,
  async run(page, address) {
    const fresh = async () => {
      await page.goto('about:blank');
      await page.goto(`${address}#preset=demo&speed=max&engine=wasm`);
      await untilEngine(page, (report) => report.engine === 'wasm');
    };
    await fresh();
    const wasm = await onsetStep(page);
    // The software adapter takes a second or more per step, so that it does the last probes before the onset only.
    await fresh();
    await advance(page, wasm - 60);
    assert.deepEqual(
      await page.evaluate(() => window.playground.onsets().filter(({ kind }) => kind === 'induction')),
      [],
    );
    await choose(page, 'webgpu');
    await onGpu(page);
    const webgpu = await onsetStep(page);
    assert.equal((await untilEngine(page, () => true)).engine, 'webgpu');
    // Kernels may differ by 1e-6, and steps let that grow: one probe of 25 steps.
    assert.ok(Math.abs(wasm - webgpu) <= 25, `${wasm} and ${webgpu}`);
  },
};

const switching = {
  name: 'engines: switched in mid-run both ways, the run is the one that was never switched',
  gpu: true,
  async run(page, address) {
    await page.goto(`${address}${small}&engine=wasm&probe_every=10`);
    await untilStatus(page, (status) => status.step >= 30);
    await choose(page, 'webgpu');
    const there = await onGpu(page);
    assert.match(there.notice, /^Since step \d+ WebGPU trains on a software adapter/);
    assert.ok(there.dispatches_per_step > 5 && there.parity.rows === 2, JSON.stringify(there));
    await more(page, 100);
    assert.match(page.url(), /engine=webgpu/);
    await choose(page, 'wasm');
    const back = await untilEngine(page, (report) => report.engine === 'wasm');
    assert.match(back.notice, /^Since step \d+ WebAssembly trains\.$/);
    await more(page, 30);
    const { step } = await pause(page);
    await checkProbes(page, 10);
    const switched = await page.textContent('#signature');
    // SwiftShader fuses no multiply-add, so that even the bits are the same.
    assert.equal(await page.evaluate((to) => window.playground.signatureAt(to), step), switched);
  },
};

const exact = {
  name: 'engines: on WebGPU pause, single steps and the end are exact',
  gpu: true,
  options: calm,
  async run(page, address) {
    await page.goto(`${address}${small.replace('1000000', '60')}&engine=webgpu`);
    await onGpu(page);
    for (const step of [1, 2, 3]) {
      await page.click('#step');
      await page.waitForSelector(`#step-count[data-step="${step}"]`);
    }
    await advance(page, 30);
    assert.deepEqual(await statusOf(page), { step: 33, playing: false, finished: false, stopped: null });
    await page.click('#play');
    await untilStatus(page, (status) => status.finished && status.step === 60);
  },
};

const runsAway = {
  name: 'engines: numbers that run away on WebGPU stop the run with its sentence',
  gpu: true,
  options: calm,
  async run(page, address) {
    await page.goto(`${address}${small}&lr=1000&warmup_steps=0&engine=webgpu`);
    await onGpu(page);
    await page.click('#play');
    await untilStatus(page, (status) => status.stopped !== null);
    const { stopped, step, playing } = await statusOf(page);
    assert.match(
      stopped,
      new RegExp(`stopped at step \\d+: the loss is no longer a finite number.*back at step ${step}\\.`),
    );
    assert.equal(playing, false);
  },
};

export const tests = [switching, exact, runsAway, onset];
