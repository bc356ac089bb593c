// The page's engine and the WebAssembly core as modules for Node: TypeScript and WGSL become one file of JavaScript.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = new URL('../../', import.meta.url);

/** Everything that engine.ts exports. */
export async function loadEngine() {
  const ssr = fileURLToPath(new URL('engine.ts', import.meta.url));
  const made = await build({
    root: fileURLToPath(new URL('web', root)),
    configFile: false,
    logLevel: 'warn',
    build: { ssr, write: false, target: 'node20' },
  });
  const [{ code }] = made.output;
  // Named by its contents: several processes may do this at once.
  const folder = new URL('build/headless/', root);
  const file = new URL(`engine-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`, folder);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const unfinished = new URL(`${file.href}.${process.pid}`);
    writeFileSync(unfinished, code);
    renameSync(unfinished, file);
  }
  return import(file.href);
}

async function loadModule(module, loader, load) {
  const wasm = new URL(`build/wasm/dist/${module}`, root);
  if (!existsSync(wasm)) throw new Error('The WebAssembly module is not built; run ./play --build first.');
  const loaded = await import(new URL(loader, wasm).href);
  return loaded[load]({ wasmBinary: readFileSync(wasm) });
}

/** The WebAssembly core: the processor's side of every comparison. */
export const loadProcessor = () => loadModule('induction.wasm', 'loader.mjs', 'loadCore');
/** The module that patches. */
export const loadCircuits = () => loadModule('circuits.wasm', 'circuits_loader.mjs', 'loadCircuits');
