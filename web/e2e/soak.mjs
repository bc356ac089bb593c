// Memory over 2,000 scrubs: node e2e/soak.mjs [SCRUBS]. Prints what page and worker hold, every tenth of the way. A script for people; the
// tests do the same with fewer.
import { launch, untilStatus } from './browser.mjs';
import { heapsOf, withSpy } from './heap.mjs';
import { serve } from './server.mjs';

const scrubs = Number(process.argv[2] ?? 2000);
const kSteps = 400;

const { address, close } = await serve(new URL('..', import.meta.url).pathname);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(400_000);
await withSpy(page);
await page.goto(`${address}dist/#preset=demo`);
await untilStatus(page, (status) => status.step >= 0);
await page.evaluate((n) => window.playground.advance(n), kSteps);
const heaps = await heapsOf(page);
const mib = (bytes) => (bytes === null || bytes === undefined ? '–' : (bytes / 2 ** 20).toFixed(2));
console.log(`Chromium ${browser.version()}, preset demo, ${kSteps} steps. MiB after collecting garbage:`);
console.log('scrubs  page heap  worker heap  worker buffers  module  states');
for (let done = 0; done <= scrubs; done += scrubs / 10) {
  if (done > 0) await jump(scrubs / 10, done);
  const { wasm, heap, worker, buffers } = await heaps();
  const { states } = await page.evaluate(() => window.playground.past());
  const row = [
    mib(heap).padStart(9),
    mib(worker).padStart(11),
    mib(buffers).padStart(14),
    mib(wasm).padStart(6),
    String(states).padStart(6),
  ];
  console.log([String(done).padStart(6), ...row].join('  '));
}
await browser.close();
close();

/** Anywhere in the run, as a finger that is moved (a kept state nearby) and one that rests (the very step). */
function jump(n, salt) {
  return page.evaluate(
    async ([count, from, steps]) => {
      for (let i = 0; i < count; i++) await window.playground.seek((37 * (i + from)) % steps);
    },
    [n, salt, kSteps],
  );
}
