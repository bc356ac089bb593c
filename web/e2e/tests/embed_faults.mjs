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

const kTwo = ['a', 'b']
  .map(
    (id) =>
      `<induction-playground id="${id}" preset="demo" speed="max" steps="200" panels="story"></induction-playground>`,
  )
  .join('');

/** An uncaught error in all workers, once figure `a` is past a step; how many there were. */
async function die(page, step) {
  await page.waitForFunction((past) => document.getElementById('a').at > past, step);
  const boom = () =>
    setTimeout(() => {
      throw new Error('boom');
    });
  const before = page.workers();
  for (const worker of before) await worker.evaluate(boom);
  return before.length;
}

const errorsOf = (page, id) =>
  page.evaluate((of) => window.heard.filter((each) => each.type === 'error' && each.id === of), id);

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
  {
    name: 'a worker that dies in an article: its figures come back in another one, to their signatures; a sentence says so, and the fourth time they stop',
    tolerates: /boom/,
    async run(page, dist) {
      await open(page, dist, kTwo);
      const workers = await die(page, 20);
      await page.waitForFunction(() => window.heard.some(({ type }) => type === 'error'));
      for (const id of ['a', 'b']) {
        await page.evaluate((of) => document.getElementById(of).scrollIntoView(), id);
        await page.waitForFunction((of) => document.getElementById(of).state === 'finished', id);
        const signature = await page.evaluate((of) => document.getElementById(of).signature(), id);
        if (process.env.EXPECTED_SIGNATURE) assert.equal(signature, process.env.EXPECTED_SIGNATURE);
        const [{ detail }, ...more] = await errorsOf(page, id);
        assert.match(
          detail.message,
          /^The model stopped working unexpectedly \(.*boom\); it was started anew, up to step \d+ again\.$/,
        );
        assert.deepEqual(more, []);
      }
      assert.equal(page.workers().length, workers);
      // What was asked of the one that died is let go, and what is asked afterwards is done.
      await page.evaluate(() => document.getElementById('a').scrollIntoView());
      await page.evaluate(() => document.getElementById('a').reset());
      for (let death = 2; death <= 4; death++) {
        const asked = page.evaluate(() => document.getElementById('a').step(5000));
        await die(page, 0);
        await asked;
        assert.equal((await errorsOf(page, 'a')).length, death);
      }
      assert.equal(await page.evaluate(() => document.getElementById('a').state), 'error');
      assert.match((await errorsOf(page, 'a')).at(-1).detail.message, /again and again/);
    },
  },
];
