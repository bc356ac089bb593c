// The element in one file, for hosts that allow no more: dist/embed/induction-playground.one.js, built after embed.config.mjs. Worker and
// WebAssembly are text in it.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build, defineConfig } from 'vite';
import { forArticles } from './embed.config.mjs';
import { styleProperties } from './policy.mjs';
import pages from './vite.config.mjs';

const kName = 'induction-playground.one.js';
const here = (name) => resolve(import.meta.dirname, name);
const { alias } = pages.resolve;

/** Files beside the element become text within it. */
const within = {
  name: 'within',
  enforce: 'pre',
  resolveId(source) {
    const [, name] = /^\.\/(cores|parts|worker_address)\.ts$/.exec(source) ?? [];
    if (name) return here(`element/one_file/${name}.ts`);
    return source.startsWith('packed:') ? `\0${source}` : null;
  },
  async load(id) {
    if (!id.startsWith('\0packed:')) return null;
    const name = id.slice('\0packed:'.length);
    return `export default ${JSON.stringify(name === 'worker' ? await worker() : packed(name))}`;
  },
};

const packed = (name) => deflateRawSync(readFileSync(resolve(alias['@core'], name)), { level: 9 }).toString('base64');

const shape = (input) => ({
  configFile: false,
  plugins: [forArticles, styleProperties, within],
  resolve: { alias },
  logLevel: 'warn',
  build: {
    target: 'es2022',
    emptyOutDir: false,
    modulePreload: false,
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      input: here(input),
      preserveEntrySignatures: 'exports-only',
      output: { codeSplitting: false, entryFileNames: `embed/${kName}` },
    },
  },
});

async function worker() {
  const options = shape('element/worker.ts');
  const { output } = await build({ ...options, build: { ...options.build, write: false } });
  return output[0].code;
}

/** Also in embed/integrity.json. */
const integrity = {
  name: 'integrity-of-one',
  writeBundle({ dir }) {
    const list = resolve(dir, 'embed/integrity.json');
    const hash = createHash('sha384')
      .update(readFileSync(resolve(dir, 'embed', kName)))
      .digest('base64');
    const all = { ...JSON.parse(readFileSync(list, 'utf8')), [kName]: `sha384-${hash}` };
    writeFileSync(list, `${JSON.stringify(all, null, 1)}\n`);
  },
};

const options = shape('element/index.ts');
export default defineConfig({ ...options, base: './', publicDir: false, plugins: [...options.plugins, integrity] });
