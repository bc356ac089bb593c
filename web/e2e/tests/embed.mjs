// The element and the frame as an author meets them: articles on one origin, our files on another.
import assert from 'node:assert/strict';
import { articleOf, kFar, leastPolicy, listen, serveArticles } from '../articles.mjs';

const calm = { reducedMotion: 'reduce' };
const kElement =
  '<induction-playground id="a" preset="demo" speed="max" steps="280" panels="story heads"></induction-playground>';

const listened = new WeakSet();

/** Opens an article with this body. */
async function open(page, dist, body, { policy, scripts = true } = {}) {
  const articles = await serveArticles();
  page.once('close', articles.close);
  const headers = policy === undefined ? {} : { 'content-security-policy': policy };
  if (scripts && !listened.has(page)) await page.addInitScript(listen);
  listened.add(page);
  page.setDefaultTimeout(60_000);
  await page.goto(articles.put(articleOf(body, { dist }), headers));
}

const until = (page, condition, argument) => page.waitForFunction(condition, argument);
const stateIs = (page, id, state) =>
  until(page, ([name, wanted]) => document.getElementById(name)?.state === wanted, [id, state]);
const heard = (page, type) => page.evaluate((wanted) => window.heard.filter((event) => event.type === wanted), type);
const originOf = (dist) => new URL(dist).origin;

