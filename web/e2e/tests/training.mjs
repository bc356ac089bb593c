// Playing: the page trains, sees the onset, pauses, steps and is exactly repeatable.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { assertNoViolations } from '../axe.mjs';
import { statusOf, untilStatus } from '../browser.mjs';

/** Bytes. */
const kFirstLoad = 300 * 1024;

const calm = { reducedMotion: 'reduce' };

/** The signature of preset demo after 200 steps, computed by the same module under Node. */
async function signatureInNode(steps) {
  const folder = new URL('../../../build/wasm/dist/', import.meta.url);
  assert.ok(existsSync(folder), 'EXPECTED_SIGNATURE is not set and build/wasm/dist is not there');
  const { loadCore } = await import(new URL('loader.mjs', folder));
  const core = await loadCore({ wasmBinary: readFileSync(new URL('induction.wasm', folder)) });
  const trainer = core.create(core.schema.presets.find(({ name }) => name === 'demo').config);
  trainer.train(steps);
  return trainer.signature();
}

export const tests = [
  {
    name: 'the page opens and trains by itself',
    async run(page, address) {
      await page.goto(address);
      await untilStatus(page, (status) => status.step >= 20 && status.playing);
      assert.match(await page.textContent('.story'), /^\s*Step \d+\./);
    },
  },
  {
    name: 'all that is loaded before anybody does anything has at most 300 KB, gzip',
    async run(page, address) {
      const asked = new Set();
      page.context().on('request', (request) => asked.add(request.url()));
      await page.goto(address);
      await untilStatus(page, (status) => status.step >= 60);
      await page.waitForLoadState('networkidle');
      const sizes = new Map();
      for (const url of asked) {
        const body = await (await fetch(url)).arrayBuffer();
        sizes.set(url.slice(address.length), gzipSync(Buffer.from(body), { level: 9 }).length);
      }
      const names = [...sizes.keys()];
      for (const part of [/^$/, /\.css$/, /worker.*\.js$/, /induction.*\.wasm$/])
        assert.ok(
          names.some((name) => part.test(name)),
          `${part} is not among ${names.join(', ')}`,
        );
      const sum = [...sizes.values()].reduce((all, size) => all + size, 0);
      assert.ok(sum <= kFirstLoad, `${sum} bytes: ${names.map((name) => `${name} ${sizes.get(name)}`).join(', ')}`);
    },
  },
  {
    name: 'with reduced motion nothing moves until play is pressed',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await page.waitForSelector('#play');
      assert.equal((await statusOf(page)).step, 0);
      assert.match(await page.textContent('.story'), /Nothing is learned yet/);
      await page.click('#play');
      await untilStatus(page, (status) => status.step >= 5);
    },
  },
  {
    name: 'playing the default preset, the onset is announced: which head, at which step, how sure',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await page.click('#play');
      const told = await page.waitForFunction(() => {
        const text = document.querySelector('[role=status]').textContent;
        return /head 1\.\d completes the circuit/.test(text) ? text : null;
      });
      assert.match(await told.jsonValue(), /Since step \d+, head 1\.\d completes the circuit \(\d+\s%\s?sure\)/);
      await page.waitForSelector('[data-role="induction"]');
    },
  },
  {
    name: 'pointing at a token shows where the chosen head looks and what the model expects',
    async run(page, address) {
      await page.goto(`${address}#preset=demo&speed=max`);
      await untilStatus(page, (status) => status.finished);
      await page.hover('[data-t="25"]');
      await page.waitForFunction(() => /at position 25/.test(document.querySelector('#looks').textContent));
      assert.equal(await page.getAttribute('[data-t="25"]', 'aria-selected'), 'true');
      assert.ok((await page.locator('.arcs path').count()) > 0, 'there are arcs');
      assert.ok((await page.locator('.token.target').count()) > 0, 'induction targets are marked');
      const expected = await page.locator('#predictions li').allTextContents();
      assert.equal(expected.length, 5);
      // After the transition the true next token of a repeated stretch is the likeliest.
      assert.match(expected[0], /the true next/);
    },
  },
  {
    name: 'pause stops the step counter, play goes on',
    async run(page, address) {
      await page.goto(address);
      await untilStatus(page, (status) => status.step >= 10);
      await page.click('#play');
      await untilStatus(page, (status) => !status.playing);
      const { step } = await statusOf(page);
      await page.evaluate(() => new Promise((done) => setTimeout(done, 500)));
      assert.equal(Number(await page.getAttribute('#step-count', 'data-step')), step);
      await page.click('#play');
      await page.waitForFunction((before) => window.playground.status().step > before, step);
    },
  },
  {
    name: 'a single step advances by exactly one',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      for (const step of [1, 2, 3]) {
        await page.click('#step');
        await page.waitForSelector(`#step-count[data-step="${step}"]`);
      }
      assert.equal((await statusOf(page)).playing, false);
    },
  },
  {
    name: 'reset begins the same run again',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await untilStatus(page, (status) => status.step === 0);
      const first = await page.evaluate(() => window.playground.signatureAt(20));
      await page.click('#reset');
      await page.waitForSelector('#step-count[data-step="0"]');
      assert.equal(await page.evaluate(() => window.playground.signatureAt(20)), first);
    },
  },
  {
    name: 'the signature of preset demo after 200 steps is the native one',
    options: calm,
    async run(page, address) {
      const expected = process.env.EXPECTED_SIGNATURE ?? (await signatureInNode(200));
      await page.goto(`${address}#preset=demo`);
      await page.waitForSelector('#play');
      assert.equal(await page.evaluate(() => window.playground.signatureAt(200)), expected);
      await page.waitForFunction((text) => document.querySelector('#signature')?.textContent === text, expected);
    },
  },
  {
    name: 'the run ends at its number of steps, and play goes on past it',
    async run(page, address) {
      await page.goto(`${address}#preset=demo&steps=30&speed=max`);
      await untilStatus(page, (status) => status.finished && status.step === 30);
      await page.waitForFunction(() => /press play to go on/.test(document.querySelector('.note').textContent));
      await page.click('#play');
      await untilStatus(page, (status) => status.step > 40);
    },
  },
  {
    name: 'bench.html reports its size, on the page and as JSON',
    async run(page, address) {
      await page.goto(`${address}bench.html?size=S`);
      const found = await page.waitForFunction(() => window.benchResult, undefined, { timeout: 400_000 });
      const result = await found.jsonValue();
      const { ms_per_step, ms_p10, ms_p90, gflops, gflop_per_step, peak_gflops, share_of_peak, by_kernel } = result;
      assert.deepEqual([result.size, result.threads, result.steps], ['S', 1, 300]);
      for (const value of [result.tokens_per_second, gflops, peak_gflops, share_of_peak]) assert.ok(value > 0);
      assert.ok(ms_p10 <= ms_per_step && ms_per_step <= ms_p90);
      const total = (pick) => by_kernel.reduce((sum, line) => sum + pick(line), 0);
      assert.ok(Math.abs(total(({ share }) => share) - 1) < 1e-9);
      // Counted by each Step's shape, and from the configuration's.
      assert.ok(Math.abs(total(({ gflop }) => gflop) - gflop_per_step) < 0.001 * gflop_per_step);
      assert.deepEqual(JSON.parse(await page.textContent('#result')), result);
      assert.equal(await page.locator('tbody tr').count(), by_kernel.length);
    },
  },
  {
    name: "bench.html has no violations for axe, in both colour schemes and at a phone's width",
    async run(page, address) {
      await page.setViewportSize({ width: 320, height: 700 });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.goto(`${address}bench.html`);
        await page.waitForFunction(() => window.benchResult, undefined, { timeout: 400_000 });
        await assertNoViolations(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `it is ${wide} px wider than the phone`);
      }
    },
  },
  {
    name: 'bench.html says which sizes there are, when it is asked for another',
    async run(page, address) {
      await page.goto(`${address}bench.html?size=XL`);
      assert.match(await page.textContent('#status'), /no size 'XL'; allowed: S, M, L/);
    },
  },
];
