// Many seeds, and two runs side by side: both train in the background, to the bit what the page and the command line train.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { statusOf, untilStatus } from '../browser.mjs';

const calm = { reducedMotion: 'reduce' };
const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
/** The quickest preset, for few steps. */
const quick = '#preset=smeared&steps=120&probe_every=10';
/** Long enough to be stopped on the way. */
const endless = '#preset=smeared&batch=4&steps=1000000';

/** Of a preset with other knobs after so many steps, computed by the same module under Node. */
async function signatureInNode(preset, knobs, steps) {
  const folder = new URL('../../../build/wasm/dist/', import.meta.url);
  const { loadCore } = await import(new URL('loader.mjs', folder));
  const core = await loadCore({ wasmBinary: readFileSync(new URL('induction.wasm', folder)) });
  const trainer = core.create({ ...core.schema.presets.find(({ name }) => name === preset).config, ...knobs });
  trainer.train(steps);
  return trainer.signature();
}

async function openMany(page, count) {
  await page.click('#section-many > summary');
  await page.waitForSelector('#many-run');
  await page.fill('#many-count', String(count));
  await page.press('#many-count', 'Enter');
}

async function runMany(page, count) {
  await openMany(page, count);
  await page.click('#many-run');
  await page.waitForSelector('#many-verdict');
  await page.waitForSelector('#many-run');
}

const inStep = (page, step) =>
  page.waitForSelector(`#pair-place[data-a="${step}"][data-b="${step}"]`, { state: 'attached' });

async function withoutViolations(page, section) {
  await page.evaluate((id) => {
    for (const details of document.querySelectorAll(`#${id} details`)) details.open = true;
  }, section);
  await page.evaluate(axe);
  const { violations } = await page.evaluate((id) => window.axe.run(`#${id}`), section);
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  assert.deepEqual(told, []);
}

const fits = async (page) =>
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= page.viewportSize().width);

