// The atlas as one file, dist/atlas/index.html, built after the pages of vite.config.mjs: its script and its style stand inside, so that
// it opens from a disk as well as from a server, and `induction atlas` has one file to copy.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { styleProperties, withPolicy } from './policy.mjs';

const hash = (text) => ` 'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function intoOneFile() {
  return {
    name: 'into-one-file',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = bundle['atlas.html'];
      let html = page.source;
      // Opened from a disk, 'self' means nothing to some browsers: there atlas.js is a file.
      const allowed = { scripts: ' file:', styles: '' };
      for (const [name, part] of Object.entries(bundle)) {
        if (part === page) continue;
        const escaped = name.replaceAll('.', '\\.');
        // A function as replacement: in a string, $ would mean something.
        if (part.type === 'chunk') {
          const code = part.code.replaceAll('</script', '<\\/script');
          allowed.scripts += hash(code);
          html = html.replace(
            new RegExp(`<script type="module"[^>]*${escaped}"></script>`),
            () => `<script type="module">${code}</script>`,
          );
        } else {
          allowed.styles += hash(part.source);
          html = html.replace(
            new RegExp(`<link rel="stylesheet"[^>]*${escaped}">`),
            () => `<style>${part.source}</style>`,
          );
        }
        delete bundle[name];
      }
      page.source = withPolicy(html, allowed);
      page.fileName = 'atlas/index.html';
    },
  };
}

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [styleProperties, intoOneFile()],
  build: {
    target: 'es2022',
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: { input: resolve(import.meta.dirname, 'atlas.html') },
  },
});
