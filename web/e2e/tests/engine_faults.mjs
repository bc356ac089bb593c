// What goes wrong with WebGPU in the page, on SwiftShader (a software adapter): no work is lost, and one sentence tells.
import assert from 'node:assert/strict';
import { statusOf } from '../browser.mjs';
import {
  checkProbes,
  choose,
  inWorker,
  keepDevice,
  kMostBack,
  more,
  onGpu,
  pause,
  small,
  untilEngine,
} from '../engine_support.mjs';

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
  'WGSL that does not compile': ['', ['sqrt(block_sum(', 'sqrt((block_sum('], /^The graphics device could not make /],
  'a kernel over tolerance': [
    '',
    ['sqrt(block_sum(', 'sqrt(1.0002 * block_sum('],
    /^The graphics device computes measure with a relative error of 0\.000\d+, above 0\.000001; so WebAssembly trains\.$/,
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

export const tests = [destroyed, twenty, ...errors, ...refusals, frozen];
