// The page's end of the protocol: one promise per call.
import type { Problem } from '@core/loader.mjs';
import type { Answer, Body, Kind, Reply } from './protocol.ts';

/** A call that the worker refused; `problems` names knobs when it is about knobs. */
export class CallError extends Error {
  constructor(
    message: string,
    readonly problems: Problem[],
  ) {
    super(message);
  }
}

/** What a Client needs of a Worker. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<Reply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

export class Client {
  private waiting = new Map<number, Waiting>();
  private last_id = 0;
  private crashed = false;

  /** `onCrash` is told once when the worker dies; its calls are then never answered. */
  constructor(
    private readonly port: Port,
    onCrash: (message: string) => void,
  ) {
    port.onmessage = ({ data }) => this.settle(data);
    port.onerror = (event) => {
      if (this.crashed) return;
      this.crashed = true;
      onCrash(event.message ?? '');
    };
  }

  call<K extends Kind>(kind: K, body: Body<K>, transfer: Transferable[] = []): Promise<Answer<K>> {
    const id = ++this.last_id;
    return new Promise<Answer<K>>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.port.postMessage({ id, kind, body }, transfer);
    });
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('failure' in reply) waiting?.reject(new CallError(reply.failure.message, reply.failure.problems));
    else waiting?.resolve(reply.answer as never);
  }
}
