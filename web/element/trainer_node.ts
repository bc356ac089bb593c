// In Node: the session in the same thread, over the module's bytes from beside this file.
import wasmUrl from '@core/induction.wasm?url';
import { loadCore } from '@core/loader.mjs';
import type { Clock } from '../src/engine/clock.ts';
import type { Handlers } from '../src/protocol.ts';
import { Session } from '../src/session.ts';
import type { Line } from './trainer.ts';

const core = import('node:fs/promises').then(async ({ readFile }) =>
  loadCore({ wasmBinary: await readFile(new URL(wasmUrl, import.meta.url)) }),
);

export async function lineInNode(): Promise<Line> {
  const { setImmediate } = await import('node:timers');
  // Unlike a MessageChannel's, its turns let a program end that has nothing more to do.
  const clock: Clock = {
    now: () => performance.now(),
    soon: setImmediate,
    later: (task, ms) => void setTimeout(task, ms),
  };
  const graphics = async () => (await import('../src/engine/webgpu.ts')).webgpu;
  const session = new Session(await core, clock, graphics);
  const handlers: Handlers = session;
  return {
    async call(kind, body) {
      // kind and body belong together; TypeScript cannot follow that through the index.
      const handler = handlers[kind].bind(handlers) as (body: unknown) => unknown;
      return (await handler(body)) as never;
    },
    leave: () => void session.close(),
  };
}
