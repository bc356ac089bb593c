// The page in Firefox, whose WebAssembly and WebGPU are not Chromium's. No times: its adapter here is a software one.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { findFirefox, launchFirefox } from '../../headless/firefox.mjs';
import { articleOf, leastPolicy, serveArticles } from '../articles.mjs';
import { checkParity, matrix, small } from '../matrix.mjs';
import { goesOverToLive } from '../recorded_article.mjs';
import { serve } from '../server.mjs';

/** Rotation, smearing, clipping; shared position embeddings, layer norm; what a reader meets first. The others are Chromium's and Node's. */
const kCompared = [
  'rotary, smeared, rms, adam, clipped',
  'shortformer, smeared, layer norm, tied, adam',
  'the default',
];

const found = findFirefox();
if (!found) console.log('not run: there is no Firefox here (Debian: firefox-esr; or name its program in FIREFOX)');
const skip = found ? false : 'no Firefox';

const { address: root, close } = await serve(new URL('../..', import.meta.url).pathname);
const address = `${root}dist/`;
const browsers = { plain: null, webgpu: null };
let hasAdapter = true;

after(async () => {
  for (const browser of Object.values(browsers)) await browser?.close();
  close();
});

/** Runs `use` with a new page of the browser that has WebGPU, or of the one that has it switched off. */
async function withPage(kind, use) {
  browsers[kind] ??= await launchFirefox({ webgpu: kind === 'webgpu' });
  const page = await browsers[kind].newPage();
  const errors = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  try {
    await use(page);
    assert.deepEqual(errors, [], 'uncaught in the page');
  } finally {
    await page.close();
  }
}

async function parityOf(page, config, alone = false) {
  const asked = `parity.html?alone=${Number(alone)}&config=${encodeURIComponent(JSON.stringify(config))}`;
  // The page is loaded only when it has its result.
  await page.goto(address + asked, { waitUntil: 'domcontentloaded', timeout: 300_000 });
  const handle = await page.waitForFunction(() => window.parityResult, { timeout: 300_000 });
  return handle.jsonValue();
}

test('Firefox trains the default preset to the signature of the command line', { skip }, async () => {
  const expected = process.env.EXPECTED_SIGNATURE;
  assert.match(expected ?? '', /^[0-9a-f]{16}$/, 'EXPECTED_SIGNATURE must be what the native program gives');
  await withPage('plain', async (page) => {
    await page.goto(`${address}#preset=demo`);
    await page.waitForSelector('#play');
    assert.equal(await page.evaluate(() => window.playground.signatureAt(200)), expected);
  });
});

test('Firefox without WebGPU: the parity page says so in one sentence', { skip }, async () => {
  await withPage('plain', async (page) => {
    const { problem } = await parityOf(page, small);
    assert.equal(problem, 'This browser offers no WebGPU here.');
  });
});

test('Firefox with WebGPU has an adapter, or the parity page says in one sentence that it has none', {
  skip,
}, async (t) => {
  await withPage('webgpu', async (page) => {
    const result = await parityOf(page, { ...small, n_layers: 1, n_ctx: 8, batch: 2 });
    if (result.problem === undefined) return checkParity(result);
    assert.match(result.problem, /^This browser (offers no WebGPU here|found no graphics adapter for WebGPU)\.$/);
    console.log(`not run: Firefox's WebGPU is not compared here. ${result.problem}`);
    hasAdapter = false;
    return t.diagnostic(result.problem);
  });
});

test('Firefox: the element in an article on another origin, with the least policy, has the signature of the command line', {
  skip,
}, async () => {
  const articles = await serveArticles();
  const policy = leastPolicy(new URL(address).origin);
  const element = '<induction-playground autoplay="never" panels="heads loss circuit"></induction-playground>';
  await withPage('plain', async (page) => {
    await page.goto(articles.put(articleOf(element, { dist: address }), { 'content-security-policy': policy }));
    const told = await page.evaluate(async () => {
      const figure = document.querySelector('induction-playground');
      await customElements.whenDefined('induction-playground');
      await figure.seek(200);
      return figure.problem ?? (await figure.signature());
    });
    assert.equal(told, process.env.EXPECTED_SIGNATURE);
  });
  articles.close();
});

test('Firefox: a recording plays before the WebAssembly has come, and training goes on from the step on show', {
  skip,
}, async () => {
  const articles = await serveArticles();
  await withPage('plain', (page) => goesOverToLive(page, { root, articles }));
  articles.close();
});

for (const alone of [false, true])
  for (const name of kCompared)
    test(`Firefox agrees with WebAssembly${alone ? ', invocations alone' : ''}: ${name}`, { skip }, async (t) => {
      if (!hasAdapter) return t.skip('no adapter');
      return withPage('webgpu', async (page) => {
        const result = await parityOf(page, matrix[name], alone);
        checkParity(result);
        if (process.platform === 'linux') assert.equal(result.software, true);
      });
    });
