import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// Where the WebAssembly build put loader.mjs and induction.wasm.
const core = process.env.INDUCTION_CORE ?? resolve(import.meta.dirname, '../build/wasm/dist');

export default defineConfig({
  // Relative addresses: web/dist works from any path, also inside an article.
  base: './',
  resolve: { alias: { '@core': core } },
  // The core lies outside this folder; the development server may read it.
  server: { fs: { allow: ['.', core] } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    rollupOptions: {
      input: { index: resolve(import.meta.dirname, 'index.html'), bench: resolve(import.meta.dirname, 'bench.html') },
    },
  },
  test: { include: ['test/**/*.test.ts'] },
});
