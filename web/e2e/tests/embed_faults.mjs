// The element where it is allowed little: articles with Trusted Types and frames of another site whose storage is blocked.
import assert from 'node:assert/strict';
import { articleOf, leastPolicy, listen, serveArticles } from '../articles.mjs';

async function open(page, dist, body, policy) {
  const articles = await serveArticles();
  page.once('close', articles.close);
  await page.addInitScript(listen);
  page.setDefaultTimeout(60_000);
  await page.goto(articles.put(articleOf(body, { dist }), policy ? { 'content-security-policy': policy } : {}));
}

const frameOf = (dist, more = '') =>
  `<iframe id="f" src="${dist}embed.html#preset=demo&speed=max&steps=200&panels=story+heads" width="600" height="900" ${more}></iframe>`;

/** The frame's figure, once it satisfies `condition`. */
async function figureIn(page, condition) {
  const frame = page.frames()[1];
  await frame.waitForFunction(condition);
  return frame;
}

/** What a browser gives a frame of another site whose storage it blocks. */
function blockStorage() {
  if (window === top) return;
  const no = () => {
    throw new DOMException('Access is denied for this document.', 'SecurityError');
  };
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore'])
    Object.defineProperty(window, name, { get: no, configurable: true });
  Object.defineProperty(document, 'cookie', { get: no, set: no });
}

export const tests = [
  {
    name: 'in an article with Trusted Types the element trains to its signature when the policy names lit’s and ours',
    async run(page, dist) {
      const types = "; require-trusted-types-for 'script'; trusted-types lit-html induction-worker";
      const element = '<induction-playground id="a" preset="demo" speed="max" steps="200"></induction-playground>';
      await open(page, dist, element, leastPolicy(new URL(dist).origin) + types);
      await page.waitForFunction(() => document.getElementById('a')?.state === 'finished');
      const signature = await page.evaluate(() => document.getElementById('a').signature());
      if (process.env.EXPECTED_SIGNATURE) assert.equal(signature, process.env.EXPECTED_SIGNATURE);
    },
  },
  {
    name: 'in a frame of another site whose storage is blocked the figure trains to its signature',
    async run(page, dist) {
      await page.addInitScript(blockStorage);
      await open(page, dist, frameOf(dist));
      const frame = await figureIn(page, () => document.querySelector('induction-playground')?.state === 'finished');
      await assert.rejects(
        frame.evaluate(() => localStorage.length),
        /denied/,
      );
      const signature = await frame.evaluate(() => document.querySelector('induction-playground').signature());
      if (process.env.EXPECTED_SIGNATURE) assert.equal(signature, process.env.EXPECTED_SIGNATURE);
    },
  },
];
