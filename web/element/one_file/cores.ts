// The WebAssembly within the worker's own script, deflated. One module for both: the one about circuits has all that the other has.

import packed from 'packed:circuits.wasm';
import { type CircuitCore, loadCircuits } from '@core/circuits_loader.mjs';

let bytes: Promise<ArrayBuffer> | null = null;

function unpack(): Promise<ArrayBuffer> {
  const deflated = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).arrayBuffer();
}

export async function openCore(): Promise<CircuitCore> {
  bytes ??= unpack();
  // Without an address, or it would make one beside a script that lies nowhere.
  return loadCircuits({ wasmBinary: await bytes, wasmUrl: '' });
}

export const openCircuits = openCore;
