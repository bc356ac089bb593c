// An atlas made by the command line: a cell is chosen, a run opened, and the playground announces the signature of results.jsonl.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const binary = process.env.INDUCTION ?? new URL('../../../build/release/native/induction', import.meta.url).pathname;
// Beside the built page, as a site would have it.
const dist = new URL('../../dist/', import.meta.url).pathname;
const out = `${dist}atlas-of-test/`;

const tiny = { n_heads: 2, d_model: 16, d_vocab: 8, n_ctx: 12, batch: 8, period_min: 3, period_max: 5 };
const spec = {
  base: { ...tiny, steps: 30, probe_every: 10 },
  grid: { n_layers: [1, 2], positions: ['rotary', 'learned', 'none'], lr: [0.01, 0.02] },
  seeds: 2,
};

/** Makes the atlas; the lines of results.jsonl. */
function makeAtlas() {
  assert.ok(existsSync(binary), `${binary} is not built; set INDUCTION to the binary`);
  const folder = mkdtempSync(join(tmpdir(), 'induction-atlas-'));
  try {
    writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
    const sweep = join(folder, 'sweep');
    execFileSync(binary, ['sweep', join(folder, 'spec.json'), '--out', sweep, '--quiet']);
    const flags = ['--out', out, '--page', '../index.html', '--page-dist', dist, '--force', '--title', 'Test'];
    execFileSync(binary, ['atlas', sweep, ...flags]);
    const text = readFileSync(join(sweep, 'results.jsonl'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withAtlas(use) {
  try {
    await use(makeAtlas());
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function accessibleIn(scheme, width) {
  return {
    name: `atlas: axe finds no violations in ${scheme} at ${width} px, and the page is no wider than the screen`,
    options: { colorScheme: scheme, viewport: { width, height: 800 } },
    run: (page, address) =>
      withAtlas(async () => {
        for (const measure of ['share', 'onset', 'loss', 'score']) {
          await page.goto('about:blank');
          await page.goto(`${address}atlas-of-test/#measure=${measure}&cell=0.1`);
          await page.waitForSelector('.runs');
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => window.axe.run());
          const told = violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
          );
          assert.deepEqual(told, [], measure);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), measure);
        }
      }),
  };
}

export const tests = [
  {
    name: 'atlas: a cell is chosen, its run opened, and the page announces the signature of results.jsonl',
    options: { reducedMotion: 'reduce' },
    run: (page, address) =>
      withAtlas(async (lines) => {
        await page.goto(`${address}atlas-of-test/#y=n_layers&x=positions&lr=0.02`);
        await page.click('[data-cell="1.1"]');
        assert.equal(await page.locator('.runs tbody tr').count(), 2);
        await page.click('.runs tbody tr:nth-child(2) a');
        await page.waitForFunction(() => window.playground);
        await page.evaluate(() => window.playground.advance(30));
        const line = lines.find(
          ({ config }) =>
            config.n_layers === 2 && config.positions === 'learned' && config.lr === 0.02 && config.seed === 1,
        );
        await page.waitForFunction(
          (want) => document.querySelector('#signature')?.textContent === want,
          line.signature,
        );
      }),
  },
  {
    name: 'atlas: opens from a disk, arrow keys move among cells, Enter chooses, an axis changes',
    run: (page) =>
      withAtlas(async () => {
        await page.goto(`${pathToFileURL(out)}index.html#y=n_layers&x=positions`);
        await page.focus('[data-cell="0.0"]');
        for (const key of ['ArrowDown', 'End', 'ArrowLeft', 'Enter']) await page.keyboard.press(key);
        await page.waitForSelector('[data-cell="1.1"][aria-pressed=true]');
        assert.match(await page.textContent('section'), /n_layers 2, positions learned: 4 runs/);
        assert.match(await page.textContent('section'), /runs open only from a web server/);
        await page.selectOption('#axis-y', 'positions');
        assert.equal(await page.inputValue('#axis-x'), 'n_layers');
        assert.match(page.url(), /#y=positions&x=n_layers/);
      }),
  },
  accessibleIn('light', 1280),
  accessibleIn('dark', 390),
];
