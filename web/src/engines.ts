// engines.html: the core and the WebGPU executor for scripts, in tests and in the browser's console.
import wasmUrl from '@core/induction.wasm?url';
import { type Core, loadCore } from '@core/loader.mjs';
import { openGpu } from './gpu/device.ts';
import { Executor } from './gpu/executor.ts';

export interface Engines {
  core: Core;
  openGpu: typeof openGpu;
  Executor: typeof Executor;
}

declare global {
  interface Window {
    engines?: Promise<Engines>;
  }
}

window.engines = loadCore({ wasmUrl: new URL(wasmUrl, location.href).href }).then((core) => ({
  core,
  openGpu,
  Executor,
}));
