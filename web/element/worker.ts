// A worker of the pool: one core, and a session per figure, each with a line of its own to its figure.
import circuitsUrl from '@core/circuits.wasm?url';
import wasmUrl from '@core/induction.wasm?url';
import { loadCore } from '@core/loader.mjs';
import { channelClock } from '../src/channel_clock.ts';
import { serve } from '../src/serve.ts';
import { RecordedSession } from './recorded_session.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

// Beside this file, also where a script of another origin has imported it.
const beside = (url: string) => new URL(url, import.meta.url).href;
const graphics = async () => (await import('../src/engine/webgpu.ts')).webgpu;
const circuits = async () => (await import('@core/circuits_loader.mjs')).loadCircuits({ wasmUrl: beside(circuitsUrl) });
const core = loadCore({ wasmUrl: beside(wasmUrl) });
core.catch(() => undefined);

const sessions = new Map<number, Promise<RecordedSession>>();

scope.onmessage = ({ data: { id, port } }: MessageEvent<{ id: number; port: MessagePort | null }>) => {
  if (port) {
    const session = core.then((loaded) => new RecordedSession(loaded, channelClock(), graphics, circuits));
    sessions.set(id, session);
    serve(port, session);
  } else {
    void sessions.get(id)?.then(
      (session) => session.close(),
      () => undefined,
    );
    sessions.delete(id);
  }
};
