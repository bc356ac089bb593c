// Training on WebGPU in the page itself, on SwiftShader (a software adapter): who trains, what is said, and that no work is lost.
import assert from 'node:assert/strict';
import { statusOf, untilStatus } from '../browser.mjs';

/** Nothing plays by itself: the device is there before the first step. */
const calm = { reducedMotion: 'reduce' };
/** Small: the software adapter computes on the processor. */
const small =
  '#preset=demo&n_heads=1&d_model=8&d_vocab=4&n_ctx=8&batch=2&period_min=2&period_max=4&steps=1000000&speed=200';
/** Training steps that a failure may cost. */
const kMostBack = 50;

/** Runs before the worker's own code; playwright reaches pages only. */
async function inWorker(page, code) {
  await page.route('**/worker*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });
}

const keepDevice = `
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    self.keptDevice = await requestDevice.apply(this, given);
    self.devices = (self.devices ?? 0) + 1;
    return self.keptDevice;
  };
`;

/** Resolves with the engine's report when it satisfies `condition`, a function of EngineReport. */
async function untilEngine(page, condition) {
  const source = `(() => { const report = window.playground?.engine(); return report && (${condition})(report) ? report : null; })()`;
  return (await page.waitForFunction(source, undefined, { timeout: 120_000 })).jsonValue();
}

const onGpu = (page) => untilEngine(page, (report) => report.engine === 'webgpu' && report.gpu === 'ready');
const choose = (page, choice) => page.evaluate((name) => window.playground.chooseEngine(name), choice);
const advance = (page, steps) => page.evaluate((n) => window.playground.advance(n), steps);

/** Waits for so many more steps. */
async function more(page, steps) {
  const { step } = await statusOf(page);
  await page.waitForFunction((to) => window.playground.status().step >= to, step + steps, { timeout: 120_000 });
}

async function pause(page) {
  await page.click('#play');
  await untilStatus(page, (status) => !status.playing);
  // The button's answer comes when nothing is in flight any more.
  await page.waitForSelector('#signature');
  return statusOf(page);
}

/** Every probed step once, none missing. */
async function checkProbes(page, every) {
  const probes = await page.evaluate(() => window.playground.probes());
  assert.ok(probes.length > 1, 'there are probes');
  probes.forEach((step, i) => {
    assert.equal(step, i * every);
  });
}

/** On and on over a failure that `harm` brings about in the worker: what is told, and at which step it went on. */
async function survives(page, harm, error) {
  await more(page, 20);
  const before = await statusOf(page);
  await page.workers()[0].evaluate(harm);
  const report = await untilEngine(page, (told) => told.recoveries === 1 && told.engine === 'webgpu');
  assert.match(
    report.notice,
    /^The graphics device stopped working and was replaced; since step \d+ WebGPU trains again\.$/,
  );
  assert.match(report.error, error);
  const after = Number(/step (\d+)/.exec(report.notice)[1]);
  assert.ok(after >= before.step - kMostBack, `from step ${before.step} to ${after}`);
  await more(page, 60);
  assert.equal((await onGpu(page)).recoveries, 1);
}

const onset = {
  name: 'engines: the default preset reaches its onset on either one from the same address',
  gpu: true,
  options: calm,
  async run(page, address) {
    const found = {};
    for (const engine of ['wasm', 'webgpu']) {
      await page.goto('about:blank');
      await page.goto(`${address}#preset=demo&speed=max&engine=${engine}`);
      await untilEngine(page, `(report) => report.engine === '${engine}'`);
      await page.waitForSelector('#play');
      await page.click('#play');
      const told = await page.waitForFunction(
        () => window.playground.onsets().find(({ kind }) => kind === 'induction'),
        undefined,
        { timeout: 300_000 },
      );
      found[engine] = (await told.jsonValue()).step;
      assert.equal((await untilEngine(page, () => true)).engine, engine);
    }
    // Kernels may differ by 1e-6, and 400 steps let that grow: two probes of 25 steps.
    assert.ok(Math.abs(found.wasm - found.webgpu) <= 50, `${found.wasm} and ${found.webgpu}`);
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

const destroyed = {
  name: 'engines: a device destroyed in mid-run is replaced, and the run goes on',
  gpu: true,
  async run(page, address) {
    await inWorker(page, keepDevice);
    await page.goto(`${address}${small}&engine=webgpu&probe_every=10`);
    await onGpu(page);
    await survives(
      page,
      () => self.keptDevice.destroy(),
      /^The graphics device (was lost|gave nothing back)|destroyed/,
    );
    await pause(page);
    await checkProbes(page, 10);
  },
};

const twenty = {
  name: 'engines: a device destroyed twenty times ends on WebAssembly, and the page lives',
  gpu: true,
  async run(page, address) {
    await inWorker(page, keepDevice);
    await page.goto(`${address}${small}&engine=webgpu`);
    let report = await onGpu(page);
    for (let i = 1; i <= 20 && report.gpu !== 'refused'; i++) {
      await page.workers()[0].evaluate(() => self.keptDevice.destroy());
      const next = `(told) => told.gpu === 'refused' || (told.engine === 'webgpu' && told.recoveries === ${i})`;
      report = await untilEngine(page, next);
    }
    assert.equal(report.engine, 'wasm');
    assert.match(report.notice, /stopped working 4 times in this run, so WebAssembly trains on from step \d+\.$/);
    assert.equal(await page.workers()[0].evaluate(() => self.devices), 4);
    await more(page, 100);
  },
};

const kErrors = {
  'a validation error': [
    // Mappable for reading and storage at once is not allowed.
    () => self.keptDevice.createBuffer({ size: 16, usage: 0x81 }),
    /^The graphics device refused a command: /,
  ],
  'out of memory': [
    () =>
      self.keptDevice.dispatchEvent(
        new GPUUncapturedErrorEvent('uncapturederror', { error: new GPUOutOfMemoryError('no memory is left') }),
      ),
    /no memory is left/,
  ],
};

const errors = Object.entries(kErrors).map(([what, [harm, error]]) => ({
  name: `engines: ${what} in mid-run costs the device, not the run`,
  gpu: true,
  async run(page, address) {
    await inWorker(page, keepDevice);
    await page.goto(`${address}${small}&engine=webgpu`);
    await onGpu(page);
    await survives(page, harm, error);
  },
}));

/** Code before the worker's own, or a replacement in the WGSL, and what the error then says. */
const kRefusals = {
  'no navigator.gpu': ['delete WorkerNavigator.prototype.gpu;', null, /^This browser offers no WebGPU here\.$/],
  'no adapter': [
    'GPU.prototype.requestAdapter = async () => null;',
    null,
    /^This browser found no graphics adapter for WebGPU\.$/,
  ],
  'a configuration over the limits': [
    "Object.defineProperty(GPUSupportedLimits.prototype, 'maxBufferSize', { get: () => 1024 });",
    null,
    /^This configuration needs \d+ MiB in one piece; the graphics device gives \d+ MiB\.$/,
  ],
  'memory refused when the device is set up': [
    `const { popErrorScope } = GPUDevice.prototype;
     GPUDevice.prototype.popErrorScope = async function () {
       await popErrorScope.call(this);
       return new GPUOutOfMemoryError('no memory for this');
     };`,
    null,
    /^The graphics device could not make .*no memory for this/,
  ],
  'WGSL that does not compile': ['', ['sqrt(total)', 'sqrt(total'], /^The graphics device could not make /],
  'a kernel over tolerance': [
    '',
    ['sqrt(total)', 'sqrt(total * 1.0001)'],
    /^The graphics device computes gradient_norm with a relative error of 0\.0000\d+, above 0\.000001; so WebAssembly trains\.$/,
  ],
};

const refusals = Object.entries(kRefusals).map(([what, [code, change, error]]) => ({
  name: `engines: ${what} is one sentence, and WebAssembly trains`,
  gpu: true,
  async run(page, address) {
    if (code) await inWorker(page, code);
    let put = change === null;
    if (change)
      await page.route('**/webgpu*.js', async (route) => {
        const response = await route.fetch();
        const text = await response.text();
        put = text.includes(change[0]);
        await route.fulfill({ response, body: text.replace(change[0], change[1]) });
      });
    await page.goto(`${address}${small}&engine=webgpu`);
    const report = await untilEngine(page, (told) => told.gpu === 'refused');
    assert.ok(put, `the page has no '${change?.[0]}'`);
    assert.equal(report.engine, 'wasm');
    assert.match(report.error, error);
    assert.ok(report.notice.includes('WebAssembly trains') && !report.notice.includes('\n'), report.notice);
    await more(page, 50);
  },
}));

const frozen = {
  name: 'engines: a page that is frozen and woken goes on, on either one',
  gpu: true,
  async run(page, address) {
    const session = await page.context().newCDPSession(page);
    for (const engine of ['webgpu', 'wasm']) {
      await page.goto('about:blank');
      await page.goto(`${address}${small}&engine=${engine}`);
      await untilEngine(page, `(report) => report.engine === '${engine}'`);
      await more(page, 20);
      for (let i = 0; i < 3; i++) {
        await session.send('Page.setWebLifecycleState', { state: 'frozen' });
        await session.send('Page.setWebLifecycleState', { state: 'active' });
        await more(page, 20);
      }
      const report = await untilEngine(page, () => true);
      assert.equal(report.engine, engine);
      assert.equal(report.recoveries, 0);
      const { step } = await pause(page);
      const signature = await page.textContent('#signature');
      await choose(page, 'wasm');
      assert.equal(await page.evaluate((to) => window.playground.signatureAt(to), step), signature);
    }
  },
};

export const tests = [switching, exact, runsAway, destroyed, twenty, ...errors, ...refusals, frozen, onset];
