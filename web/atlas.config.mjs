// The atlas as one file, dist/atlas/index.html, built after the pages of vite.config.mjs: its script and its style stand inside, so that
// it opens from a disk as well as from a server, and `induction atlas` has one file to copy.
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

function intoOneFile() {
  return {
    name: 'into-one-file',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = bundle['atlas.html'];
      let html = page.source;
      for (const [name, part] of Object.entries(bundle)) {
        if (part === page) continue;
        const escaped = name.replaceAll('.', '\\.');
        // A function as replacement: in a string, $ would mean something.
        if (part.type === 'chunk') {
          const code = part.code.replaceAll('</script', '<\\/script');
          html = html.replace(
            new RegExp(`<script type="module"[^>]*${escaped}"></script>`),
            () => `<script type="module">${code}</script>`,
          );
        } else {
          html = html.replace(
            new RegExp(`<link rel="stylesheet"[^>]*${escaped}">`),
            () => `<style>${part.source}</style>`,
          );
        }
        delete bundle[name];
      }
      page.source = html;
      page.fileName = 'atlas/index.html';
    },
  };
}

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [intoOneFile()],
  build: {
    target: 'es2022',
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: { input: resolve(import.meta.dirname, 'atlas.html') },
  },
});
