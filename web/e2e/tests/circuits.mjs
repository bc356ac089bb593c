// Arrows between the layers, and the section about the chosen head.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { untilStatus } from '../browser.mjs';

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** The run is over, and the arrows are those of its last step. */
async function finished(page) {
  await untilStatus(page, (status) => status.finished);
  await page.waitForFunction(() => {
    const caption = document.querySelector('ip-composition caption')?.textContent ?? '';
    const { step } = window.playground.status();
    return caption.includes(`step ${step}:`);
  });
}

async function openSection(page) {
  await page.click('#section-circuits > summary');
  await page.waitForSelector('.logits');
}

const arrows = (page) =>
  page.$$eval('[data-arrow]', (all) =>
    all
      .map(({ dataset: { arrow, input, above } }) => ({ arrow, input, above: Number(above) }))
      .sort((a, b) => b.above - a.above),
  );

export const tests = [
  {
    name: 'circuits: after the onset the strongest arrow leads from a previous-token head into the keys of an induction head',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&speed=max&steps=450`);
      await page.waitForSelector('ip-arrows');
      const height = () => page.evaluate(() => document.querySelector('.heads').getBoundingClientRect().height);
      const before = await height();
      await page.click('#play');
      await finished(page);
      const [best, ...others] = await arrows(page);
      const [from, to] = best.arrow.split('-');
      const role = (head) => page.getAttribute(`[data-head="${head}"]`, 'data-role');
      assert.equal(await role(from), 'previous token');
      assert.equal(await role(to), 'induction');
      assert.equal(best.input, 'k');
      assert.ok(others.length > 0 && best.above > 0.1, JSON.stringify(best));
      assert.match(
        await page.textContent('#arrow-words'),
        new RegExp(`Strongest: ${from.replace('.', '\\.')} → ${to.replace('.', '\\.')}, keys`),
      );
      assert.equal(await height(), before, 'nothing moved when the arrows came');

      await page.focus(`[data-head="${to}"]`);
      await page.waitForFunction((head) => {
        const lit = [...document.querySelectorAll('g.lit')];
        return lit.length > 0 && lit.every(({ dataset }) => dataset.arrow.endsWith(head));
      }, to);

      await page.selectOption('#arrows', 'k');
      await page.selectOption('#arrow-measure', 'weights');
      assert.match(await page.textContent('#arrow-words'), /No arrows for into keys: rotary positions/);
      assert.deepEqual(await arrows(page), []);
    },
  },
  {
    name: 'circuits: with one layer a sentence stands in the place of arrows',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(`${address}#preset=smeared`);
      await page.waitForSelector('ip-composition .caption');
      assert.match(await page.textContent('ip-composition'), /need two layers/);
      assert.equal(await page.$('ip-arrows'), null);
    },
  },
  {
    name: 'circuits: with learned positions an induction head has an OV diagonal and finds its token through a previous-token head',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&positions=learned&speed=max&steps=500`);
      await page.click('#play');
      await finished(page);
      const induction = await page.getAttribute('[data-role=induction]', 'data-head');
      await page.click(`[data-head="${induction}"] .map`);
      await openSection(page);
      await page.waitForFunction(
        (head) => document.querySelector('.circuits .caption').textContent.includes(`Head ${head}`),
        induction,
      );
      await page.waitForFunction(() => document.querySelectorAll('ip-circuits-map canvas').length === 3);
      const shares = await page.$$eval('.diagonal-words', (all) =>
        all.map((p) => Number(/ in (\d+)/.exec(p.textContent)[1])),
      );
      assert.ok(shares[0] > 50 && shares[1] > 50, `OV ${shares[0]} %, QK through ${shares[1]} %`);
      assert.match(
        await page.textContent('#induction-path'),
        new RegExp(`→ ${induction.replace('.', '\\.')} → logits`),
      );
    },
  },
  {
    name: 'circuits: the section is read by keys alone, follows the token, and axe finds nothing in it',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&speed=max&steps=100`);
      await page.focus('#section-circuits > summary');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.logits');
      await page.focus('.token-map .cells');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      assert.match(await page.textContent('.circuits output'), /^b, a: /);
      await page.focus('.token[tabindex="0"]');
      await page.keyboard.press('Home');
      await page.waitForFunction(() => /at 0$/.test(document.querySelector('.logit-part h3').textContent));
      const sums = await page.$$eval('.logits tbody tr', (rows) =>
        rows.map((row) => Number(row.querySelector('.number').textContent.replace('−', '-'))).filter(Number.isFinite),
      );
      assert.ok(sums.length > 4);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`),
        [],
      );
    },
  },
  {
    name: 'circuits: where a norm hides the circuits the section says why, and the rows still add up',
    options: { reducedMotion: 'reduce', viewport: { width: 360, height: 800 } },
    async run(page, address) {
      await page.goto(`${address}#preset=fast&steps=30&speed=max`);
      await openSection(page);
      assert.match(await page.textContent('.not-defined'), /Not defined here: the norm \(layer\)/);
      assert.match(await page.textContent('.logit-part'), /Heads are given as wholes/);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
    },
  },
];
