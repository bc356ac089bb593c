// An article whose figure has a recording, for browsers that cannot hold back what a page asks for: the server does it. The WebAssembly
// comes when the recording has been seen playing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { articleOf, leastPolicy } from './articles.mjs';

const binary = process.env.INDUCTION ?? new URL('../../build/release/native/induction', import.meta.url).pathname;
const kSteps = 200;

/** The demo's first steps, as `induction record` writes them: { bytes, signature, steps of its pictures }. */
function record() {
  const folder = mkdtempSync(join(tmpdir(), 'induction-record-'));
  const path = join(folder, 'run.irec');
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  const told = execFileSync(binary, ['record', '--steps', String(kSteps), '--out', path, '--json'], options);
  const bytes = readFileSync(path);
  rmSync(folder, { recursive: true });
  const { frames } = JSON.parse(bytes.subarray(24, 24 + bytes.readUInt32LE(8)).toString('utf8'));
  return { bytes, signature: JSON.parse(told).signature, steps: frames.map(({ step }) => step) };
}

/** The files below `root` at `address`; what ends in .wasm waits for `release`. */
async function serveHeld(root) {
  let release = () => undefined;
  const gate = new Promise((go) => {
    release = go;
  });
  const server = createServer(async ({ url }, response) => {
    if (url.endsWith('.wasm')) await gate;
    const given = await fetch(new URL(url, root));
    const type = given.headers.get('content-type') ?? 'text/plain';
    response.writeHead(given.status, { 'content-type': type, 'access-control-allow-origin': '*' });
    response.end(Buffer.from(await given.arrayBuffer()));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { address: `http://127.0.0.1:${server.address().port}/`, release, close: () => server.close() };
}

/** In the page: every step that is shown, and where the figure is when it takes the recording's place. */
function watchSteps() {
  const a = document.getElementById('a');
  window.shown = [];
  const look = () => {
    if (window.shown.at(-1) !== a.at) window.shown.push(a.at);
    requestAnimationFrame(look);
  };
  a.addEventListener('ready', () => {
    window.met = { from: window.shown.at(-1), at: a.at };
  });
  look();
}

/** In the page: what there is to tell when it is over; `state` alone as long as it is not. */
function tellSteps() {
  const { state, problem, at } = document.getElementById('a');
  const film = document.getElementById('a').shadowRoot.querySelector('.film');
  return { state, problem, at, filmed: film.offsetHeight > 0, shown: window.shown, met: window.met };
}

const soon = () => new Promise((go) => setTimeout(go, 100));

/** Asks until it is so; a time limit only ends a hopeless wait. */
async function until(page, holds) {
  for (let tries = 0; tries < 1200; tries++) {
    const told = await page.evaluate(tellSteps);
    if (holds(told)) return told;
    await soon();
  }
  throw new Error('The figure did not come so far in two minutes.');
}

/** `page` has goto and evaluate; `head` is for the article's own head. */
export async function goesOverToLive(page, { root, articles, head = '' }) {
  const { bytes, signature, steps } = record();
  const held = await serveHeld(root);
  try {
    const dist = `${held.address}dist/`;
    const recording = articles.put(bytes, { 'content-type': 'application/octet-stream' });
    const figure = `<induction-playground id="a" steps="${kSteps}" panels="story heads loss" recording="${recording}"></induction-playground>`;
    const policy = leastPolicy(new URL(dist).origin).replace('connect-src', "connect-src 'self'");
    await page.goto(articles.put(articleOf(figure, { dist, head }), { 'content-security-policy': policy }));
    await page.evaluate(() => customElements.whenDefined('induction-playground').then(() => undefined));
    await page.evaluate(watchSteps);
    const playing = await until(page, ({ at, problem }) => at > 20 || problem !== null);
    assert.deepEqual([playing.problem, playing.filmed, playing.state], [null, true, 'loading']);
    held.release();
    const over = await until(page, ({ state }) => ['finished', 'error'].includes(state));
    assert.deepEqual([over.problem, over.filmed, over.at], [null, false, kSteps]);
    checkWay(over, steps);
    assert.equal(await page.evaluate(() => document.getElementById('a').signature()), signature);
  } finally {
    held.close();
  }
}

/** Never back; and training begins at the picture on show, or at the next one, which came before the screen was looked at. */
function checkWay({ shown, met }, steps) {
  assert.deepEqual(
    shown,
    [...shown].sort((a, b) => a - b),
  );
  const places = [met.from, met.at].map((step) => steps.indexOf(step));
  assert.ok(places[0] >= 0 && places[1] >= places[0] && places[1] <= places[0] + 1, JSON.stringify(met));
}
