// What articles load, built after the pages of vite.config.mjs: dist/embed (the element and what it fetches), dist/embed.html (the same
// in a frame) and dist/builder.html.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, mergeConfig } from 'vite';
import pages from './vite.config.mjs';

const here = (name) => resolve(import.meta.dirname, name);

/** The page's panels as an article needs them. */
export const forArticles = {
  name: 'for-articles',
  enforce: 'pre',
  resolveId(source, importer = '') {
    // Colours are a figure's, not the document's.
    if (/\/theme\.ts$/.test(source) && /\/web\/src\//.test(importer)) return here('element/theme.ts');
    // Style sheets belong into the shadow tree (element/sheet.ts), not into the article's head.
    if (/\.css$/.test(source) && /\/web\/src\//.test(importer)) return '\0no-style';
    return null;
  },
  load: (id) => (id === '\0no-style' ? '' : null),
};

/** embed/integrity.json: the hash of each script that the element may import, for authors who pin a version (builder.html). */
const integrity = {
  name: 'integrity',
  writeBundle({ dir }, bundle) {
    const reached = new Set();
    const visit = (name) => {
      const part = bundle[name];
      if (part?.type !== 'chunk' || reached.has(name)) return;
      reached.add(name);
      [...part.imports, ...part.dynamicImports].forEach(visit);
    };
    visit('embed/induction-playground.js');
    const hash = (name) =>
      `sha384-${createHash('sha384')
        .update(readFileSync(resolve(dir, name)))
        .digest('base64')}`;
    const list = Object.fromEntries([...reached].sort().map((name) => [name.replace('embed/', ''), hash(name)]));
    writeFileSync(resolve(dir, 'embed/integrity.json'), `${JSON.stringify(list, null, 1)}\n`);
  },
};

const hashed = {
  entryFileNames: 'embed/[name]-[hash].js',
  chunkFileNames: 'embed/[name]-[hash].js',
  assetFileNames: 'embed/[name]-[hash][extname]',
};

export default defineConfig(() => ({
  ...mergeConfig(pages, { plugins: [forArticles, integrity] }),
  publicDir: false,
  worker: { format: 'es', rollupOptions: { output: hashed } },
  build: {
    target: 'es2022',
    emptyOutDir: false,
    modulePreload: false,
    // In a file of its own, WebAssembly is compiled while it comes, and only once.
    assetsInlineLimit: 0,
    rollupOptions: {
      preserveEntrySignatures: 'exports-only',
      input: {
        'induction-playground': here('element/index.ts'),
        trainer: here('element/trainer.ts'),
        embed: here('embed.html'),
        builder: here('builder.html'),
        article: here('article.html'),
      },
      external: /^node:/,
      // These two keep their names: articles and programs say them.
      output: {
        ...hashed,
        entryFileNames: ({ name }) =>
          ['induction-playground', 'trainer'].includes(name) ? `embed/${name}.js` : hashed.entryFileNames,
      },
    },
  },
}));
