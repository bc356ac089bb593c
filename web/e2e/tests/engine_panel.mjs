// The engine panel: what it says is what is so, in every state, for everybody. On a software adapter: never a time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { statusOf, untilStatus } from '../browser.mjs';

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const calm = { reducedMotion: 'reduce' };
/** Small enough for a software adapter, and long enough to be switched in the middle. */
const run = '#preset=demo&batch=4&steps=100000&probe_every=10';

const fact = (page, name) => page.textContent(`[data-fact=${name}] dd`);

async function untilFact(page, name, pattern) {
  await page.waitForFunction(
    ([at, text]) => new RegExp(text).test(document.querySelector(`[data-fact=${at}] dd`)?.textContent),
    [name, pattern.source],
  );
}

async function openPanel(page, address) {
  await page.goto(address + run);
  await untilStatus(page, (status) => status.step >= 5);
  await page.click('#engine');
}

async function trainOnGraphics(page, address) {
  await openPanel(page, address);
  await page.check('#engine-webgpu');
  await untilFact(page, 'gpu', /ready/);
}

/** Every text that the engine's notice has had, in order. */
async function watchNotice(page) {
  await page.evaluate(() => {
    const notice = document.querySelector('#engine-notice');
    window.heard = [];
    new MutationObserver(() => window.heard.push(notice.textContent)).observe(notice, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
}

const switching = [
  {
    name: 'engine panel: in mid-run WebGPU takes over and hands back, and the panel tells what trains',
    gpu: true,
    async run(page, address) {
      await openPanel(page, address);
      assert.match(await page.textContent('#engine'), /^\s*WebAssembly · /);
      await untilFact(page, 'now', /^WebAssembly, /);
      await page.check('#engine-webgpu');
      await untilFact(page, 'now', /^WebGPU, /);
      const { step } = await statusOf(page);
      assert.ok(step >= 5, 'the run was not started anew');
      await page.waitForFunction((before) => window.playground.status().step > before, step);
      assert.match(await fact(page, 'gpu'), /^ready$/);
      assert.match(await fact(page, 'adapter'), /swiftshader/i);
      assert.match(await fact(page, 'kind'), /^software/);
      assert.match(await fact(page, 'parity'), /^\s*largest difference .*; checked on 4 sequences/);
      assert.ok(Number(await fact(page, 'dispatches')) > 0);
      assert.equal(await fact(page, 'recoveries'), '0');
      assert.match(page.url(), /engine=webgpu/);
      await page.check('#engine-wasm');
      await untilFact(page, 'now', /^WebAssembly, /);
      const back = await statusOf(page);
      assert.ok(back.step >= step, `${back.step} after ${step}`);
      await page.waitForFunction((before) => window.playground.status().step > before, back.step);
    },
  },
  {
    name: 'engine panel: the table on demand names every kernel that was compared',
    gpu: true,
    async run(page, address) {
      await trainOnGraphics(page, address);
      await page.click('.kernels summary');
      const names = await page.locator('.kernels tbody th').allTextContents();
      for (const kernel of ['attention', 'attention_backward', 'contract', 'cross_entropy'])
        assert.ok(names.includes(kernel), `${kernel} is in ${names}`);
      assert.equal(await page.textContent('.kernels summary'), `All ${names.length} kernels`);
    },
  },
  {
    name: 'engine panel: a switch is announced once, can be put away, and the small print stops promising equal bits',
    gpu: true,
    async run(page, address) {
      await page.goto(address + run);
      await untilStatus(page, (status) => status.step >= 5);
      await watchNotice(page);
      await page.click('#engine');
      await page.check('#engine-webgpu');
      await untilFact(page, 'gpu', /ready/);
      const { step } = await statusOf(page);
      await page.waitForFunction((before) => window.playground.status().step > before + 10, step);
      const heard = await page.evaluate(() => window.heard.filter((text) => text.trim()));
      assert.equal(heard.length, 1, heard.join(' / '));
      assert.match(heard[0], /^Since step \d+ WebGPU trains/);
      await page.click('#engine');
      await page.click('#engine-dismiss');
      await page.waitForFunction(() => document.querySelector('#engine-notice').textContent.trim() === '');
      await page.click('#play');
      await page.waitForSelector('#signature');
      assert.match(await page.textContent('ip-footer'), /computed by WebGPU/);
    },
  },
];

const trouble = [
  {
    name: 'engine panel: a browser without a graphics adapter keeps WebAssembly, with the reason',
    async run(page, address) {
      await openPanel(page, address);
      await page.check('#engine-webgpu');
      await untilFact(page, 'gpu', /^not used$/);
      assert.match(await fact(page, 'error'), /WebGPU/);
      assert.match(await page.textContent('#engine-notice'), /^WebAssembly trains this model, because WebGPU cannot: /);
      assert.match(await fact(page, 'now'), /^WebAssembly, /);
      const { step } = await statusOf(page);
      await page.waitForFunction((before) => window.playground.status().step > before, step);
    },
  },
  {
    name: 'engine panel: after a lost device it counts the new one and keeps the error',
    gpu: true,
    async run(page, address) {
      await openPanel(page, address);
      await page.workers()[0].evaluate(() => {
        const { requestDevice } = GPUAdapter.prototype;
        GPUAdapter.prototype.requestDevice = async function (...given) {
          self.lent = await requestDevice.apply(this, given);
          return self.lent;
        };
      });
      await page.check('#engine-webgpu');
      await untilFact(page, 'gpu', /ready/);
      await page.workers()[0].evaluate(() => self.lent.destroy());
      await untilFact(page, 'recoveries', /^1$/);
      assert.match(await fact(page, 'notice'), /was replaced; since step \d+ WebGPU trains again/);
      assert.ok((await fact(page, 'error')).length > 10);
      await untilFact(page, 'now', /^WebGPU, /);
    },
  },
];

/** As the worker would report it; a paused run brings no other. */
function pretend(page, report) {
  return page.evaluate((part) => {
    const { app } = document.querySelector('ip-page');
    app.watch.report = { ...app.engine, ...part };
    app.tell('settings');
  }, report);
}

const everything = {
  engine: 'webgpu',
  gpu: 'ready',
  notice: 'Since step 3 WebGPU trains.',
  adapter: 'a very long name of an adapter (0x0000C0DE) with-a-word-that-cannot-be-broken-anywhere-at-all-it-seems',
  vendor: 'vendor',
  software: true,
  parity: {
    worst: 3e-7,
    kernel: 'attention',
    tolerance: 1e-5,
    rows: 8,
    kernels: { attention: 3e-7, cross_entropy_backward: 0 },
  },
  dispatches_per_step: 24,
  recoveries: 2,
  error: `first line\n  ${'x'.repeat(300)}`,
};

function axeTest(scheme, width) {
  return {
    name: `engine panel: axe finds no violations in ${scheme} at ${width} px, and nothing is wider than the screen`,
    options: { ...calm, colorScheme: scheme, viewport: { width, height: 800 } },
    async run(page, address) {
      await page.goto(address + run);
      await page.click('#engine');
      await pretend(page, everything);
      await page.click('.kernels summary');
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
        [],
      );
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    },
  };
}

export const tests = [
  ...switching,
  ...trouble,
  axeTest('light', 1280),
  axeTest('dark', 320),
  {
    name: 'engine panel: keys open it, choose in it, and Escape gives the focus back',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await page.focus('#engine');
      const expanded = () => page.getAttribute('#engine', 'aria-expanded');
      assert.equal(await expanded(), 'false');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#engine-auto');
      assert.equal(await expanded(), 'true');
      await page.keyboard.press('Tab');
      const focused = () => page.evaluate(() => document.activeElement.id);
      assert.equal(await focused(), 'engine-auto');
      await page.keyboard.press('ArrowDown');
      assert.equal(await focused(), 'engine-wasm');
      await page.waitForFunction(() => location.hash.includes('engine=wasm'));
      assert.equal(await page.isChecked('#engine-wasm'), true);
      await page.keyboard.press('Escape');
      await page.waitForSelector('#engine-auto', { state: 'detached' });
      assert.equal(await focused(), 'engine');
      assert.equal(await expanded(), 'false');
    },
  },
  {
    name: 'engine panel: a difference that is too large is told as such',
    options: calm,
    async run(page, address) {
      await page.goto(address + run);
      await page.click('#engine');
      const over = { ...everything.parity, worst: 0.0021 };
      for (const [parity, text] of [
        [everything.parity, 'largest difference 3 × 10⁻⁷, in attention; allowed 1 × 10⁻⁵; checked on 8 sequences'],
        [
          { ...over, rows: 1 },
          'largest difference 2.1 × 10⁻³, in attention: more than the allowed 1 × 10⁻⁵; checked on 1 sequence',
        ],
        [{ ...over, worst: 0 }, 'largest difference per kernel 0 (equal to the bit); checked on 8 sequences'],
        [
          { ...over, worst: Number.NaN },
          'largest difference not a number, in attention: more than the allowed 1 × 10⁻⁵; checked on 8 sequences',
        ],
      ]) {
        await pretend(page, { ...everything, parity });
        await page.waitForFunction(
          (words) => document.querySelector('[data-fact=parity] p').textContent === words,
          text,
        );
      }
    },
  },
];
