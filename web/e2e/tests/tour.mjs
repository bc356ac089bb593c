// The guided tour by keys alone, left and taken up again; the glossary; print, forced colours and more contrast.
import assert from 'node:assert/strict';
import { assertNoViolations } from '../axe.mjs';
import { statusOf, untilStatus } from '../browser.mjs';

const card = (page, step, there = true) =>
  page.waitForSelector(`.tour-card[data-step=${step}]${there ? '[data-there=true]' : ''}`);
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.tagName);

/** From the card's heading, where the focus is after each step, to its first button. */
async function pressFirst(page) {
  await page.waitForFunction(() => document.activeElement.id === 'tour-title');
  // Terms of the glossary may come before it.
  for (let i = 0; i < 5 && (await focused(page)) !== 'tour-next'; i++) await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'tour-next');
  await page.keyboard.press('Enter');
}

/** Runs ahead where something is awaited, and goes on. */
async function through(page, step) {
  await card(page, step, false);
  if ((await page.getAttribute('.tour-card', 'data-there')) === 'false') {
    await pressFirst(page);
    await card(page, step);
    await page.focus('#tour-title');
  }
  await assertNoViolations(page, step);
  const text = await page.textContent('.tour-text');
  await pressFirst(page);
  return text;
}

export const tests = [
  {
    name: 'tour: it is walked from the offer to its end by keys alone, and shows the page’s own run',
    async run(page, address) {
      await page.goto(address);
      await page.waitForSelector('#offer-tour');
      await page.focus('#take-tour');
      await page.keyboard.press('Enter');
      await through(page, 'plateau');
      const previous = await through(page, 'previous');
      assert.match(previous, /Head 0\.\d counts as a previous-token head/);
      const onset = await through(page, 'onset');
      const [, before, now] = /cost ([\d.]+) nats at the start and cost ([\d.]+) now/.exec(onset);
      assert.ok(Number(now) < 0.7 * Number(before), onset);
      await card(page, 'induction');
      assert.equal((await statusOf(page)).playing, false);
      assert.match(await page.getAttribute('.head[aria-selected=true]', 'data-role'), /induction/);
      assert.ok(await page.isChecked('#targets'));
      await through(page, 'induction');
      // The circuit is there, so the step comes to itself: running ahead just then would go on.
      await card(page, 'break');
      const broken = await through(page, 'break');
      const [, whole, without] = /cost ([\d.]+) nats before, ([\d.]+) now/.exec(broken);
      assert.ok(Number(without) > 1.5 * Number(whole), broken);
      assert.match(await through(page, 'alone'), /one after the other/);
      assert.equal(await page.locator('.layer').count(), 1);
      await card(page, 'end');
      await pressFirst(page);
      await page.waitForFunction(() => !document.querySelector('.tour-card'));
      assert.equal(await focused(page), 'tour');
      assert.equal(await page.locator('#offer-tour').count(), 0);
    },
  },
  {
    name: 'tour: Escape leaves it, it goes on where it was left, and a run of one’s own comes back',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&n_heads=2&seed=5`);
      await page.waitForSelector('.head');
      await page.evaluate(() => window.playground.advance(30));
      const own = await page.evaluate(() => window.playground.signature());
      await page.click('#tour');
      await card(page, 'plateau', false);
      await page.click('#tour-next');
      await card(page, 'plateau');
      await page.click('#tour-next');
      await card(page, 'previous', false);
      await page.keyboard.press('Escape');
      await card(page, 'left', false);
      await page.waitForFunction(() => document.activeElement.id === 'tour-title');
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'tour-own');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => !document.querySelector('.tour-card'));
      await untilStatus(page, (status) => status.step === 30 && !status.playing);
      assert.equal(await page.evaluate(() => window.playground.signature()), own);
      assert.match(await page.evaluate(() => location.hash), /n_heads=2/);
      await page.click('#tour');
      await card(page, 'previous', false);
    },
  },
  {
    name: 'tour: who does not want it is not asked again',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(address);
      await page.click('#no-tour');
      assert.equal(await page.locator('#offer-tour').count(), 0);
      await page.reload();
      await page.waitForSelector('.head');
      assert.equal(await page.locator('#offer-tour').count(), 0);
    },
  },
  ...[320, 1440].map((width) => ({
    name: `tour: at ${width} px card and frame stay on the page, in the dark too`,
    options: { reducedMotion: 'reduce', colorScheme: 'dark', viewport: { width, height: 720 } },
    async run(page, address) {
      await page.goto(address);
      await page.click('#tour');
      await card(page, 'plateau', false);
      await page.click('#tour-next');
      await card(page, 'plateau');
      await assertNoViolations(page, `${width}`);
      const box = await page.locator('.tour-card').boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
      assert.ok(box.y >= 0 && box.y + box.height <= 720, JSON.stringify(box));
      const wide = await page.evaluate((w) => {
        const all = document.documentElement.scrollWidth > w ? [...document.querySelectorAll('body *')] : [];
        return all
          .filter((node) => node.getBoundingClientRect().right > w + 0.5)
          .map((node) => node.outerHTML.slice(0, 80));
      }, width);
      assert.deepEqual(wide, []);
    },
  })),
  {
    name: 'glossary: a term says what it means on hover, on focus and on a tap, and Escape puts it away',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(address);
      const note = () => page.locator('#term-note:popover-open');
      await page.hover('.prose .term >> nth=0');
      await note().waitFor();
      assert.match(await note().textContent(), /^attention /);
      await assertNoViolations(page, 'note');
      await page.keyboard.press('Escape');
      await note().waitFor({ state: 'hidden' });
      await page.focus('.story .term');
      await note().waitFor();
      assert.match(await note().textContent(), /^nats Units of surprise/);
      assert.equal(await page.getAttribute('.story .term', 'aria-describedby'), 'term-note');
      await page.keyboard.press('Escape');
      await note().waitFor({ state: 'hidden' });
      await page.click('h1');
      await page.click('.curves .term >> nth=0');
      await note().waitFor();
      await page.click('#section-glossary summary');
      await page.waitForSelector('.glossary dt');
      assert.ok((await page.locator('.glossary dt').count()) > 30);
      await assertNoViolations(page, 'list');
    },
  },
  {
    name: 'everyone: axe is content with more contrast and with forced colours',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&steps=30&speed=max`);
      await page.waitForSelector('.head');
      for (const media of [
        { contrast: 'more' },
        { contrast: 'more', colorScheme: 'dark' },
        { contrast: 'no-preference', forcedColors: 'active' },
      ]) {
        await page.emulateMedia(media);
        await assertNoViolations(page, JSON.stringify(media));
      }
    },
  },
  {
    name: 'everyone: on paper are the story, the heads, the curves and the address, and no controls',
    options: { reducedMotion: 'reduce', colorScheme: 'dark' },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&seed=6`);
      await page.waitForSelector('.head');
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      await page.emulateMedia({ media: 'print' });
      for (const shown of ['.story', '.heads', '#loss-chart', '.print-only'])
        assert.ok(await page.isVisible(shown), shown);
      for (const hidden of ['.controls', 'ip-knobs', '.editor', '#share', '.save >> nth=0', '#offer-tour'])
        assert.ok(!(await page.isVisible(hidden)), hidden);
      assert.match(await page.textContent('.print-only'), /#preset=demo&seed=6$/);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.scheme), 'light');
      await page.emulateMedia({ media: 'screen' });
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      assert.equal(await page.evaluate(() => document.documentElement.dataset.scheme), 'dark');
    },
  },
];
