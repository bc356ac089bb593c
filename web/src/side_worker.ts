// A background worker: loads the WebAssembly core, then answers one call after the other.

import wasmUrl from '@core/induction.wasm?url';
import { CoreError, loadCore } from '@core/loader.mjs';
import type { SideReply, SideRequest } from './pool/calls.ts';
import { SideSession } from './pool/side_session.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

const session = loadCore({ wasmUrl: new URL(wasmUrl, scope.location.href).href }).then(
  (core) => new SideSession(core, () => performance.now()),
);
// Every request reports the failure itself.
session.catch(() => undefined);

async function answer({ id, kind, body }: SideRequest): Promise<SideReply> {
  try {
    const handlers = await session;
    // kind and body belong together; TypeScript cannot follow that through the index.
    const handler = handlers[kind].bind(handlers) as (body: unknown) => unknown;
    return { id, kind, answer: handler(body) } as SideReply;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const problems = error instanceof CoreError ? error.problems : [];
    return { id, failure: { message, problems, broken: !(error instanceof CoreError) } };
  }
}

/** Large arrays are copies already: they move. */
function buffersOf(reply: SideReply): Transferable[] {
  if (!('answer' in reply)) return [];
  if (reply.kind === 'save') return [reply.answer.bytes.buffer];
  if (reply.kind !== 'view') return [];
  return Object.values(reply.answer).map((array) => (array as Float32Array<ArrayBuffer>).buffer);
}

scope.onmessage = async ({ data }: MessageEvent<SideRequest>) => {
  const reply = await answer(data);
  scope.postMessage(reply, buffersOf(reply));
};
