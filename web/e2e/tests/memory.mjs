// A long run must not grow: neither the module's memory nor the page's heap.
import assert from 'node:assert/strict';
import { untilStatus } from '../browser.mjs';
import { heapsOf, withSpy } from '../heap.mjs';

/** Small and fast, but with everything a frame has. */
const hash =
  '#preset=demo&n_heads=1&d_model=8&d_vocab=4&n_ctx=8&batch=1&period_min=2&period_max=4&steps=1000000&speed=max';

/** Growth that garbage not yet collected may explain, in bytes. */
const kSlack = 2_000_000;

function assertFlat(before, after) {
  assert.equal(after.wasm, before.wasm, 'the memory of the module');
  for (const which of ['heap', 'worker'])
    assert.ok(after[which] < before[which] + kSlack, `${which}: from ${before[which]} to ${after[which]} bytes`);
}

export const tests = [
  {
    name: 'a run of 10 000 steps holds memory flat',
    async run(page, address) {
      await withSpy(page);
      await page.goto(address + hash);
      await untilStatus(page, (status) => status.step >= 2000);
      const heaps = await heapsOf(page);
      const before = await heaps();
      await untilStatus(page, (status) => status.step >= 12_000);
      const after = await heaps();
      assertFlat(before, after);
    },
  },
  {
    name: 'forty runs one after the other hold memory flat',
    async run(page, address) {
      await withSpy(page);
      await page.goto(`${address}#preset=demo`);
      await untilStatus(page, (status) => status.step >= 1);
      const heaps = await heapsOf(page);
      const runs = (n) =>
        page.evaluate(async (count) => {
          for (let i = 0; i < count; i++) await window.playground.signatureAt(1);
        }, n);
      await runs(5);
      const before = await heaps();
      await runs(40);
      const after = await heaps();
      assertFlat(before, after);
    },
  },
];
