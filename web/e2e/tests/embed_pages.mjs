// The pages that show authors how: the builder, the smallest example, and the article with its six figures.
import assert from 'node:assert/strict';

const calm = { reducedMotion: 'reduce' };

/** Looks at a figure until it has reached a step: what is above it may still take its room. */
const figureAt = (page, id, step) =>
  page.waitForFunction(
    ([name, least]) => {
      const figure = document.getElementById(name);
      figure.scrollIntoView({ block: 'center' });
      return figure.at >= least;
    },
    [id, step],
  );

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
    name: 'a pinned snippet runs with the files of its hashes, and not with one that was changed',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}builder.html`);
      await page.check('[name=pinned]');
      await page.waitForFunction(() => document.getElementById('element').textContent.includes('integrity="sha384-'));
      const snippet = await page.textContent('#element');
      assert.match(snippet, /<script type="importmap">\{"integrity":\{"http/);
      let changed = false;
      await page.route('**/pinned.html', (route) =>
        route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Pinned</title>\n${snippet}` }),
      );
      await page.route('**/embed/element-*.js', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: `${await response.text()}${changed ? '\n;' : ''}` });
      });
      await page.goto(`${address}pinned.html`);
      await page.waitForFunction(() => document.querySelector('induction-playground').state === 'ready');
      changed = true;
      const refused = page.waitForEvent('console', (message) => /integrity/i.test(message.text()));
      await page.goto(`${address}pinned.html`);
      await refused;
      assert.equal(await page.evaluate(() => customElements.get('induction-playground')), undefined);
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
  {
    name: 'the article: figures go where their text says, a layer can be silenced, another seed tried, a line written',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}article.html`);
      await figureAt(page, 'scrubbed', 400);
      await page.locator('#scrubbed #time-rail').press('Home');
      await page.waitForFunction(() => document.getElementById('scrubbed').at === 0);
      await figureAt(page, 'broken', 400);
      await page.click('text=Silence 1.0');
      await figureAt(page, 'broken', 410);
      assert.match(await page.evaluate(() => document.getElementById('broken').getState().address), /ablate/);
      await figureAt(page, 'seeds', 0);
      await page.click('[data-seed]');
      await figureAt(page, 'seeds', 3);
      assert.equal(await page.evaluate(() => document.getElementById('seeds').seed), '2');
      await figureAt(page, 'own', 500);
      await page.locator('#own #prompt').fill('abcabcabc');
      await page.locator('#own #prompt').press('Enter');
      await page.waitForFunction(
        () => document.getElementById('own').shadowRoot.querySelectorAll('.token').length === 9,
      );
      assert.equal(page.workers().length <= 4, true);
    },
  },
];
