// Experiments that run in the page: in the background, judged by the command line's rule, side by side with what it found.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { statusOf, untilStatus } from '../browser.mjs';

const calm = { reducedMotion: 'reduce' };
const card = '[data-experiment=depth]';

async function openCard(page, address) {
  await page.goto(`${address}#preset=demo`);
  await page.waitForSelector('#play');
  await page.click('.experiments summary');
  await page.waitForSelector(`${card} .trial-run`);
}

export const tests = [
  {
    name: 'the page loads no experiment before somebody looks at them, and no module of theirs before one is run',
    options: calm,
    async run(page, address) {
      const asked = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(`${address}#preset=demo`);
      await page.waitForSelector('#play');
      assert.deepEqual(
        asked.filter((url) => /experiment_/.test(url)),
        [],
      );
      await page.click('.experiments summary');
      await page.waitForSelector(`${card} .trial-run`);
      assert.deepEqual(
        asked.filter((url) => /experiments.*\.wasm/.test(url)),
        [],
      );
    },
  },
  {
    name: 'an experiment runs in the background and gives the numbers of the command line, with its verdict and evidence',
    options: calm,
    async run(page, address) {
      await openCard(page, address);
      await page.fill(`${card} .trial-seeds`, '1');
      await page.click(`${card} .trial-run`);
      await page.waitForSelector(`${card} progress`);
      // The page's own run goes on meanwhile.
      await page.click('#play');
      await untilStatus(page, (status) => status.step >= 5);
      await page.click('#play');
      assert.ok(await page.locator('[data-experiment=norm] .trial-run').isDisabled());
      await page.waitForSelector(`${card} .trial-observed [role=status]`);
      const text = await page.textContent(`${card} .trial-sides`);
      assert.match(text, /Expected/);
      assert.match(text, /With 5 seeds the command line found: unclear/);
      assert.match(text, /1 seed: unclear/);
      assert.match(text, /onset\.induction of 'two layers' comes in 1 of 1 seeds/);
      const results = new URL('../../../experiments/results/depth.json', import.meta.url);
      const { values } = JSON.parse(readFileSync(results, 'utf8')).arms[0].runs[0];
      const cells = await page.locator(`${card} tbody tr:first-child td`).allTextContents();
      assert.deepEqual(cells.slice(0, 2), [String(values['onset.induction']), String(values.t50)]);
      assert.equal(cells[2], values['final.loss_rep'].toPrecision(3));
      assert.match(await page.textContent(`${card} tbody tr:last-child`), /one layer.*never/s);
      assert.ok((await statusOf(page)).step >= 5);
    },
  },
  {
    name: 'a running experiment can be stopped by keyboard, and a wrong number of seeds is refused beside it',
    options: calm,
    async run(page, address) {
      await openCard(page, address);
      await page.fill(`${card} .trial-seeds`, 'many');
      await page.click(`${card} .trial-run`);
      assert.match(
        await page.textContent(`${card} .trial-controls`),
        /cannot be 'many'; allowed: whole numbers from 1 to 50/,
      );
      assert.equal(await page.locator(`${card} progress`).count(), 0);
      await page.fill(`${card} .trial-seeds`, '2');
      await page.focus(`${card} .trial-run`);
      await page.keyboard.press('Enter');
      await page.waitForFunction(() =>
        /of 4 runs/.test(document.querySelector('[data-experiment=depth] .trial-controls').textContent),
      );
      await page.focus(`${card} .trial-stop`);
      await page.keyboard.press('Enter');
      await page.waitForSelector(`${card} .trial-run`);
      assert.match(await page.textContent(`${card} ip-experiment-trial`), /Stopped after \d of 4 runs\./);
    },
  },
];
