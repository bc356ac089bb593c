import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { styleProperties, withPolicy } from './policy.mjs';

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
const policy = {
  name: 'policy',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    // Anyone's picture may be a figure's poster.
    handler: (html, { path }) => withPolicy(html, path === '/embed.html' ? { figures: ' *' } : {}),
  },
};

export default defineConfig({
  plugins: [head, policy, styleProperties],
  // Relative addresses: web/dist works from any path, also inside an article.
  base: './',
  resolve: { alias: { '@core': core } },
  // The core and its WGSL lie outside this folder; the development server may read them.
  server: { fs: { allow: ['.', core, resolve(import.meta.dirname, '../core')] } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Browsers that need the polyfill load the same without.
    modulePreload: { polyfill: false },
    rollupOptions: {
      // Small parts that every visit loads travel together.
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'common',
              test: /\/web\/src\/(\w+|panels\/(panel|save)|charts\/(palette|attention_map))\.ts(\?|$)/,
              minShareCount: 2,
              maxModuleSize: 5000,
            },
          ],
        },
      },
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
