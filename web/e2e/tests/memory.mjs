// A long run must not grow: neither the module's memory nor the page's heap.
import assert from 'node:assert/strict';
import { untilStatus } from '../browser.mjs';

/** Small and fast, but with everything a frame has. */
const hash =
  '#preset=demo&n_heads=1&d_model=8&d_vocab=4&n_ctx=8&batch=1&period_min=2&period_max=4&steps=1000000&speed=max';

/** Growth that garbage not yet collected may explain, in bytes. */
const kSlack = 2_000_000;

/** Put before the worker's own code: remembers the module's memory, which the loader keeps to itself. */
const spy = `
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate.apply(WebAssembly, given);
    self.spiedMemory = Object.values((made.instance ?? made).exports).find((each) => each instanceof WebAssembly.Memory);
    return made;
  };
  const streaming = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...given) => {
    const made = await streaming.apply(WebAssembly, given);
    self.spiedMemory = Object.values(made.instance.exports).find((each) => each instanceof WebAssembly.Memory);
    return made;
  };
`;

async function sample(page, session) {
  const worker = page.workers()[0];
  await worker.evaluate(() => self.gc());
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { wasm: await worker.evaluate(() => self.spiedMemory.buffer.byteLength), heap: usedSize };
}

async function withSpy(page) {
  await page.route('**/worker*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: spy + (await response.text()) });
  });
}

export const tests = [
  {
    name: 'a run of 10 000 steps holds memory flat',
    async run(page, address) {
      await withSpy(page);
      await page.goto(address + hash);
      const session = await page.context().newCDPSession(page);
      await untilStatus(page, (status) => status.step >= 2000);
      const before = await sample(page, session);
      await untilStatus(page, (status) => status.step >= 12_000);
      const after = await sample(page, session);
      assert.equal(after.wasm, before.wasm, 'the memory of the module');
      assert.ok(after.heap < before.heap + kSlack, `the heap went from ${before.heap} to ${after.heap} bytes`);
    },
  },
  {
    name: 'forty runs one after the other hold memory flat',
    async run(page, address) {
      await withSpy(page);
      await page.goto(`${address}#preset=demo`);
      await untilStatus(page, (status) => status.step >= 1);
      const session = await page.context().newCDPSession(page);
      const runs = (n) =>
        page.evaluate(async (count) => {
          for (let i = 0; i < count; i++) await window.playground.signatureAt(1);
        }, n);
      await runs(5);
      const before = await sample(page, session);
      await runs(40);
      const after = await sample(page, session);
      assert.equal(after.wasm, before.wasm, 'the memory of the module');
      assert.ok(after.heap < before.heap + kSlack, `the heap went from ${before.heap} to ${after.heap} bytes`);
    },
  },
];
