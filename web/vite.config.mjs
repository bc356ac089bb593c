import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// Where the WebAssembly build put loader.mjs and induction.wasm.
const core = process.env.INDUCTION_CORE ?? resolve(import.meta.dirname, '../build/wasm/dist');

/** What every page's head begins with. */
const kHead = `<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="data:," />`;
const head = {
  name: 'head',
  transformIndexHtml: { order: 'pre', handler: (html) => html.replace('<head>', kHead) },
};

export default defineConfig({
  plugins: [head],
  // Relative addresses: web/dist works from any path, also inside an article.
  base: './',
  resolve: { alias: { '@core': core } },
  // The core and its WGSL lie outside this folder; the development server may read them.
  server: { fs: { allow: ['.', core, resolve(import.meta.dirname, '../core')] } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    rollupOptions: {
      input: Object.fromEntries(
        ['index', 'bench', 'parity', 'engines', 'maps'].map((page) => [
          page,
          resolve(import.meta.dirname, `${page}.html`),
        ]),
      ),
    },
  },
  test: { include: ['test/**/*.test.ts'] },
});
