// The page and the element in WebKitGTK, the nearest thing to Safari that Debian has. No times, and no WebGPU: it offers none.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { findWebKit, launchWebKit } from '../../headless/webkit.mjs';
import { articleOf, kFar, leastPolicy, oneFilePolicy, serveArticles } from '../articles.mjs';
import { goesOverToLive } from '../recorded_article.mjs';
import { serve } from '../server.mjs';

const { missing } = findWebKit();
if (missing) console.log(`not run: ${missing}`);
const skip = missing ?? false;
const expected = process.env.EXPECTED_SIGNATURE;

/** First of all scripts: what nobody caught, and what frames say; a driver's script comes too late to hear their first words. */
const kListen = `window.faults = [];
window.messages = [];
addEventListener('message', ({ data }) => messages.push(data));
addEventListener('error', ({ message }) => faults.push(String(message)));
addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)));`;

/** Our files as any static host serves them, and pages with kListen before all else: WebKit's driver tells no errors. */
async function serveListening(root) {
  const server = createServer(async ({ url }, response) => {
    if (url === '/listen.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(kListen);
    const given = await fetch(new URL(url, root));
    const type = given.headers.get('content-type') ?? 'text/plain';
    const body = Buffer.from(await given.arrayBuffer());
    response.writeHead(given.status, { 'content-type': type, 'access-control-allow-origin': '*' });
    if (!type.startsWith('text/html')) return response.end(body);
    return response.end(String(body).replace('<head>', '<head><script src="/listen.js"></script>'));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { address: `http://127.0.0.1:${server.address().port}/dist/`, close: () => server.close() };
}

const files = await serve(new URL('../..', import.meta.url).pathname);
const listening = await serveListening(files.address);
const articles = await serveArticles();
const { address } = listening;
const { origin } = new URL(address);
let browser = null;

after(async () => {
  await browser?.close();
  for (const server of [articles, listening, files]) server.close();
});

/** One window for all: it is the starting that takes long. */
async function withPage(url, use, { width = 1024, faults = true } = {}) {
  browser ??= await launchWebKit();
  await browser.resize(width, 768);
  await browser.goto('about:blank');
  await browser.goto(url);
  await use(browser);
  if (process.env.SCREENSHOTS)
    writeFileSync(`${process.env.SCREENSHOTS}/${Date.now()}.png`, await browser.screenshot());
  if (faults) assert.deepEqual(await browser.evaluate(() => window.faults), [], 'uncaught in the page');
  const [wide, room] = await browser.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= room, `the page is ${wide} px wide, its window ${room}`);
}

const figure = (attributes = '') =>
  `<induction-playground id="a" preset="demo" speed="max" steps="200" ${attributes}></induction-playground>`;
const article = (body, { file, policy } = {}) =>
  articles.put(
    articleOf(body, { dist: address, file, head: `<script src="${origin}/listen.js"></script>` }),
    policy ? { 'content-security-policy': policy } : {},
  );

const finished = (page) =>
  page.until(
    () => ['finished', 'error'].includes(document.getElementById('a')?.state) && document.getElementById('a').state,
  );
const signatureOfA = (page) => page.evaluate(() => document.getElementById('a').signature());

test('WebKit trains the default preset to the signature of the command line', { skip }, async () => {
  assert.match(expected ?? '', /^[0-9a-f]{16}$/, 'EXPECTED_SIGNATURE must be what the native program gives');
  await withPage(`${address}#preset=demo`, async (page) => {
    await page.until(() => document.querySelector('#play'));
    assert.equal(await page.evaluate(() => window.playground.signatureAt(200)), expected);
  });
});

test('WebKit: the page does not scroll sideways in a narrow window', { skip }, async () => {
  const use = (page) => page.until(() => window.playground?.status().step > 20);
  await withPage(`${address}#preset=demo`, use, { width: 400 });
});

for (const preset of ['main', 'smeared'])
  test(`WebKit trains the preset ${preset} to the signature of WebAssembly under Node`, { skip }, async () => {
    const script = new URL('../../../tests/matrix/wasm.mjs', import.meta.url).pathname;
    const wanted = execFileSync(process.execPath, [script, preset, '60'], { encoding: 'utf8' }).match(
      /[0-9a-f]{16}/,
    )[0];
    await withPage(`${address}#preset=${preset}&schedule=constant&steps=60`, async (page) => {
      await page.until(() => document.querySelector('#play'));
      assert.equal(await page.evaluate(() => window.playground.signatureAt(60)), wanted);
    });
  });

test('WebKit: the element in an article on another origin, with the least policy, has the signature of the command line', {
  skip,
}, async () => {
  const body = figure('panels="story heads loss circuit timeline" controls="all"');
  await withPage(article(body, { policy: leastPolicy(origin) }), async (page) => {
    assert.equal(await finished(page), 'finished', await page.evaluate(() => document.getElementById('a').problem));
    assert.equal(await signatureOfA(page), expected);
  });
});

test('WebKit: the element in one file, with the least policy, has the signature of the command line', {
  skip,
}, async () => {
  const options = { file: 'induction-playground.one.js', policy: oneFilePolicy(origin) };
  await withPage(article(figure('panels="story heads circuit"'), options), async (page) => {
    assert.equal(await finished(page), 'finished', await page.evaluate(() => document.getElementById('a').problem));
    assert.equal(await signatureOfA(page), expected);
    const asked = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    assert.deepEqual(
      asked.filter((name) => name.includes('/dist/')),
      [`${address}embed/induction-playground.one.js`],
    );
  });
});

test('WebKit: a recording plays before the WebAssembly has come, and training goes on from the step on show', {
  skip,
}, async () => {
  await withPage('about:blank', (page) => goesOverToLive(page, { root: files.address, articles }), { faults: false });
});

test('WebKit: the element in a narrow article does not make it scroll sideways', { skip }, async () => {
  await withPage(article(figure('panels="story heads tokens loss scores circuit timeline"')), finished, { width: 400 });
});

test('WebKit: a frame from another origin trains when the article asks, and tells signature and height', {
  skip,
}, async () => {
  const frame = `<iframe id="f" src="${address}embed.html#preset=demo&autoplay=never&panels=story+heads" width="600" height="500"></iframe>`;
  await withPage(article(frame), async (page) => {
    const told = await page.evaluate(async () => {
      const { contentWindow } = document.getElementById('f');
      const until = async (found) => {
        while (!window.messages.some(found)) await new Promise((soon) => setTimeout(soon, 50));
        return window.messages.find(found);
      };
      await until(({ event }) => event === 'ready');
      const ask = async (id, call, ...args) => {
        contentWindow.postMessage({ name: 'induction-playground', version: 1, id, call, args }, '*');
        return (await until((data) => data.id === id)).answer;
      };
      await ask(1, 'step', 200);
      const { height } = await until(({ context }) => context === 'iframe.resize');
      return { height, signature: await ask(2, 'signature') };
    });
    assert.equal(told.signature, expected);
    assert.ok(told.height > 100);
  });
});

test('WebKit: scrolled out of sight a figure rests, and goes on when it is seen again', { skip }, async () => {
  const body = figure().replace('max', '60').replace('200', '100000') + kFar;
  await withPage(article(body), async (page) => {
    const beyond = (step) => page.until((least) => document.getElementById('a').at > least, step);
    await beyond(3);
    await page.evaluate(() => scrollTo(0, 6000));
    await page.until(() => document.getElementById('a').state === 'paused');
    const at = await page.evaluate(() => document.getElementById('a').at);
    await page.evaluate(() => scrollTo(0, 0));
    await beyond(at);
  });
});

test('WebKit: where the article forbids workers, the poster stays, with a sentence and an event', {
  skip,
}, async () => {
  const policy = leastPolicy(origin).replace('worker-src blob:', "worker-src 'none'");
  await withPage(article(figure().replace('><', '><p id="inside">Two heads.</p><'), { policy }), async (page) => {
    assert.equal(await finished(page), 'error');
    assert.match(await page.evaluate(() => document.getElementById('a').problem), /worker could not run here/);
    assert.ok(await page.evaluate(() => document.getElementById('inside').offsetHeight > 0));
  });
});
