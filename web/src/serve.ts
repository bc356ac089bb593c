// Answers the messages that come through a port by a Session: the page's worker has one, an article's pool one per figure.
import { CoreError } from '@core/loader.mjs';
import { type Handlers, isRequest, type Reply, type Request } from './protocol.ts';
import type { Session } from './session.ts';

/** A worker's own end, or a MessagePort. */
export interface Line {
  postMessage(message: Reply, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}

/** null: a core that has trapped is not to be asked again, and whoever started this worker hears of an uncaught error. */
async function answer(session: Promise<Session>, { id, kind, body }: Request): Promise<Reply | null> {
  try {
    const handlers: Handlers = await session;
    // kind and body belong together; TypeScript cannot follow that through the index.
    const handler = handlers[kind].bind(handlers) as (body: unknown) => unknown;
    return { id, kind, answer: await handler(body) } as Reply;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) {
      reportError(error);
      return null;
    }
    const message = error instanceof Error ? error.message : String(error);
    return { id, failure: { message, problems: error instanceof CoreError ? error.problems : [] } };
  }
}

export function serve(line: Line, session: Promise<Session>): void {
  /** The colours of the page's maps, as it sent them last. */
  let palette: Uint32Array | null = null;
  // Every request reports the failure itself.
  session.catch(() => undefined);
  line.onmessage = async ({ data }) => {
    if (!isRequest(data)) return;
    // Other colours are another picture, also of a model that has not changed.
    if (data.kind === 'frame' && data.body?.palette) {
      palette = data.body.palette;
      data.body.shown = -1;
    }
    const reply = await answer(session, data);
    if (!reply) return;
    const view = 'answer' in reply && reply.kind === 'frame' ? reply.answer.view : null;
    if (view && palette) view.maps = await (await session).paint(palette);
    const transfer = view ? [view.pattern.buffer as ArrayBuffer, ...(view.maps ? [view.maps] : [])] : [];
    line.postMessage(reply, transfer);
  };
}
