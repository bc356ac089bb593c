// How long the page takes, cold, from its address to the first training step: a new browser each time. On a machine at rest; nothing is
// decided by it. Figures: docs/performance.md.
//   node e2e/cold.mjs [TIMES]
import { launch } from './browser.mjs';
import { serve } from './server.mjs';

/** In the page, before its scripts. */
function watchForStep() {
  const look = () => {
    if (window.playground?.status().step >= 1) window.first_step = performance.now();
    else setTimeout(look, 2);
  };
  look();
}

function timesOf(page) {
  return page.evaluate(() => ({
    'first paint': performance.getEntriesByType('paint').find(({ name }) => name === 'first-contentful-paint')
      ?.startTime,
    'first step': window.first_step,
  }));
}

const { address, close } = await serve(new URL('..', import.meta.url).pathname);
const rows = [];
for (let i = 0; i < Number(process.argv[2] ?? 9); i++) {
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.addInitScript(watchForStep);
  await page.goto(`${address}dist/`);
  await page.waitForFunction(() => window.first_step);
  rows.push(await timesOf(page));
  await browser.close();
}
close();
for (const name of Object.keys(rows[0])) {
  const sorted = rows.map((row) => row[name]).sort((a, b) => a - b);
  const [least, middle, most] = [0, sorted.length >> 1, sorted.length - 1].map((i) => Math.round(sorted[i]));
  console.log(`${name}: median ${middle} ms, ${least} to ${most} (${sorted.length} times)`);
}
