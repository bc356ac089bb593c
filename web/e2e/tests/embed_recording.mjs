// Posters and recordings as an author makes them, on the command line, and as a reader meets them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { articleOf, kFar, leastPolicy, listen, serveArticles } from '../articles.mjs';

const binary = process.env.INDUCTION ?? new URL('../../../build/release/native/induction', import.meta.url).pathname;
const calm = { reducedMotion: 'reduce' };
const kSteps = 400;
const kElement = `<induction-playground id="a" steps="${kSteps}" panels="story heads loss timeline" recording="run.irec"></induction-playground>`;

const listened = new WeakSet();
let made = null;

/** The demo's first 400 steps: {recording, poster, signature}. */
function files() {
  if (made) return made;
  assert.ok(existsSync(binary), `${binary} is not built; set INDUCTION to the binary`);
  const folder = mkdtempSync(join(tmpdir(), 'induction-record-'));
  const [recording, poster] = ['run.irec', 'run.svg'].map((name) => join(folder, name));
  const told = execFileSync(
    binary,
    ['record', '--steps', kSteps, '--out', recording, '--poster', poster, '--json'].map(String),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const { signature } = JSON.parse(told);
  made = { recording: readFileSync(recording), poster: readFileSync(poster, 'utf8'), signature };
  rmSync(folder, { recursive: true });
  return made;
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** The same recording with another text, and a head that fits it. */
function retold(bytes, change) {
  const [text, maps] = [8, 12].map((at) => bytes.readUInt32LE(at));
  const object = JSON.parse(bytes.subarray(24, 24 + text).toString('utf8'));
  change(object);
  const words = Buffer.from(JSON.stringify(object));
  const head = Buffer.from(bytes.subarray(0, 24));
  head.writeUInt32LE(words.length, 8);
  const covered = Buffer.concat([words, bytes.subarray(24 + text, 24 + text + maps)]);
  head.writeUInt32LE(crc32(covered), 20);
  return Buffer.concat([head, covered, bytes.subarray(24 + text + maps)]);
}

/** Opens an article; gives what lets the WebAssembly through when `held`. */
async function open(page, dist, body, { recording = files().recording, held = false, policy } = {}) {
  const articles = await serveArticles();
  page.once('close', articles.close);
  if (!listened.has(page)) await page.addInitScript(listen);
  listened.add(page);
  page.setDefaultTimeout(60_000);
  await page.route('**/run.irec', (route) =>
    recording === null
      ? route.fulfill({ status: 404 })
      : route.fulfill({ body: recording, headers: { 'access-control-allow-origin': '*' } }),
  );
  await page.route('**/run.svg', (route) => route.fulfill({ body: files().poster, contentType: 'image/svg+xml' }));
  let release = () => undefined;
  const gate = new Promise((go) => {
    release = go;
  });
  if (held) await page.route('**/induction-*.wasm', (route) => void gate.then(() => route.continue().catch(() => {})));
  const headers = policy === undefined ? {} : { 'content-security-policy': policy };
  await page.goto(articles.put(articleOf(body, { dist }), headers));
  return release;
}

const until = (page, condition, argument) => page.waitForFunction(condition, argument);
const heard = (page, type) => page.evaluate((wanted) => window.heard.filter((event) => event.type === wanted), type);
/** Every step that is shown from here on. */
const watch = (page) =>
  page.evaluate(() => {
    const a = document.getElementById('a');
    window.shown = [];
    const look = () => {
      if (window.shown.at(-1) !== a.at) window.shown.push(a.at);
      requestAnimationFrame(look);
    };
    look();
  });

/** One sentence, told twice: below the figure and in an event; and the figure trains from its start. */
async function goesOnLive(page, sentence) {
  await until(page, () => document.getElementById('a').at > 5 && document.getElementById('a').state === 'playing');
  const errors = await heard(page, 'error');
  assert.equal(errors.length, 1, JSON.stringify(errors));
  assert.match(errors[0].detail.message, sentence);
  assert.match(errors[0].detail.message, /^[A-Z].*\.$/);
  assert.equal(await page.textContent('induction-playground .message'), errors[0].detail.message);
  assert.equal(await page.evaluate(() => document.getElementById('a').problem), errors[0].detail.message);
  assert.equal(await page.locator('induction-playground .film').isVisible(), false);
}

export const tests = [
  {
    name: 'a recording plays before the WebAssembly has come; training goes on from the step on show, with the recorded numbers',
    async run(page, dist) {
      const policy = leastPolicy(new URL(dist).origin).replace('connect-src', "connect-src 'self'");
      const release = await open(page, dist, kElement, { held: true, policy });
      await watch(page);
      await until(page, () => document.getElementById('a').at > 20);
      const film = page.locator('induction-playground .film');
      assert.equal(await film.isVisible(), true);
      assert.equal(await film.locator('canvas').count(), 8);
      assert.match(await film.textContent(), /recorded/);
      release();
      await until(page, () => document.getElementById('a').state === 'finished');
      assert.equal(await film.isVisible(), false);
      const { shown, shifts, facts } = await page.evaluate(async () => {
        const { shifts } = window;
        const shown = [...window.shown];
        const a = document.getElementById('a');
        const facts = [a.at, await a.signature()];
        await a.seek(200);
        return { shown, shifts, facts: [...facts, a.at, await a.signature()] };
      });
      // From the first recorded step to the last trained one, without a way back.
      assert.deepEqual(
        shown,
        [...shown].sort((a, b) => a - b),
      );
      assert.deepEqual(facts.slice(0, 3), [kSteps, files().signature, 200]);
      if (process.env.EXPECTED_SIGNATURE) assert.equal(facts[3], process.env.EXPECTED_SIGNATURE);
      assert.ok(shifts < 0.0005, `layout shift ${shifts}`);
      assert.deepEqual(await heard(page, 'error'), []);
      const phases = await heard(page, 'phase');
      assert.deepEqual(
        phases.map(({ detail }) => detail.phase),
        ['induction', 'previous_token'],
      );
    },
  },
  {
    name: 'seek and the attribute step show a recorded step at once, and training then rests at just that step',
    async run(page, dist) {
      for (const [body, ask] of [
        [kElement, true],
        [kElement.replace('panels', 'step="245" panels'), false],
      ]) {
        const release = await open(page, dist, body, { held: true });
        if (ask) {
          await until(page, () => document.getElementById('a').at > 0);
          await page.evaluate(() => {
            const a = document.getElementById('a');
            window.sought = a.seek(245).then(() => a.pause());
          });
        }
        await until(page, () => document.getElementById('a').at === 245);
        assert.match(await page.textContent('induction-playground .film .story'), /^Step 245\./);
        assert.equal(await page.locator('induction-playground .film').isVisible(), true);
        release();
        await until(page, () => !document.getElementById('a').shadowRoot.querySelector('.live').inert);
        await page.evaluate(() => window.sought);
        const run = await page.evaluate(async () => {
          const a = document.getElementById('a');
          const [at, signature] = [a.at, await a.signature()];
          await a.seek(200);
          return { at, signature, again: a.at };
        });
        const { frames } = textOf(files().recording);
        assert.equal(run.at, 245);
        assert.equal(run.signature, frames.find(({ step }) => step === 245).signature);
        assert.equal(run.again, 200);
        assert.deepEqual(await heard(page, 'error'), []);
      }
    },
  },
  {
    name: 'a recording that is missing, damaged, cut short, of another run or not what is computed is one sentence, and the figure goes on live',
    async run(page, dist) {
      const { recording } = files();
      const at = (place) => {
        const bytes = Buffer.from(recording);
        bytes[place] ^= 16;
        return bytes;
      };
      const huge = Buffer.from(recording);
      huge.writeUInt32LE(0xfffffff0, 12);
      const lied = retold(recording, (text) => {
        for (const frame of text.frames) frame.signature = 'f'.repeat(16);
      });
      const cases = [
        [kElement, null, /fetched.*404/],
        [kElement, at(100), /damaged/],
        [kElement, at(recording.length - 1000), /state at step 400 has not the signature/],
        [kElement, recording.subarray(0, recording.length - 7), /says that it has/],
        [kElement, huge, /more than the 67108864/],
        [kElement, Buffer.from('<!doctype html><title>Not found</title>'), /does not begin with 'IREC'/],
        [kElement.replace('steps', 'seed="5" steps'), recording, /another run: seed is 0 there and 5 here/],
        [kElement.replace('steps', 'preset="main" steps'), recording, /another run: \w+ is .* there and .* here/],
        [kElement, lied, /numbers differ/],
      ];
      for (const [body, bytes, sentence] of cases) {
        await page.unrouteAll();
        const release = await open(page, dist, body, { recording: bytes, held: bytes === lied });
        if (bytes === lied) await until(page, () => document.getElementById('a').at > 5);
        release();
        await goesOnLive(page, sentence);
      }
    },
  },
  {
    name: 'with reduced motion a recording is a poster that can be scrubbed by keyboard, and play goes on from there',
    options: calm,
    async run(page, dist) {
      await open(page, dist, kElement);
      await until(page, () => document.getElementById('a').state === 'ready');
      const film = page.locator('induction-playground .film');
      // The heads as they are at the end, and nothing moves.
      assert.match(await film.locator('.story').textContent(), /^Step 400\./);
      assert.equal(await page.evaluate(() => document.getElementById('a').at), 0);
      const slider = film.getByRole('slider', { name: 'Step of the recording' });
      await slider.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('PageUp');
      const at = await page.evaluate(() => document.getElementById('a').at);
      assert.ok(at > 0 && at < 100, `at ${at}`);
      await watch(page);
      await film.getByRole('button', { name: 'Play' }).click();
      await until(
        page,
        (from) => document.getElementById('a').at > from && document.getElementById('a').state === 'playing',
        at,
      );
      assert.equal(await film.isVisible(), false);
      assert.equal(await page.evaluate(() => window.shown[0]), at);
    },
  },
  {
    name: 'the author’s poster stays until a click; then the recording plays from its start, and training takes over',
    async run(page, dist) {
      const body = kElement
        .replace('panels', 'autoplay="click" panels')
        .replace('><', '><img id="inside" src="run.svg" alt="Where every head looks"><');
      const release = await open(page, dist, body, { held: true });
      const image = page.locator('#inside');
      await until(page, () => document.getElementById('inside').naturalWidth > 0);
      assert.equal(await image.isVisible(), true);
      assert.equal(await page.locator('induction-playground .film').isVisible(), false);
      await page.click('induction-playground .start');
      await until(page, () => document.getElementById('a').at > 0);
      assert.equal(await image.isVisible(), false);
      assert.ok((await page.evaluate(() => document.getElementById('a').at)) < 200);
      release();
      await until(page, () => document.getElementById('a').state === 'playing');
      assert.deepEqual(await heard(page, 'error'), []);
    },
  },
  {
    name: 'where WebAssembly is forbidden a recording still plays, beside the sentence that says so',
    async run(page, dist) {
      const policy = leastPolicy(new URL(dist).origin)
        .replace("'wasm-unsafe-eval'", '')
        .replace('connect-src', "connect-src 'self'");
      await open(page, dist, kElement, { policy });
      await until(page, () => document.getElementById('a').state === 'error' && document.getElementById('a').at > 20);
      assert.match(await page.textContent('induction-playground .message'), /WebAssembly/);
      assert.equal(await page.locator('induction-playground .film').isVisible(), true);
    },
  },
  {
    name: 'on paper a figure is its poster or as it stands, with nothing to press, and never an empty box',
    async run(page, dist) {
      const far =
        '<induction-playground id="far"><img id="inside" src="run.svg" alt="Heads" width="760"></induction-playground>';
      const bare = '<induction-playground id="bare" style="min-height: 0"></induction-playground>';
      await open(page, dist, `${kElement}${kFar}${far}${kFar}${bare}`);
      await until(page, () => document.getElementById('a').at > 5 && document.getElementById('a').state === 'playing');
      await page.evaluate(() => document.getElementById('a').pause());
      await until(page, () => document.getElementById('inside').naturalWidth > 0);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('#inside').isVisible(), true);
      assert.equal(await page.locator('#a canvas').first().isVisible(), true);
      assert.equal(await page.locator('#a .controls').isVisible(), false);
      const line = await page.evaluate(() => {
        const root = document.getElementById('bare').shadowRoot;
        const poster = root.querySelector('.poster');
        return {
          words: getComputedStyle(poster, '::after').content,
          height: root.querySelector('.frame').offsetHeight,
        };
      });
      assert.match(line.words, /living figure/);
      assert.ok(line.height > 10 && line.height < 60, `${line.height} px`);
    },
  },
  {
    name: 'the builder writes poster, recording and the command that makes them; what the command makes is that figure’s',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}builder.html`);
      await page.fill('[name=seed]', '7');
      await page.fill('[name=steps]', '60');
      await page.fill('[name=knobs]', 'n_heads=2');
      await page.fill('[name=poster]', 'run.svg');
      await page.fill('[name=recording]', 'run.irec');
      await page.locator('[name=recording]').blur();
      await until(page, () => document.getElementById('record').textContent.includes('run.irec'));
      const [element, command] = await page.evaluate(() =>
        ['element', 'record'].map((id) => document.getElementById(id).textContent),
      );
      assert.match(element, /recording="run\.irec"[^>]*><img src="run\.svg" alt="[^"]+"><\/induction-playground>/);
      assert.equal(
        command,
        'induction record --preset demo --seed 7 --steps 60 --n_heads 2 --out run.irec --poster run.svg\n',
      );
      const folder = mkdtempSync(join(tmpdir(), 'induction-builder-'));
      execFileSync(binary, command.trim().split(' ').slice(1), { cwd: folder, stdio: 'ignore' });
      const [recording, poster] = ['run.irec', 'run.svg'].map((name) => readFileSync(join(folder, name)));
      rmSync(folder, { recursive: true });
      await page.route('**/article.html', (route) =>
        route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>An article</title>\n${element}` }),
      );
      await page.route('**/run.irec', (route) => route.fulfill({ body: recording }));
      await page.route('**/run.svg', (route) => route.fulfill({ body: poster, contentType: 'image/svg+xml' }));
      await page.goto(`${address}article.html`);
      await until(page, () => document.querySelector('induction-playground').state === 'ready');
      // Laid under the run: its last step is there without training.
      const facts = await page.evaluate(async () => {
        const figure = document.querySelector('induction-playground');
        await figure.seek(60);
        return { at: figure.at, problem: figure.problem, signature: await figure.signature() };
      });
      const { states } = textOf(recording);
      assert.deepEqual(facts, { at: 60, problem: null, signature: states.at(-1).signature });
    },
  },
  {
    name: 'a frame plays a recording that lies with the article, and goes over to training with its numbers',
    async run(page, dist) {
      const address = encodeURIComponent('http://localhost:9/run.irec');
      const knobs = `preset=demo&steps=${kSteps}&panels=story+heads&recording=${address}`;
      const frame = `<iframe src="${dist}embed.html#${knobs}" width="600" height="900" title="A figure"></iframe>`;
      const release = await open(page, dist, frame, { held: true });
      const inside = page.frames()[1];
      const figure = 'induction-playground';
      await inside.waitForFunction((name) => document.querySelector(name)?.at > 20, figure);
      assert.equal(await inside.locator(`${figure} .film`).isVisible(), true);
      release();
      await inside.waitForFunction((name) => document.querySelector(name).state === 'finished', figure);
      const told = await inside.evaluate((name) => document.querySelector(name).signature(), figure);
      assert.equal(told, files().signature);
    },
  },
];

function textOf(bytes) {
  return JSON.parse(bytes.subarray(24, 24 + bytes.readUInt32LE(8)).toString('utf8'));
}
