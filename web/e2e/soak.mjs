// A long visit: does anything stay behind? A script for people; the tests do the same with fewer.
//   node e2e/soak.mjs [share]      all of it, or a share of each number below, such as 0.1
//   node e2e/soak.mjs [share] steps=50000 scrubs=2000 …   each number by itself; 0 leaves a part out
//   node e2e/soak.mjs [share] gpu …                        on WebGPU (a software adapter): a share is as much as it can take
// Prints what page and worker hold after each part, after collecting garbage; exits 1 unless it ends as it began.
import { launch } from './browser.mjs';
import { heapsOf, withSpy } from './heap.mjs';
import { serve } from './server.mjs';

/** Of each part. */
const counts = { steps: 200_000, resets: 500, knobs: 500, scrubs: 2000, panels: 100, seeds: 64 };
const share = Number(process.argv[2]) || 1;
for (const name of Object.keys(counts)) counts[name] = Math.max(2, Math.round(counts[name] * share));
for (const [, name, count] of process.argv.map((text) => /^(\w+)=(\d+)$/.exec(text) ?? []))
  if (name in counts) counts[name] = Number(count);
const gpu = process.argv.includes('gpu');

/** The run in which everything is measured is this long. */
const kSteps = 400;
/** A software adapter computes on the processor: a small model. */
const knobs = gpu ? '&engine=webgpu&n_heads=1&d_model=8&d_vocab=4&n_ctx=8&batch=2&period_min=2&period_max=4' : '';
/** Growth that caches, compiled code and garbage not yet collected may explain: in MiB, and in nodes and listeners. */
const kSlack = { heap: 4, worker: 2, buffers: 2, module: 0, gpu: 0.1, nodes: 500, listeners: 100, workers: 0 };

const { address, close } = await serve(new URL('..', import.meta.url).pathname);
const browser = await launch({ gpu });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
page.setDefaultTimeout(1_800_000);
page.on('pageerror', ({ message }) => {
  console.log(`uncaught: ${message}`);
  process.exitCode = 1;
});
await withSpy(page);
await page.goto(`${address}dist/#preset=demo&steps=${kSteps}${knobs}`);
await page.waitForSelector('.head');
const heaps = await heapsOf(page);
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');
const began = performance.now();

const play = (use, argument) => page.evaluate(use, argument);
const advance = (steps) => play((n) => window.playground.advance(n), steps);

const parts = {
  steps: (n) => advance(n),
  resets: (n) =>
    play(async (count) => {
      for (let i = 0; i < count; i++) await window.playground.signatureAt(2);
    }, n),
  async knobs(n) {
    for (let i = 0; i < n; i++) {
      // A live one, and one that begins another run.
      const [name, value] = [
        ['lr', 0.005 + (i % 7) / 1000],
        ['seed', i % 5],
        ['n_heads', 1 + (Math.floor(i / 3) % 3)],
      ][i % 3];
      await play(([knob, text]) => document.querySelector('ip-page').app.setKnob(knob, text), [name, String(value)]);
      if (i % 10 === 0) await advance(5);
    }
  },
  async scrubs(n) {
    await play(() => window.playground.signatureAt(400));
    await play(
      async ([count, steps]) => {
        for (let i = 0; i < count; i++) await window.playground.seek((37 * i) % steps);
      },
      [n, kSteps],
    );
  },
  async panels(n) {
    for (let i = 0; i < n; i++) {
      for (const summary of await page.locator('main summary:visible').all())
        await summary.evaluate((one) => one.click());
      for (const opener of ['#share', '#tour']) {
        await page.click(opener);
        await page.keyboard.press('Escape');
      }
      await play(() => {
        for (const one of document.querySelectorAll('main details[open]')) one.open = false;
      });
    }
  },
  /** Twice. */
  async seeds(n) {
    await open(60);
    await page.click('#section-many > summary');
    await page.waitForSelector('#many-run');
    await page.fill('#many-count', String(n));
    await page.press('#many-count', 'Enter');
    for (let i = 0; i < 2; i++) {
      await page.click('#many-run');
      await page.waitForSelector('#many-cancel');
      await page.waitForSelector('#many-run');
    }
    await page.click('#section-many > summary');
  },
};

/** The run of this length, at rest at its first step: the tour has opened its own. */
const open = (steps) =>
  play(async (hash) => {
    const { app } = document.querySelector('ip-page');
    await app.pause();
    await app.openHash(hash);
  }, `#preset=demo&steps=${steps}${knobs}`);

/** As at the beginning: the same run, the same step, everything closed, and as many seeds on show. */
async function asAtFirst() {
  if (counts.seeds > 0) await parts.seeds(3);
  await open(kSteps);
  await advance(kSteps);
  for (let i = 0; i < 100 && page.workers().length > 1; i++) await page.waitForTimeout(300);
}

async function held() {
  const { wasm, heap, worker, buffers, gpu } = await heaps();
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (wanted) => metrics.find(({ name }) => name === wanted).value;
  const mib = (bytes) => (bytes ?? 0) / 2 ** 20;
  const sizes = {
    heap: mib(heap),
    worker: mib(worker),
    buffers: mib(buffers),
    module: mib(wasm),
    gpu: mib(gpu?.bytes),
  };
  return { ...sizes, nodes: metric('Nodes'), listeners: metric('JSEventListeners'), workers: page.workers().length };
}

function tell(what, now) {
  const words = Object.values(now).map((value) =>
    (Number.isInteger(value) ? String(value) : value.toFixed(2)).padStart(10),
  );
  console.log(what.padEnd(16) + words.join('') + String(Math.round((performance.now() - began) / 1000)).padStart(8));
}

// Once a little of everything: what is loaded on demand is there, hot code is compiled, caches are full.
for (const [name, part] of Object.entries(parts)) {
  if (counts[name] > 0 && name !== 'seeds') await part(name === 'steps' ? Math.min(1000, counts[name]) : 3);
}
await asAtFirst();
console.log(`Chromium ${browser.version()}, preset demo${knobs}. MiB, numbers and seconds:`);
console.log(
  `${' '.repeat(16)}${Object.keys(kSlack)
    .map((name) => name.padStart(10))
    .join('')}   after s`,
);
const first = await held();
tell('at first', first);
for (const [name, part] of Object.entries(parts)) {
  if (counts[name] === 0) continue;
  await part(counts[name]);
  tell(`${counts[name]} ${name}`, await held());
}
await asAtFirst();
const last = await held();
tell('at last', last);
const grown = Object.entries(kSlack).filter(([name, slack]) => last[name] > first[name] + slack);
for (const [name] of grown) console.log(`${name} has grown from ${first[name]} to ${last[name]}`);
if (grown.length > 0) process.exitCode = 1;
await browser.close();
close();
