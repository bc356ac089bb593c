// The pages that show authors how: the builder and the smallest example.
import assert from 'node:assert/strict';

const calm = { reducedMotion: 'reduce' };

export const tests = [
  {
    name: 'the builder previews a figure and writes the three texts to copy',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}builder.html`);
      await page.fill('[name=seed]', '7');
      await page.fill('[name=knobs]', 'n_heads=2 lr=0.003');
      await page.uncheck('[value=loss]');
      await page.waitForFunction(
        () => document.querySelector('induction-playground[seed="7"]:not([panels~="loss"])')?.state === 'ready',
      );
      const texts = await page.evaluate(() =>
        ['element', 'frame', 'markdown'].map((id) => document.getElementById(id).textContent),
      );
      assert.match(
        texts[0],
        /<induction-playground preset="demo" panels="story heads" seed="7" n_heads="2" lr="0.003"><\/induction-playground>/,
      );
      assert.match(texts[1], /embed\.html#preset=demo&amp;panels=story\+heads&amp;seed=7&amp;n_heads=2&amp;lr=0\.003"/);
      assert.match(texts[1], /iframe\.resize/);
      assert.ok(texts[2].includes(texts[0]));
      // What is copied works: the frame of the second text shows the same run.
      await page.goto(new URL(/src="([^"]+)"/.exec(texts[1])[1].replaceAll('&amp;', '&'), address).href);
      await page.waitForFunction(() => document.querySelector('induction-playground')?.state === 'ready');
      assert.equal(await page.locator('induction-playground .head').count(), 4);
    },
  },
  {
    name: 'the smallest example, plain HTML, shows an element and a frame that is as high as its figure',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}example.html`);
      await page.waitForFunction(() => document.querySelector('induction-playground').state === 'ready');
      await page.locator('iframe').scrollIntoViewIfNeeded();
      await page.waitForFunction(() => Number(document.querySelector('iframe').height) !== 700);
      const height = await page
        .frameLocator('iframe')
        .locator('induction-playground')
        .evaluate((element) => element.offsetHeight);
      assert.equal(await page.evaluate(() => Number(document.querySelector('iframe').height)), height);
    },
  },
];
