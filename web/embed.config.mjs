// What articles load, built after the pages of vite.config.mjs: dist/embed (the element and what it fetches), dist/embed.html (the same
// in a frame) and dist/builder.html.
import { resolve } from 'node:path';
import { defineConfig, mergeConfig } from 'vite';
import pages from './vite.config.mjs';

const here = (name) => resolve(import.meta.dirname, name);

/** The page's panels as an article needs them. */
const forArticles = {
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
  transform(code, id) {
    // A strict content security policy forbids style attributes, and lets a property of the same name pass.
    if (/\/web\/src\/panels\/.*\.ts$/.test(id)) return code.replace(/(\s)style=(?=["$])/g, '$1.style=');
    return null;
  },
};

const hashed = {
  entryFileNames: 'embed/[name]-[hash].js',
  chunkFileNames: 'embed/[name]-[hash].js',
  assetFileNames: 'embed/[name]-[hash][extname]',
};

export default defineConfig(() => ({
  ...mergeConfig(pages, { plugins: [forArticles] }),
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