const manyTests = [
  {
    name: 'many seeds: four come to their end, and choosing one opens that very run',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}${quick}&seed=3`);
      await openMany(page, 4);
      assert.match(await page.textContent('#many-estimate'), /4 runs of 120 steps.*about .*MiB/s);
      await page.click('#many-run');
      await page.waitForSelector('#many-verdict');
      await page.waitForSelector('#many-run');
      assert.match(await page.textContent('#many-state'), /All 4 seeds done/);
      const signatures = await page.locator('.many-numbers tbody code').allTextContents();
      const seeds = await page.locator('.many-numbers tbody th').allTextContents();
      assert.deepEqual(seeds, ['3', '4', '5', '6']);
      const found = signatures[2];
      assert.equal(found, await signatureInNode('smeared', { probe_every: 10, steps: 120, seed: 5 }, 120));
      await page.click('.multiple[data-seed="5"]');
      await page.waitForFunction(() => location.hash.includes('seed=5'));
      await untilStatus(page, (status) => status.finished && status.step === 120);
      await page.waitForFunction((text) => document.querySelector('#signature')?.textContent === text, found);
    },
  },
  {
    name: 'many seeds: arrow keys move among the figures, Enter opens one',
    options: calm,
    async run(page, address) {
      await page.goto(address + quick);
      await runMany(page, 3);
      await page.focus('.multiple[tabindex="0"]');
      await page.keyboard.press('End');
      assert.equal(await page.evaluate(() => document.activeElement.dataset.seed), '2');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => /seed=1\b/.test(location.hash));
    },
  },
  {
    name: 'many seeds: paused and cancelled in mid-way, and the page trains on',
    async run(page, address) {
      await page.goto(address + endless);
      await openMany(page, 2);
      await page.click('#many-run');
      await page.waitForFunction(() => /to go/.test(document.querySelector('.many-state')?.textContent ?? ''));
      await page.click('#many-pause');
      await page.waitForFunction(() => /^Paused/.test(document.querySelector('#many-state').textContent));
      await page.click('#many-pause');
      await page.waitForFunction(() => /to go/.test(document.querySelector('.many-state').textContent));
      await page.click('#many-cancel');
      await page.waitForFunction(() => /^Cancelled; 0 of 2/.test(document.querySelector('#many-state').textContent));
      await page.waitForSelector('#many-run');
      const { step } = await statusOf(page);
      await page.waitForFunction((before) => window.playground.status().step > before, step);
    },
  },
  {
    name: 'many seeds: a worker that crashes is told of, and its seed is run again',
    options: calm,
    tolerates: /broken on purpose/,
    async run(page, address) {
      await page.goto(address + endless);
      await openMany(page, 2);
      await page.click('#many-run');
      await page.waitForFunction(() => /to go/.test(document.querySelector('.many-state')?.textContent ?? ''));
      const side = page.workers().find((worker) => worker.url().includes('side_worker'));
      assert.ok(side, 'there is a background worker');
      await side.evaluate(() => {
        setTimeout(() => {
          throw new Error('broken on purpose');
        });
      });
      await page.waitForSelector('#many-again');
      assert.match(
        await page.textContent('#many-again'),
        /seed [01] stopped unexpectedly.*broken on purpose.*begun again/,
      );
      await page.waitForFunction(() => /to go/.test(document.querySelector('.many-state').textContent));
      await page.click('#many-cancel');
    },
  },
  {
    name: 'many seeds: a wrong number is a sentence beside the field, and closing the section ends the workers',
    options: { ...calm, viewport: { width: 320, height: 700 } },
    async run(page, address) {
      await page.goto(address + quick);
      await openMany(page, 65);
      assert.match(await page.textContent('#many-problem'), /cannot be '65'; allowed: 2 … 64/);
      await page.waitForSelector('#many-estimate');
      await runMany2(page);
      await fits(page);
      await page.click('#section-many > summary');
      await page.waitForFunction(() => !document.querySelector('#section-many').open);
      const left = () => page.workers().filter((worker) => worker.url().includes('side_worker')).length;
      for (let i = 0; i < 200 && left() > 0; i++) await page.waitForTimeout(50);
      assert.equal(left(), 0);
    },
  },
  ...['light', 'dark'].map((colorScheme) => ({
    name: `many seeds: axe finds no violations in ${colorScheme}`,
    options: { ...calm, colorScheme },
    async run(page, address) {
      await page.goto(address + quick);
      await runMany(page, 3);
      await withoutViolations(page, 'section-many');
    },
  })),
];

/** With the section open already. */
async function runMany2(page) {
  await page.fill('#many-count', '2');
  await page.press('#many-count', 'Enter');
  await page.click('#many-run');
  await page.waitForSelector('#many-verdict');
  await page.waitForSelector('#many-run');
}

const second = `&b=${encodeURIComponent('preset=smeared&steps=120&seed=1&lr=0.02')}`;

const pairTests = [
  {
    name: 'two runs: a link opens both, and the second follows the first step by step, also back',
    options: calm,
    async run(page, address) {
      await page.goto(address + quick + second);
      await inStep(page, 0);
      await page.evaluate(() => window.playground.advance(35));
      await inStep(page, 35);
      const ofB = () => page.evaluate(() => document.querySelector('ip-pair').signature());
      const knobs = { steps: 120, seed: 1, lr: 0.02 };
      assert.deepEqual(await ofB(), { step: 35, signature: await signatureInNode('smeared', knobs, 35) });
      await page.click('#reset');
      await inStep(page, 0);
      assert.deepEqual(await ofB(), { step: 0, signature: await signatureInNode('smeared', knobs, 0) });
      await page.evaluate(() => window.playground.advance(30));
      await inStep(page, 30);
      assert.deepEqual(await ofB(), { step: 30, signature: await signatureInNode('smeared', knobs, 30) });
      const rows = await page.locator('.pair-differences tbody th').allTextContents();
      assert.deepEqual(rows.map((row) => row.trim()).sort(), ['lr', 'probe_every', 'seed']);
      assert.match(await page.textContent('#pair-sentence'), /copies|copy/);
      assert.equal(await page.locator('.pair').count(), 2);
    },
  },
  {
    name: 'two runs: the second one is chosen, changed, refused, swapped and made the first',
    options: calm,
    async run(page, address) {
      await page.goto(address + quick);
      await page.click('#section-pair > summary');
      await page.selectOption('#pair-choice', 'copy');
      await inStep(page, 0);
      await page.selectOption('#pair-knob', 'n_heads');
      await page.fill('#pair-value', '99');
      await page.press('#pair-value', 'Enter');
      assert.match(await page.textContent('#pair-refused'), /n_heads/);
      await page.fill('#pair-value', '1');
      await page.press('#pair-value', 'Enter');
      await page.waitForFunction(() => /b=.*n_heads%3D1/.test(location.hash));
      await page.waitForSelector('#pair-b-n_heads');
      await inStep(page, 0);
      await page.click('#pair-swap');
      await page.waitForFunction(() => /[#&]n_heads=1\b/.test(location.hash) && !/b=.*n_heads/.test(location.hash));
      await page.waitForSelector('.pair');
      await page.click('#pair-open');
      await page.waitForFunction(() => !/[#&](n_heads|b)=/.test(location.hash));
      await page.waitForFunction(() => !document.querySelector('.pair'));
    },
  },
  {
    name: 'two runs: a broken second address is a sentence, and the first run trains',
    async run(page, address) {
      await page.goto(address + quick);
      await page.waitForSelector('#section-pair');
      // An address that comes later opens the section too.
      await page.evaluate((b) => location.assign(`${location.hash}&b=${b}`), 'n_heads%3D99%26%25%25');
      await page.waitForSelector('#section-pair [data-problem]');
      assert.match(await page.locator('#section-pair [role=alert]').last().textContent(), /nothing that can be used/);
      await untilStatus(page, (status) => status.finished);
      await page.fill('#pair-link', 'hello');
      await page.click('#pair-compare');
      assert.match(await page.textContent('#pair-link-problem'), /“hello” is no link to a run/);
      await page.fill('#pair-link', 'https://example.org/#preset=smeared&seed=9');
      await page.click('#pair-compare');
      await inStep(page, 120);
    },
  },
  ...['light', 'dark'].map((colorScheme) => ({
    name: `two runs: axe finds no violations in ${colorScheme}`,
    options: { ...calm, colorScheme },
    async run(page, address) {
      await page.goto(address + quick + second);
      await page.waitForSelector('.pair');
      await withoutViolations(page, 'section-pair');
    },
  })),
  {
    name: 'two runs: at 320 px nothing is wider than the screen',
    options: { ...calm, viewport: { width: 320, height: 700 } },
    async run(page, address) {
      await page.goto(address + quick + second);
      await page.waitForSelector('.pair');
      await fits(page);
    },
  },
];

export const tests = [...manyTests, ...pairTests];
