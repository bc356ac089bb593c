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

/** A call without its answer. */
export interface Waiting {
  kind: Kind;
  resolve(answer: never): void;
  reject(error: Error): void;
}

export class Client {
  private waiting = new Map<number, Waiting>();
  private last_id = 0;
  private port!: Port;

  /** `onCrash` is told once when the worker dies; its calls are then never answered. */
  constructor(
    port: Port,
    private readonly onCrash: (message: string) => void,
  ) {
    this.renew(port);
  }

  /** Another worker, in the place of one that died, whose open calls are given back. */
  renew(port: Port): Iterable<Waiting> {
    const lost = this.waiting;
    this.waiting = new Map();
    this.port = port;
    let crashed = false;
    port.onmessage = ({ data }) => this.settle(data);
    port.onerror = (event) => {
      if (crashed || port !== this.port) return;
      crashed = true;
      this.onCrash(event.message ?? '');
    };
    return lost.values();
  }

  call<K extends Kind>(kind: K, body: Body<K>, transfer: Transferable[] = []): Promise<Answer<K>> {
    const id = ++this.last_id;
    return new Promise<Answer<K>>((resolve, reject) => {
      this.waiting.set(id, { kind, resolve, reject });
      this.port.postMessage({ id, kind, body }, transfer);
    });
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.get(reply?.id);
    if (!waiting) return;
    this.waiting.delete(reply.id);
    if ('failure' in reply) waiting.reject(new CallError(reply.failure.message, reply.failure.problems));
    else waiting.resolve(reply.answer as never);
  }
}
