// Sharing, saving and opening, as a person does it: what is saved opens again, and what is refused changes nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertNoViolations } from '../axe.mjs';
import { statusOf, untilStatus } from '../browser.mjs';
import { assertSaved } from '../figures.mjs';
import { drop, savedBy, withoutMetadata } from '../files.mjs';

const calm = { reducedMotion: 'reduce' };
const binary = fileURLToPath(new URL('../../../build/release/native/induction', import.meta.url));
const signature = (page) => page.evaluate(() => window.playground.signature());
const advance = (page, steps) => page.evaluate((n) => window.playground.advance(n), steps);

async function openShare(page) {
  await page.waitForSelector('.head');
  await page.click('#share');
  await page.waitForSelector('#share-panel:popover-open');
}

/** A run of 60 steps as the file that the page saves. */
async function savedRun(page, address, kind = 'run') {
  await page.goto(`${address}#preset=demo&n_heads=2&seed=5`);
  await openShare(page);
  await advance(page, 60);
  return savedBy(page, () => page.click(`#save-${kind}`));
}

async function choose(page, name, bytes) {
  await page.setInputFiles('#open-file', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
}

const problem = (page) => page.waitForSelector('#open-problem').then((node) => node.textContent());

/** The command line goes on with the file to step 100, if it is built. */
function commandLine(bytes) {
  if (!existsSync(binary)) return null;
  const folder = mkdtempSync(join(tmpdir(), 'induction-page-'));
  const file = join(folder, 'run.safetensors');
  writeFileSync(file, bytes);
  const text = execFileSync(binary, ['train', '--resume', file, '--steps', '100'], { encoding: 'utf8', stdio: 'pipe' });
  rmSync(folder, { recursive: true });
  return JSON.parse(text).signature;
}

/** Two short runs side by side, two seeds, and a head looked into. */
async function withSections(page, address) {
  const b = encodeURIComponent('preset=demo&seed=4&n_heads=2&positions=none&steps=50');
  await page.goto(`${address}#preset=demo&seed=3&n_heads=2&positions=none&steps=50&b=${b}`);
  await page.waitForSelector('.head');
  await advance(page, 50);
  await page.click('#section-circuits > summary');
  await page.waitForSelector('ip-circuits .logits');
  await page.waitForSelector('ip-circuits-map canvas');
  await page.click('#section-patching > summary');
  await page.waitForSelector('ip-patching-map canvas');
  await page.click('#section-many > summary');
  await page.waitForSelector('#many-run');
  await page.fill('#many-count', '2');
  await page.press('#many-count', 'Enter');
  await page.click('#many-run');
  await page.waitForSelector('#many-verdict');
  await page.waitForSelector('#many-run');
  await page.waitForSelector('.pair');
  await page.waitForSelector('[data-figure=arrows]');
}

export const tests = [
  {
    name: 'share: the panel is opened, used and closed by keys alone, and the focus comes back',
    options: { ...calm, permissions: ['clipboard-read', 'clipboard-write'] },
    async run(page, address) {
      await page.goto(`${address}#preset=demo&seed=7`);
      await page.waitForSelector('.head');
      await page.focus('#share');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement.id === 'copy-link');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('#copied').textContent === 'Copied.');
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), /#preset=demo&seed=7$/);
      await page.keyboard.press('Escape');
      await page.waitForFunction(() => document.activeElement.id === 'share');
      assert.equal(await page.locator('#share-panel:popover-open').count(), 0);
    },
  },
  {
    name: 'share: a run saved as one file goes on bit-equally in the page and on the command line',
    options: calm,
    async run(page, address) {
      const { name, bytes } = await savedRun(page, address);
      assert.equal(name, 'demo-seed5-step60.safetensors');
      await advance(page, 40);
      const whole = await signature(page);
      await page.goto('about:blank');
      await page.goto(address);
      await openShare(page);
      await choose(page, name, bytes);
      await page.waitForFunction(() => /from step 60/.test(document.querySelector('#open-done').textContent));
      // What is said may come before the first frame of what was opened.
      await untilStatus(page, (status) => status.step === 60);
      await page.waitForFunction(() => location.hash === '#preset=demo&seed=5&n_heads=2');
      await page.waitForFunction(() => document.querySelectorAll('.head').length === 4);
      assert.equal(await page.locator('.head').count(), 4);
      await advance(page, 40);
      assert.equal(await signature(page), whole);
      assert.ok([whole, null].includes(commandLine(bytes)), 'the command line goes on with it too');
    },
  },
  {
    name: 'share: weights are looked at and trained on from step 0, and a reset goes back to them',
    options: calm,
    async run(page, address) {
      const { name, bytes } = await savedRun(page, address, 'model');
      await choose(page, name, bytes);
      await page.waitForFunction(() => /begins at step 0/.test(document.querySelector('#open-done').textContent));
      await untilStatus(page, (status) => status.step === 0);
      const begun = await signature(page);
      assert.match(await page.textContent('#share-panel'), /weights of a file, which no address holds/);
      await page.keyboard.press('Escape');
      await advance(page, 5);
      await page.click('#reset');
      await untilStatus(page, (status) => status.step === 0);
      assert.equal(await signature(page), begun);
    },
  },
  {
    name: 'share: weights of another program are asked about beside the control, then opened',
    options: calm,
    async run(page, address) {
      const { bytes } = await savedRun(page, address, 'model');
      await page.keyboard.press('Escape');
      await drop(page, 'theirs.safetensors', withoutMetadata(bytes));
      await page.click('#ask-go');
      assert.match(await problem(page), /Choose how positions work/);
      await page.selectOption('#ask-positions', 'rotary');
      await page.selectOption('#ask-norm', 'none');
      await page.fill('#ask-n_ctx', '24');
      await assertNoViolations(page, 'questions');
      await page.click('#ask-go');
      await page.waitForFunction(() => /begins at step 0/.test(document.querySelector('#open-done').textContent));
      await page.waitForFunction(() => document.querySelectorAll('.token').length === 24);
      await page.waitForFunction(() => document.querySelectorAll('.head').length === 4);
    },
  },
  {
    name: 'share: damaged, newer, foreign and too large files get a sentence, and the run goes on',
    async run(page, address) {
      const { bytes } = await savedRun(page, address);
      await page.keyboard.press('Escape');
      await page.click('#play');
      const newer = Buffer.from(bytes.toString('latin1').replace('playground 1', 'playground 2'), 'latin1');
      const changed = Buffer.from(bytes);
      changed[changed.length - 3] ^= 64;
      for (const [name, content, sentence, repeat] of [
        ['cut.safetensors', bytes.subarray(0, bytes.length - 9), /beyond the end of the file/],
        ['newer.safetensors', newer, /newer version/],
        ['changed.safetensors', changed, /it was changed/],
        ['cat.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]), /is of another kind/],
        ['huge.safetensors', Buffer.alloc(2 ** 20), /has 257 MiB; at most 256/, 257],
        ['knobs.json', Buffer.from('{"n_heads": 99}'), /n_heads/],
        ['odd.json', Buffer.from('{"n_heads": '), /not valid JSON/],
      ]) {
        await drop(page, name, content, repeat);
        await page.waitForFunction((text) => document.querySelector('#open-problem')?.textContent.includes(text), name);
        assert.match(await problem(page), sentence);
      }
      await assertNoViolations(page, 'error');
      const { step } = await statusOf(page);
      await page.waitForFunction((before) => window.playground.status().step > before, step);
      assert.equal(await page.locator('.head').count(), 4);
    },
  },
  {
    name: 'share: settings as JSON and a link are opened when they are pasted, also with phases',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await openShare(page);
      for (const [text, hash] of [
        ['{"n_layers": 1, "seed": 9}', '#preset=demo&seed=9&n_layers=1'],
        [`see ${address}#preset=demo&seed=4&unheard=1`.slice(4), '#preset=demo&seed=4'],
      ]) {
        await page.fill('#open-text', text);
        await page.click('#open-go');
        await page.waitForFunction((wanted) => location.hash === wanted, hash);
      }
      assert.match(await page.textContent('#open-done'), /unheard/);
      await page.fill('#open-text', '{"phases": [{"steps": 5, "task": "bigram"}, {"steps": 20}]}');
      await page.click('#open-go');
      await page.waitForFunction(
        () => location.hash === '#preset=demo&steps=5&task=bigram&at=5:phase;steps=20;task=repeat',
      );
      const config = await savedBy(page, () => page.click('#save-config'));
      assert.equal(JSON.parse(config.bytes).phases.length, 2);
      await page.fill('#open-text', 'hello');
      await page.click('#open-go');
      assert.match(await problem(page), /no link to a run/);
    },
  },
  {
    name: 'share: every figure is saved as PNG, SVG, CSV and JSON, named after the run',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}#preset=demo&seed=3`);
      await page.waitForSelector('.head');
      await advance(page, 40);
      for (const figure of ['heads', 'sequence', 'losses', 'scores']) {
        await assertSaved(page, figure, 'demo-seed3-step40');
      }
      await page.focus('[data-figure=losses]');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.figure-panel:popover-open');
      await assertNoViolations(page, 'figure');
      await page.keyboard.press('Escape');
      await page.waitForFunction(() => document.activeElement.dataset.figure === 'losses');
    },
  },
  {
    name: 'share: the figures of circuits, many seeds and two runs are saved too, and no figure is without its ⋯',
    options: calm,
    async run(page, address) {
      await withSections(page, address);
      const figures = await page.$$eval(
        ':is(ip-composition, ip-circuits, ip-patching, ip-many, ip-pair) [data-figure]',
        (all) => all.map(({ dataset }) => dataset.figure),
      );
      const kinds =
        /^(ov|qk|eigenvalues|entropy|prediction|onsets|curves|pair-loss|pair-score|pair-heads|arrows|patches)/;
      assert.equal(new Set(figures.map((name) => kinds.exec(name)?.[0])).size, 12, figures.join());
      for (const figure of figures) {
        const seeds = figure === 'onsets' || figure === 'curves';
        await assertSaved(page, figure, seeds ? '2-seeds' : 'demo-seed3-step50');
      }
      const bare = await page.$$eval('main figure, ip-circuits-map:has(canvas)', (all) =>
        all.filter((node) => !node.querySelector('ip-save')).map(({ textContent }) => textContent.trim().slice(0, 40)),
      );
      assert.deepEqual(bare, []);
    },
  },
  {
    name: 'share: token rows as JSON and as a NumPy file are trained on, and a bad one gets its sentence',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await page.waitForSelector('.head');
      await page.evaluate(() => document.querySelector('.own-text').setAttribute('open', ''));
      const rows = Array.from({ length: 30 }, (_, i) => Array.from({ length: 40 }, (_, t) => (t * (1 + (i % 3))) % 6));
      const take = (name, text) =>
        page.setInputFiles('#own-text-file', { name, mimeType: '', buffer: Buffer.from(text, 'latin1') });
      await take('rows.json', JSON.stringify(rows));
      await page.waitForFunction(() => /task=tokens/.test(location.hash) && /d_vocab=6/.test(location.hash));
      const header = "{'descr': '<i4', 'fortran_order': False, 'shape': (30, 40), }".padEnd(117).concat('\n');
      const numbers = Buffer.from(Int32Array.from(rows.flat(), (token) => token + 1).buffer).toString('latin1');
      await take('rows.npy', `\x93NUMPY\x01\x00${String.fromCharCode(header.length, 0)}${header}${numbers}`);
      await page.waitForFunction(() => /d_vocab=7/.test(location.hash));
      await take('short.json', '[[1, 2], [3, 4]]');
      assert.match(await (await page.waitForSelector('#own-text-problem')).textContent(), /n_ctx/);
      assert.ok(await page.evaluate(() => /d_vocab=7/.test(location.hash)), 'the run on show stays');
    },
  },
];
