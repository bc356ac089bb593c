// The frame in articles on another origin, under what articles do to frames.
import assert from 'node:assert/strict';
import { serveArticles } from '../articles.mjs';

/** The author's own script: asks a frame and waits for its answer; waits for one of its events. */
function speak() {
  window.heard = [];
  addEventListener('message', ({ data, source }) => window.heard.push({ data, source }));
  const until = async (found) => {
    while (!window.heard.some(found)) await new Promise((soon) => setTimeout(soon, 20));
    return window.heard.find(found).data;
  };
  window.ask = async (frame, call, ...args) => {
    const { contentWindow } = document.getElementById(frame);
    const id = Math.random();
    contentWindow.postMessage({ name: 'induction-playground', version: 1, id, call, args }, '*');
    return (await until(({ data }) => data?.id === id)).answer;
  };
  window.event = (frame, name) => {
    const { contentWindow } = document.getElementById(frame);
    return until(({ data, source }) => source === contentWindow && data?.event === name);
  };
}

const frame = (dist, id, knobs, more = '') =>
  `<iframe id="${id}" src="${dist}embed.html#preset=demo&${knobs}" width="300" height="500" ${more}></iframe>`;

async function open(page, dist, body, policy = `default-src 'none'; frame-src ${new URL(dist).origin}`) {
  const articles = await serveArticles();
  page.once('close', articles.close);
  await page.addInitScript(speak);
  const html = `<!doctype html><html lang="en"><head><title>An article</title></head><body>${body}</body></html>`;
  await page.goto(articles.put(html, { 'content-security-policy': policy }));
}

const report = (page, id) => page.evaluate((name) => window.ask(name, 'report'), id);
const beyond = (page, id, step) =>
  page.evaluate(
    async ([name, least]) => {
      while (!((await window.ask(name, 'report')).at > least)) await new Promise((soon) => setTimeout(soon, 50));
    },
    [id, step],
  );

export const tests = [
  {
    name: 'a frame, in an article that allows frames and nothing else, trains to the signature of the command line',
    async run(page, dist) {
      await open(page, dist, frame(dist, 'f', 'steps=200&speed=max&panels=story+heads'));
      await page.evaluate(() => window.event('f', 'ready'));
      await page.evaluate(async () => {
        while ((await window.ask('f', 'report')).state !== 'finished')
          await new Promise((soon) => setTimeout(soon, 50));
      });
      const signature = await page.evaluate(() => window.ask('f', 'signature'));
      if (process.env.EXPECTED_SIGNATURE) assert.equal(signature, process.env.EXPECTED_SIGNATURE);
    },
  },
  {
    name: 'four frames in an article: those on screen train, the others rest until they are seen',
    async run(page, dist) {
      const four = ['a', 'b', 'c', 'd'].map((id) => frame(dist, id, 'panels=heads&controls=none'));
      await open(page, dist, `${four[0]}${four[1]}${'<div id="far"></div>'}${four[2]}${four[3]}`);
      // The article's policy forbids style attributes.
      await page.evaluate(() => document.getElementById('far').style.setProperty('height', '6000px'));
      for (const id of ['a', 'b']) await beyond(page, id, 3);
      await page.evaluate(() => document.getElementById('d').scrollIntoView());
      await beyond(page, 'd', 3);
      const { at } = await report(page, 'a');
      await beyond(page, 'd', (await report(page, 'd')).at + 20);
      assert.ok((await report(page, 'a')).at - at < 20, 'a figure out of sight went on');
      await page.evaluate(() => scrollTo(0, 0));
      await beyond(page, 'a', at + 3);
    },
  },
  {
    name: 'with reduced motion a frame waits for its button',
    options: { reducedMotion: 'reduce' },
    async run(page, dist) {
      await open(page, dist, frame(dist, 'f', 'controls=none'));
      await page.evaluate(() => window.event('f', 'ready'));
      assert.equal((await report(page, 'f')).at, 0);
      await page.frameLocator('#f').locator('induction-playground .start').click();
      await beyond(page, 'f', 3);
    },
  },
  {
    name: 'without scripts a frame says that it needs them',
    options: { javaScriptEnabled: false },
    async run(page, dist) {
      await page.goto(`${dist}embed.html#preset=demo`);
      assert.equal(await page.locator('noscript').isVisible(), true);
      assert.match(await page.content(), /<noscript>This figure .* needs scripts/);
    },
  },
  {
    name: 'a frame in a sandbox trains with allow-same-origin; without it, one sentence says that there is no worker',
    tolerates: /worker-src/,
    async run(page, dist) {
      const sandbox = (id, allowed) => frame(dist, id, 'autoplay=never', `sandbox="allow-scripts ${allowed}"`);
      await open(page, dist, sandbox('f', 'allow-same-origin') + sandbox('g', ''));
      const { detail } = await page.evaluate(() => window.event('g', 'error'));
      assert.match(detail.message, /^The worker could not run here: [^\n]*sandbox[^\n]*\.$/);
      await page.evaluate(() => window.event('f', 'ready'));
      await page.evaluate(() => window.ask('f', 'step', 200));
      const signature = await page.evaluate(() => window.ask('f', 'signature'));
      if (process.env.EXPECTED_SIGNATURE) assert.equal(signature, process.env.EXPECTED_SIGNATURE);
    },
  },
];
