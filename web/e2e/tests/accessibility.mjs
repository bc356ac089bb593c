// Keyboard, screen readers, small screens.
import assert from 'node:assert/strict';
import { assertNoViolations } from '../axe.mjs';
import { untilStatus } from '../browser.mjs';

function withoutViolations(scheme, width) {
  return {
    name: `axe finds no violations in ${scheme} at ${width} px`,
    options: { colorScheme: scheme, viewport: { width, height: 800 } },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&speed=max&nonsense=1`);
      await untilStatus(page, (status) => status.finished);
      await page.evaluate(() => {
        for (const group of document.querySelectorAll('details')) group.open = true;
      });
      await assertNoViolations(page);
    },
  };
}

export const tests = [
  {
    name: 'arrow keys move in the head grid, Enter chooses',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&head=1.0`);
      await page.waitForSelector('.head');
      await page.focus('[data-head="1.0"]');
      const focused = () => page.evaluate(() => document.activeElement.dataset.head);
      for (const [key, head] of [
        ['ArrowRight', '1.1'],
        ['ArrowDown', '0.1'],
        ['ArrowLeft', '0.0'],
        ['ArrowUp', '1.0'],
        ['ArrowUp', '1.0'],
        ['End', '1.3'],
      ]) {
        await page.keyboard.press(key);
        assert.equal(await focused(), head, `after ${key}`);
      }
      await page.keyboard.press('Enter');
      await page.waitForSelector('[data-head="1.3"][aria-selected=true]');
      await page.waitForFunction(() => location.hash.includes('head=1.3'));
    },
  },
  {
    name: 'arrow keys move in the sequence',
    options: { reducedMotion: 'reduce' },
    async run(page, address) {
      await page.goto(address);
      await page.focus('.token[tabindex="0"]');
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction(() => /at position 1[, ]/.test(document.querySelector('#looks').textContent));
    },
  },
  withoutViolations('light', 1280),
  withoutViolations('dark', 1280),
  withoutViolations('light', 320),
  {
    name: 'at 320 px nothing is wider than the screen',
    options: { viewport: { width: 320, height: 700 } },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&n_heads=16&steps=20&speed=max`);
      await untilStatus(page, (status) => status.finished);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
    },
  },
];
