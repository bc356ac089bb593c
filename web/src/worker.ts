// The worker: loads the WebAssembly core, then passes messages to a Session.

import circuitsUrl from '@core/circuits.wasm?url';
import wasmUrl from '@core/induction.wasm?url';
import { loadCore } from '@core/loader.mjs';
import { channelClock } from './channel_clock.ts';
import { serve } from './serve.ts';
import { Session } from './session.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

const graphics = async () => (await import('./engine/webgpu.ts')).webgpu;
const circuits = async () =>
  (await import('@core/circuits_loader.mjs')).loadCircuits({ wasmUrl: new URL(circuitsUrl, scope.location.href).href });
const core = loadCore({ wasmUrl: new URL(wasmUrl, scope.location.href).href });

/** Held while this worker lives: whoever waits for it learns of an end without words. */
const held = new Promise((go) => {
  const forever = () => {
    go(null);
    return new Promise(() => undefined);
  };
  if (navigator.locks) navigator.locks.request(scope.name, forever).catch(go);
  else go(null);
});

serve(
  scope,
  Promise.all([core, held]).then(([loaded]) => new Session(loaded, channelClock(), graphics, circuits)),
);
