// Where a worker of the pool has its WebAssembly from: files beside its own. In the build of one file one_file/cores.ts takes this one's place.
import circuitsUrl from '@core/circuits.wasm?url';
import type { CircuitCore } from '@core/circuits_loader.mjs';
import wasmUrl from '@core/induction.wasm?url';
import { type Core, loadCore } from '@core/loader.mjs';

// Beside this file, also where a script of another origin has imported it.
const beside = (url: string) => new URL(url, import.meta.url).href;

export const openCore = (): Promise<Core> => loadCore({ wasmUrl: beside(wasmUrl) });

export const openCircuits = async (): Promise<CircuitCore> =>
  (await import('@core/circuits_loader.mjs')).loadCircuits({ wasmUrl: beside(circuitsUrl) });
