// The element in one file: an article on another origin asks for that file and for nothing else.
import assert from 'node:assert/strict';
import { articleOf, oneFilePolicy, serveArticles } from '../articles.mjs';

const kFile = 'induction-playground.one.js';
const kElement =
  '<induction-playground id="a" preset="demo" speed="max" steps="200" panels="story heads tokens loss scores circuit timeline"></induction-playground>';

export const tests = [
  {
    name: 'one file: an article on another origin, with the least policy, asks for one file, trains and has the signature',
    async run(page, dist) {
      const { origin } = new URL(dist);
      const asked = [];
      page.context().on('request', (request) => request.url().startsWith(origin) && asked.push(request.url()));
      const articles = await serveArticles();
      page.once('close', articles.close);
      const headers = { 'content-security-policy': oneFilePolicy(origin) };
      await page.goto(articles.put(articleOf(kElement, { dist, file: kFile }), headers));
      await page.waitForFunction(() => ['finished', 'error'].includes(document.getElementById('a')?.state));
      const figure = page.locator('#a');
      assert.equal(await figure.evaluate(({ problem }) => problem), null);
      assert.equal(await figure.evaluate(({ at }) => at), 200);
      const signature = await figure.evaluate((element) => element.signature());
      if (process.env.EXPECTED_SIGNATURE) assert.equal(signature, process.env.EXPECTED_SIGNATURE);
      // Every panel is there, and the module about circuits answers.
      assert.equal(await page.locator('#a .head').count(), 8);
      await page.locator('#a ip-circuits canvas, #a ip-circuits svg').first().waitFor();
      assert.ok((await figure.evaluate((element) => element.exportRun())).length !== 0);
      assert.deepEqual(asked, [`${dist}embed/${kFile}`]);
    },
  },
  {
    name: 'the builder offers the element in one file, and a pinned one runs',
    options: { reducedMotion: 'reduce' },
    async run(page, dist) {
      await page.goto(`${dist}builder.html`);
      await page.check('[name=one]');
      await page.check('[name=pinned]');
      await page.waitForFunction(() => document.getElementById('element').textContent.includes('integrity="sha384-'));
      const [snippet, frame] = await Promise.all(['#element', '#frame'].map((id) => page.textContent(id)));
      assert.match(
        snippet,
        /^<script type="module" src="[^"]+embed\/induction-playground\.one\.js" integrity="sha384-/,
      );
      assert.ok(!snippet.includes('importmap') && !frame.includes('.one.js'));
      const asked = [];
      await page.route('**/pinned.html', (route) => {
        // What the builder's preview still asked for is not this page's.
        asked.length = 0;
        return route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Pinned</title>\n${snippet}` });
      });
      page.on('request', (request) => /\/embed\//.test(request.url()) && asked.push(request.url()));
      await page.goto(`${dist}pinned.html`);
      await page.waitForFunction(() => document.querySelector('induction-playground').state === 'ready');
      assert.deepEqual(asked, [`${dist}embed/${kFile}`]);
    },
  },
];
