// The worker: loads the WebAssembly core, then passes messages to a Session.

import circuitsUrl from '@core/circuits.wasm?url';
import wasmUrl from '@core/induction.wasm?url';
import { CoreError, loadCore } from '@core/loader.mjs';
import { channelClock } from './channel_clock.ts';
import type { Handlers, Reply, Request } from './protocol.ts';
import { Session } from './session.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

const graphics = async () => (await import('./engine/webgpu.ts')).webgpu;
const circuits = async () =>
  (await import('@core/circuits_loader.mjs')).loadCircuits({ wasmUrl: new URL(circuitsUrl, scope.location.href).href });
const session = loadCore({ wasmUrl: new URL(wasmUrl, scope.location.href).href }).then(
  (core) => new Session(core, channelClock(), graphics, circuits),
);
// Every request reports the failure itself.
session.catch(() => undefined);

async function answer({ id, kind, body }: Request): Promise<Reply> {
  try {
    const handlers: Handlers = await session;
    // kind and body belong together; TypeScript cannot follow that through the index.
    const handler = handlers[kind].bind(handlers) as (body: unknown) => unknown;
    return { id, kind, answer: await handler(body) } as Reply;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id, failure: { message, problems: error instanceof CoreError ? error.problems : [] } };
  }
}

/** The colours of the page's maps, as it sent them last. */
let palette: Uint32Array | null = null;

/** Other colours are another picture, also of a model that has not changed. */
function takePalette(request: Request): void {
  if (request.kind !== 'frame' || !request.body.palette) return;
  palette = request.body.palette;
  request.body.shown = -1;
}

scope.onmessage = async ({ data }: MessageEvent<Request>) => {
  takePalette(data);
  const reply = await answer(data);
  const view = 'answer' in reply && reply.kind === 'frame' ? reply.answer.view : null;
  if (view && palette) view.maps = await (await session).paint(palette);
  const transfer = view ? [view.pattern.buffer as ArrayBuffer, ...(view.maps ? [view.maps] : [])] : [];
  scope.postMessage(reply, transfer);
};
