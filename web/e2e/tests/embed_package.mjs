// The npm package as a stranger has it: packed, installed in an empty folder outside the tree, used in Node and in a page without a bundler.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../server.mjs';

const kPackage = new URL('../../package', import.meta.url).pathname;

const kProgram = `import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTrainer } from 'induction-playground';
const trainer = await createTrainer('demo');
await trainer.run(100);
const file = await trainer.save();
trainer.dispose();
const again = await createTrainer();
await again.load(file);
await again.set({ lr: again.config.lr });
const { step } = await again.run(100);
const { heads, pattern } = await again.frame(['heads', 'pattern']);
const { token_loss } = await again.probe([1, 2, 3, 1, 2]);
const refused = await createTrainer({ preset: 'demo', n_heads: -1 }).catch(({ message }) => message);
const one = statSync(fileURLToPath(import.meta.resolve('induction-playground/one'))).isFile();
console.log(JSON.stringify({ step, signature: await again.signature(), heads: heads.length, pattern: pattern.length, reading: token_loss.length, refused, one }));
again.dispose();
`;

const kPage = `<!doctype html><title>No bundler</title><script type="module">
import { createTrainer } from './node_modules/induction-playground/index.js';
const trainer = await createTrainer({ preset: 'demo' });
await trainer.run(200);
window.signature = await trainer.signature();
trainer.dispose();
window.element = document.createElement('induction-playground');
</script>`;

export const tests = [
  {
    name: 'the package, packed and installed in an empty folder, trains in Node and in a page without a bundler',
    async run(page) {
      const folder = mkdtempSync(join(tmpdir(), 'induction-package-'));
      try {
        const npm = (args, cwd) =>
          execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
        const tarball = npm(['pack', '--silent', '--pack-destination', folder], kPackage).trim().split('\n').at(-1);
        writeFileSync(join(folder, 'package.json'), '{"type": "module", "private": true}');
        npm(['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)], folder);
        writeFileSync(join(folder, 'program.mjs'), kProgram);
        const told = JSON.parse(execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' }));
        const { signature, refused, ...rest } = told;
        assert.deepEqual(rest, { step: 200, heads: 8, pattern: 8 * 32 * 32, reading: 4, one: true });
        assert.match(refused, /n_heads/);
        if (process.env.EXPECTED_SIGNATURE) assert.equal(signature, process.env.EXPECTED_SIGNATURE);
        writeFileSync(join(folder, 'index.html'), kPage);
        const { address, close } = await serve(folder);
        await page.goto(address);
        await page.waitForFunction(() => window.element !== undefined);
        assert.equal(await page.evaluate(() => window.signature), signature);
        close();
        const { version } = JSON.parse(
          readFileSync(join(folder, 'node_modules/induction-playground/package.json'), 'utf8'),
        );
        assert.match(version, /^\d+\.\d+\.\d+$/);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];
