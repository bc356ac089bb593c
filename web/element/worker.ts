// A worker of the pool: one core, and a session per figure, each with a line of its own to its figure.
import { channelClock } from '../src/channel_clock.ts';
import { serve } from '../src/serve.ts';
import { openCircuits, openCore } from './cores.ts';
import { RecordedSession } from './recorded_session.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

const graphics = async () => (await import('../src/engine/webgpu.ts')).webgpu;
const core = openCore();
core.catch(() => undefined);

const sessions = new Map<number, Promise<RecordedSession>>();

scope.onmessage = ({ data: { id, port } }: MessageEvent<{ id: number; port: MessagePort | null }>) => {
  if (port) {
    const session = core.then((loaded) => new RecordedSession(loaded, channelClock(), graphics, openCircuits));
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
