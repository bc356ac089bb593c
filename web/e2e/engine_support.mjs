// What the tests of engines share: a small run on the software adapter, waits for states, code put into the worker.
import assert from 'node:assert/strict';
import { inPage, statusOf, untilStatus } from './browser.mjs';

/** Only ends a wait that is hopeless, in ms: a software adapter on a busy machine takes its time. */
const kHopeless = 400_000;

/** Nothing plays by itself: the device is there before the first step. */
export const calm = { reducedMotion: 'reduce' };
/** Small: the software adapter computes on the processor. */
export const small =
  '#preset=demo&n_heads=1&d_model=8&d_vocab=4&n_ctx=8&batch=2&period_min=2&period_max=4&steps=1000000&speed=200';
/** Training steps that a failure may cost. */
export const kMostBack = 50;

/** Runs before the worker's own code; playwright reaches pages only. */
export async function inWorker(page, code) {
  await page.route('**/worker*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });
}

export const keepDevice = `
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    self.keptDevice = await requestDevice.apply(this, given);
    self.devices = (self.devices ?? 0) + 1;
    return self.keptDevice;
  };
`;

/** Resolves with the engine's report when it satisfies `condition`, a function of EngineReport. */
export async function untilEngine(page, condition) {
  const source = `(() => { const report = window.playground?.engine(); return report && (${condition})(report) ? report : null; })()`;
  return (await page.waitForFunction(inPage(source), undefined, { timeout: kHopeless })).jsonValue();
}

export const onGpu = (page) => untilEngine(page, (report) => report.engine === 'webgpu' && report.gpu === 'ready');
export const choose = (page, choice) => page.evaluate((name) => window.playground.chooseEngine(name), choice);
export const advance = (page, steps) => page.evaluate((n) => window.playground.advance(n), steps);

/** Waits for so many more steps. */
export async function more(page, steps) {
  const { step } = await statusOf(page);
  await page.waitForFunction((to) => window.playground.status().step >= to, step + steps, { timeout: kHopeless });
}

export async function pause(page) {
  await page.click('#play');
  await untilStatus(page, (status) => !status.playing);
  // Told only when nothing is in flight any more, so that the step does not move after it.
  await page.waitForSelector('#signature');
  return statusOf(page);
}

/** Every probed step once, none missing. */
export async function checkProbes(page, every) {
  const probes = await page.evaluate(() => window.playground.probes());
  assert.ok(probes.length > 1, 'there are probes');
  probes.forEach((step, i) => {
    assert.equal(step, i * every);
  });
}
