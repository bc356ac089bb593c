// Patch between two prompts: the numbers of the command line, on the page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilStatus } from '../browser.mjs';

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const calm = { reducedMotion: 'reduce' };
const kSteps = 320;

async function opened(page, address, steps, more = '') {
  await page.goto(`${address}#preset=demo&speed=max&steps=${steps}${more}`);
  await page.click('#play');
  await untilStatus(page, (status) => status.finished);
  await page.click('#section-patching > summary');
  await measuredAt(page, steps);
}

function measuredAt(page, step) {
  return page.waitForFunction(
    (words) => document.querySelector('#patch-difference')?.textContent.startsWith(words),
    `Step ${step}: `,
  );
}

/** Both prompts as numbers (the demo's tokens are letters), and the table as numbers by row. */
async function shown(page) {
  const [clean, corrupted] = await page.$$eval('.patch-prompts dd', (lines) =>
    lines.map((line) =>
      line.textContent
        .trim()
        .split(/\s+/)
        .map((letter) => letter.charCodeAt(0) - 97),
    ),
  );
  await page.$eval('.patch-table', (details) => {
    details.open = true;
  });
  await page.waitForSelector('.patch-table tbody tr');
  const rows = await page.$$eval('.patch-table tbody tr', (all) =>
    all.map((tr) => [
      tr.querySelector('th').textContent,
      [...tr.querySelectorAll('td')].map(({ textContent }) =>
        Number(textContent.replace('−', '-').replace('e−', 'e-')),
      ),
    ]),
  );
  return { clean, corrupted, rows: Object.fromEntries(rows) };
}

/** Of the same run: by the command line, or where that is not built by its module in Node. */
async function reportOf(pair) {
  const cli =
    process.env.INDUCTION ?? fileURLToPath(new URL('../../../build/release/native/induction', import.meta.url));
  if (existsSync(cli)) {
    const folder = mkdtempSync(join(tmpdir(), 'patching-'));
    const [run, prompts] = [join(folder, 'run'), join(folder, 'prompts.json')];
    writeFileSync(prompts, JSON.stringify(pair));
    const quiet = { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' };
    execFileSync(cli, ['train', '--preset', 'demo', '--steps', String(kSteps), '--out', run], quiet);
    const text = execFileSync(cli, ['probe', '--model', run, '--patch', prompts], quiet);
    rmSync(folder, { recursive: true });
    return JSON.parse(text);
  }
  const built = new URL('../../../build/wasm/dist/', import.meta.url);
  const { loadCircuits } = await import(new URL('circuits_loader.mjs', built));
  const core = await loadCircuits({ wasmBinary: readFileSync(new URL('circuits.wasm', built)) });
  const { config } = core.schema.presets.find(({ name }) => name === 'demo');
  const trainer = core.create({ ...config, steps: kSteps });
  trainer.train(kSteps);
  return core.open(trainer.save()).patch(pair.clean, pair.corrupted, pair);
}

export const tests = [
  {
    name: 'patching: the shares are those of the command line, and follow the timeline to an earlier step',
    options: calm,
    async run(page, address) {
      await opened(page, address, kSteps);
      const { clean, corrupted, rows } = await shown(page);
      const changed = clean.findIndex((token, t) => token !== corrupted[t]);
      const [right, wrong] = [clean[changed], corrupted[changed]];
      assert.equal(clean[changed - 1], clean.at(-1), 'what is changed follows an earlier copy of the last token');
      const report = await reportOf({ clean, corrupted, position: clean.length - 1, right, wrong });
      const near = (found, wanted, name) => {
        wanted.forEach((x, t) => {
          const apart = Math.abs(found[t] - x);
          assert.ok(apart <= 0.006 * Math.max(1, Math.abs(x)), `${name} at ${t}: ${found[t]}, not ${x}`);
        });
      };
      report.head.forEach((heads, layer) => {
        heads.forEach((values, h) => {
          near(rows[`${layer}.${h}`], values, `head ${layer}.${h}`);
        });
      });
      ['into 0', 'into 1', 'out'].forEach((name, layer) => {
        near(rows[name], report.resid[layer], name);
      });
      assert.equal(rows['into 0'][changed], 1);
      assert.match(await page.textContent('#patch-best'), /head 1\.\d at 31/);
      await page.evaluate(() => document.querySelector('ip-timeline [role=slider]').focus());
      await page.keyboard.press('Home');
      await measuredAt(page, 0);
      assert.match(await page.textContent('#patch-difference'), /hardly a difference/);
    },
  },
  {
    name: 'patching: by keys alone, on a phone, the prompts are chosen, a cell is read and its patch held; axe finds nothing',
    options: { ...calm, viewport: { width: 360, height: 800 } },
    async run(page, address) {
      await opened(page, address, 60);
      await page.selectOption('#patch-read', '20');
      await page.selectOption('#patch-changed', '4');
      await page.waitForFunction(
        () => document.querySelectorAll('.patch-prompts dd')[0].textContent.trim().split(/\s+/).length === 21,
      );
      assert.equal(await page.$$eval('#patch-changed option', (all) => all.length), 21);
      await page.waitForFunction(() => document.querySelector('ip-patching-map').picture.changed === 4);
      await page.focus('.patch-map .cells');
      for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
      assert.match(await page.textContent('.patching output'), /^head 0\.0 at 2 \(“[a-p]”\): 0\.00$/);
      await page.keyboard.press('End');
      assert.match(await page.textContent('#patch-hold'), /head 0\.0 at 31/);
      await page.keyboard.press('Home');
      assert.match(await page.textContent('#patch-hold'), /head 0\.0 at 0/);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`),
        [],
      );
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
      await page.click('#patch-hold-all');
      await page.waitForFunction(() => /Head 0\.0 patched/.test(document.querySelector('.note').textContent));
      assert.match(page.url(), /patch\+0\.0\+all\+/);
      await page.waitForFunction(() => /patched/.test(document.querySelector('#held')?.textContent ?? ''));
    },
  },
];