export const tests = [
  {
    name: 'an article on another origin, with the least policy: the element trains, keeps its signature, and nothing moves',
    async run(page, dist) {
      await open(page, dist, kElement, { policy: leastPolicy(originOf(dist)) });
      await stateIs(page, 'a', 'finished');
      const facts = await page.evaluate(async () => {
        const element = document.getElementById('a');
        await element.seek(200);
        return {
          signature: await element.signature(),
          at: element.at,
          shifts: window.shifts,
          state: element.getState(),
        };
      });
      assert.equal(facts.at, 200);
      // Words that change within the figure move by fractions of a pixel; the article does not.
      assert.equal(facts.shifts, 0, 'layout shift');
      assert.match(facts.state.address, /preset=demo/);
      if (process.env.EXPECTED_SIGNATURE) assert.equal(facts.signature, process.env.EXPECTED_SIGNATURE);
      const phases = await heard(page, 'phase');
      assert.deepEqual(phases.map(({ detail }) => detail.phase).sort(), ['induction', 'previous_token']);
      // The article's own address and its document are left alone.
      assert.equal(new URL(page.url()).hash, '');
      assert.equal(await page.evaluate(() => document.documentElement.getAttributeNames().join()), 'lang');
      assert.equal(await page.locator('induction-playground .head').count(), 8);
    },
  },
  {
    name: 'four copies in an article: those on screen train, the others have not even begun, and there are few workers',
    async run(page, dist) {
      const copy = (id) =>
        `<induction-playground id="${id}" panels="heads" controls="none" style="width: 300px; min-height: 0"></induction-playground>`;
      await open(
        page,
        dist,
        `<div style="display: flex">${copy('a')}${copy('b')}</div>${kFar}${copy('c')}${copy('d')}`,
      );
      await until(page, () => ['a', 'b'].every((id) => document.getElementById(id).at > 3));
      const states = () => page.evaluate(() => ['a', 'b', 'c', 'd'].map((id) => document.getElementById(id).state));
      assert.deepEqual(await states(), ['playing', 'playing', 'poster', 'poster']);
      assert.ok(page.workers().length <= 3, `${page.workers().length} workers`);
      await page.evaluate(() => document.getElementById('d').scrollIntoView());
      await until(page, () => document.getElementById('d').at > 3 && document.getElementById('a').state === 'paused');
      const at = await page.evaluate(() => document.getElementById('a').at);
      await page.evaluate(() => scrollTo(0, 0));
      await until(page, (before) => document.getElementById('a').at > before, at);
    },
  },
  {
    name: 'scrolled in and out fifty times, an element has one worker, rests where it was, and goes on when it is seen',
    async run(page, dist) {
      await open(page, dist, `${kFar}${kElement.replace('speed="max"', 'speed="10"')}${kFar}`);
      for (let i = 0; i < 50; i++)
        await page.evaluate(
          async (seen) => {
            scrollTo(0, seen ? 6000 : 0);
            await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
          },
          i % 2 === 0,
        );
      await until(page, () => ['paused', 'ready'].includes(document.getElementById('a').state));
      const counts = await page.evaluate(() =>
        ['onscreen', 'offscreen'].map((type) => window.heard.filter((event) => event.type === type).length),
      );
      assert.deepEqual(counts, [25, 25]);
      assert.ok(page.workers().length <= 1);
      const at = await page.evaluate(() => document.getElementById('a').at);
      await page.evaluate(() => scrollTo(0, 6000));
      await until(page, (before) => document.getElementById('a').at > before, at);
      assert.equal(page.workers().length, 1);
      await page.evaluate(() => document.getElementById('a').remove());
      await page.waitForEvent('worker', { timeout: 1 }).catch(() => undefined);
      await until(page, () => true);
      for (let i = 0; i < 100 && page.workers().length > 0; i++)
        await page.evaluate(() => new Promise((soon) => setTimeout(soon, 50)));
      assert.equal(page.workers().length, 0);
    },
  },
  {
    name: 'with reduced motion an element waits for its button',
    options: calm,
    async run(page, dist) {
      await open(page, dist, kElement.replace('><', '>A picture<'));
      await stateIs(page, 'a', 'ready');
      assert.equal(await page.evaluate(() => document.getElementById('a').at), 0);
      await page.click('induction-playground .start');
      await until(page, () => document.getElementById('a').at > 3);
      assert.equal(await page.locator('induction-playground .start').isVisible(), false);
    },
  },
  {
    name: 'where there is no WebGPU an element that asks for it trains on WebAssembly to the same signature, and says so',
    async run(page, dist) {
      const body =
        '<induction-playground id="a" preset="demo" engine="webgpu" speed="max" steps="200" panels="story heads"></induction-playground>';
      await open(page, dist, body);
      await stateIs(page, 'a', 'finished');
      assert.equal(await page.evaluate(() => document.getElementById('a').at), 200);
      const signature = await page.evaluate(() => document.getElementById('a').signature());
      if (process.env.EXPECTED_SIGNATURE) assert.equal(signature, process.env.EXPECTED_SIGNATURE);
      await page
        .locator('#a')
        .getByText(/because WebGPU cannot: /)
        .first()
        .waitFor({ state: 'visible', timeout: 10_000 });
    },
  },
  {
    name: 'without scripts an article shows what stands inside the element',
    options: { javaScriptEnabled: false },
    async run(page, dist) {
      await open(
        page,
        dist,
        '<induction-playground><p id="inside">A picture of two heads.</p></induction-playground>',
        { scripts: false },
      );
      assert.equal(await page.locator('#inside').isVisible(), true);
    },
  },
  {
    name: 'where the article forbids WebAssembly or workers, or an attribute is wrong: the poster stays, with a sentence and an event',
    tolerates: /worker-src|wasm-eval|WebAssembly/,
    async run(page, dist) {
      const origin = originOf(dist);
      const picture = '<p id="inside">A picture of two heads.</p>';
      const cases = [
        [leastPolicy(origin).replace("'wasm-unsafe-eval'", ''), kElement, /WebAssembly/],
        [leastPolicy(origin).replace('worker-src blob:', "worker-src 'none'"), kElement, /worker could not run here/],
        [undefined, kElement.replace('max', 'fast'), /speed/],
        [undefined, kElement.replace('demo', 'demi'), /demi/],
        [undefined, kElement.replace('speed="max"', 'n_heads="-3"'), /n_heads/],
        [undefined, kElement.replace('speed="max"', 'autoplay="always"'), /autoplay is 'always'/],
      ];
      for (const [policy, element, sentence] of cases) {
        await open(page, dist, element.replace('><', `>${picture}<`), { policy });
        await stateIs(page, 'a', 'error');
        assert.match(await page.textContent('induction-playground .message'), sentence);
        assert.equal(await page.locator('#inside').isVisible(), true);
        const errors = await heard(page, 'error');
        assert.equal(errors.length, 1);
        assert.match(errors[0].detail.message, sentence);
        // Methods do nothing then, and throw nothing.
        await page.evaluate(() => document.getElementById('a').play());
      }
      // Another attribute is another try.
      await page.evaluate(() => document.getElementById('a').setAttribute('autoplay', 'onscreen'));
      await until(page, () => document.getElementById('a').at > 3);
    },
  },
  {
    name: 'what an author does by script: step, ablate, go back, take the state to another element, save',
    async run(page, dist) {
      await open(
        page,
        dist,
        `${kElement.replace('speed', 'autoplay="never" speed')}<induction-playground id="b" autoplay="never" panels="loss timeline"></induction-playground>`,
      );
      const facts = await page.evaluate(async () => {
        const [a, b] = ['a', 'b'].map((id) => document.getElementById(id));
        await a.step(30);
        await a.ablate('1.1');
        await a.step(10);
        const broken = a.getState();
        await b.setState(broken);
        const file = await a.exportRun();
        const signatures = [await a.signature(), await b.signature()];
        await a.seek(20);
        return { broken, signatures, at: [a.at, b.at], bytes: file.length };
      });
      assert.deepEqual(facts.at, [20, 40]);
      assert.equal(facts.signatures[0], facts.signatures[1]);
      assert.match(facts.broken.address, /ablate/);
      assert.ok(facts.bytes > 10_000);
    },
  },
  {
    name: 'a frame in an article tells its height, obeys the article, and ignores and counts what is foreign, old or malformed',
    tolerates: /style-src-elem|script-src-elem/,
    async run(page, dist) {
      await open(
        page,
        dist,
        `<iframe id="f" src="${dist}embed.html#preset=demo&autoplay=never&panels=story" width="600" height="300"></iframe>`,
        { policy: `default-src 'none'; frame-src ${originOf(dist)}`, scripts: true },
      );
      await until(page, () => window.heard.some(({ data }) => data?.event === 'ready'));
      const heights = await page.evaluate(() =>
        window.heard.map(({ data }) => data).filter((data) => data?.height || data?.detail?.height),
      );
      assert.ok(heights.some(({ context, height }) => context === 'iframe.resize' && height > 100));
      assert.ok(
        heights.some(
          ({ name, version, event, detail }) =>
            name === 'induction-playground' && version === 1 && event === 'height' && detail.height > 100,
        ),
      );
      const report = await page.evaluate(async () => {
        const { contentWindow } = document.getElementById('f');
        const send = (message) => contentWindow.postMessage(message, '*');
        const ours = { name: 'induction-playground', version: 1 };
        const ask = (call, ...args) => {
          const id = Math.random();
          send({ ...ours, id, call, args });
          return new Promise((answered) => {
            addEventListener('message', ({ data }) => data?.id === id && answered(data.answer));
          });
        };
        for (const message of [7, 'x', { type: 'other' }]) send(message);
        send({ ...ours, version: 2, id: 1, call: 'play' });
        for (const call of ['remove', 'constructor']) send({ ...ours, id: 1, call });
        await ask('step', 12);
        const signature = await ask('signature');
        return { ...(await ask('report')), signature };
      });
      assert.deepEqual(report.ignored, { foreign: 3, version: 1, malformed: 2 });
      assert.equal(report.at, 12);
      assert.match(report.signature, /^[0-9a-f]{16}$/);
    },
  },
];
