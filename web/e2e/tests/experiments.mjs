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
  {
    name: 'an arm of several phases opens live, and its address gives the bits of the command line’s run',
    options: calm,
    async run(page, address) {
      const results = new URL('../../../experiments/results/clamp.json', import.meta.url);
      const arm = JSON.parse(readFileSync(results, 'utf8')).arms.find(({ name }) => name === 'copy learned before');
      const [{ seed, signature }] = arm.runs;
      await page.goto(`${address}#preset=demo&speed=max&seed=${seed}`);
      await page.waitForSelector('#play');
      await page.click('.experiments summary');
      await page.click('[data-theme="Circuit surgery"]');
      const link = '[data-experiment=clamp] .arms a:text-is("copy learned before")';
      await page.waitForSelector(link);
      const hash = await page.getAttribute(link, 'href');
      assert.match(hash, /at=0:clamp\+1\.0\+match&at=200:phase;steps=700;none$/);
      await page.click(link);
      await page.waitForSelector(`${link}[aria-current=true]`);
      assert.equal(new URL(page.url()).hash, hash);
      // Not the run that the click began: the address alone.
      await page.goto('about:blank');
      await page.goto(address + hash);
      await page.click('#play');
      await untilStatus(page, (status) => status.finished);
      assert.equal((await statusOf(page)).step, 900);
      assert.equal(await page.evaluate(() => window.playground.signature()), signature);
    },
  },
  {
    name: 'where another task begins on the way, the page shows its example and its levels, and the run ends with its last phase',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}#preset=demo&steps=10&at=10:phase;steps=20;task=trigger`);
      await page.waitForSelector('.token');
      const shown = () =>
        page.evaluate(() => {
          const { run, vocabulary } = document.querySelector('ip-page').app;
          return { text: vocabulary.format(run.tokens), levels: run.task.lines.map(({ name }) => name), end: run.end };
        });
      await page.evaluate(() => window.playground.advance(5));
      const first = await shown();
      assert.equal(first.end, 30);
      await page.evaluate(() => window.playground.advance(10));
      await page.waitForFunction((text) => {
        const { run, vocabulary } = document.querySelector('ip-page').app;
        return run.config.task === 'trigger' && vocabulary.format(run.tokens) !== text;
      }, first.text);
      const second = await shown();
      assert.notDeepEqual(second.levels, first.levels);
      assert.equal(second.end, 30);
      await page.click('#play');
      await untilStatus(page, (status) => status.finished);
      assert.equal((await statusOf(page)).step, 30);
    },
  },
  {
    name: 'text of one’s own has a card: one click trains on a text that is here, and what is observed stands beside what is expected',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}#preset=demo&speed=max`);
      await page.waitForSelector('#play');
      await page.click('.experiments summary');
      await page.click('[data-theme^="Your own"]');
      await page.focus('#own-card-paste');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement.id === 'own-text');
      assert.equal(await page.locator('[data-experiment=own-text] .trial-observed').count(), 0);
      await page.focus('#own-card-sample');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#own-card-sample[aria-pressed=true]');
      assert.match(page.url(), /task=text/);
      // The run is the same everywhere, so the step of its onset is known.
      const observed = '[data-experiment=own-text] .trial-observed';
      await page.waitForSelector(`${observed} [role=status]`);
      assert.match(await page.textContent(observed), /an induction head at step 550\./);
      assert.match(await page.textContent('[data-experiment=own-text]'), /Expected.*in each/s);
      await page.click('#play');
      await page.focus('#own-card-many');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#many-run');
    },
  },
];
