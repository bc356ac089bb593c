// The last run: offered when the page is opened anew, gone on with to the bit, forgotten on demand; without storage nothing breaks.
import assert from 'node:assert/strict';
import { assertNoViolations } from '../axe.mjs';
import { statusOf, untilStatus } from '../browser.mjs';

const calm = { reducedMotion: 'reduce' };
const signature = (page) => page.evaluate(() => window.playground.signature());
const advance = (page, steps) => page.evaluate((n) => window.playground.advance(n), steps);
const noted = (page) => page.evaluate(() => localStorage.getItem('induction-playground-last-run'));
const untilNoted = (page, step) =>
  page.waitForFunction(
    (wanted) => JSON.parse(localStorage.getItem('induction-playground-last-run') ?? '{}').step === wanted,
    step,
  );

/** Leaves a run of 80 steps behind, and opens the page anew. */
async function comeBack(page, address) {
  await page.goto(`${address}#preset=demo&n_heads=2&seed=5&prompt=abcabc`);
  await page.waitForSelector('.head');
  await advance(page, 80);
  await untilNoted(page, 80);
  const kept = await signature(page);
  await page.goto('about:blank');
  await page.goto(address);
  await page.waitForSelector('#offer-last');
  return kept;
}

export const tests = [
  {
    name: 'last run: it is offered, and goes on to the bit with its settings and sequence',
    options: calm,
    async run(page, address) {
      const kept = await comeBack(page, address);
      assert.match(await page.textContent('#offer-last'), /demo, changed, seed 5, step 80/);
      await assertNoViolations(page, 'offer');
      await page.click('#take-last');
      await untilStatus(page, (status) => status.step === 80);
      await page.waitForFunction(() => document.querySelectorAll('.token').length === 6);
      assert.equal(await signature(page), kept);
      assert.equal(await page.inputValue('#prompt'), 'abcabc');
      assert.match(await page.evaluate(() => location.hash), /n_heads=2/);
      assert.equal(await page.locator('#offer-last').count(), 0);
    },
  },
  {
    name: 'last run: forgetting removes it, and the page is as new',
    options: calm,
    async run(page, address) {
      await comeBack(page, address);
      await page.click('#forget-last');
      await page.waitForFunction(() => !document.querySelector('#offer-last'));
      assert.equal(await noted(page), null);
      const left = await page.evaluate(
        () =>
          new Promise((resolve) => {
            const request = indexedDB.open('induction-playground', 1);
            request.onsuccess = () => {
              const all = request.result.transaction('runs').objectStore('runs').count();
              all.onsuccess = () => resolve(all.result);
            };
          }),
      );
      assert.equal(left, 0);
    },
  },
  {
    name: 'last run: while it is on offer, the run that began by itself does not take its place; another one does',
    options: calm,
    async run(page, address) {
      await comeBack(page, address);
      await advance(page, 20);
      await page.click('#play');
      await untilStatus(page, (status) => status.playing);
      await page.click('#play');
      await untilStatus(page, (status) => !status.playing && status.step > 20);
      await page.fill('#seed', '8');
      await page.press('#seed', 'Enter');
      await page.waitForFunction(() => !document.querySelector('#offer-last'));
      assert.equal(JSON.parse(await noted(page)).step, 80);
      await advance(page, 30);
      await untilNoted(page, 30);
    },
  },
  {
    name: 'last run: without storage a sentence says so, and everything else works',
    options: calm,
    async run(page, address) {
      await page.addInitScript(() => {
        const no = () => {
          throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
        };
        IDBFactory.prototype.open = no;
        Storage.prototype.setItem = no;
      });
      await page.goto(`${address}#preset=demo`);
      await page.waitForSelector('.head');
      await page.click('#share');
      await page.waitForSelector('#share-panel:popover-open');
      await page.keyboard.press('Escape');
      await advance(page, 10);
      await page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
      await page.click('#share');
      await page.waitForFunction(() =>
        /keeps nothing for this page/.test(document.querySelector('#last-problem')?.textContent),
      );
      assert.equal((await statusOf(page)).step, 10);
    },
  },
];
