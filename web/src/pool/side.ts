// The page's end of one background worker: a promise per call, all of which end when the worker does.
import type { Problem } from '@core/loader.mjs';
import type { SideAnswer, SideBody, SideKind, SideReply } from './calls.ts';

/** The core refused what it was given. */
export class SideRefusal extends Error {
  constructor(
    message: string,
    readonly problems: Problem[],
  ) {
    super(message);
  }
}

/** The worker died, by itself or by an error that is no refusal. */
export class SideCrash extends Error {}

/** What a Side needs of a Worker. */
export interface SidePort {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<SideReply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

export class Side {
  private readonly waiting = new Map<number, Waiting>();
  private last_id = 0;
  private ended: Error | null = null;

  constructor(private readonly port: SidePort) {
    port.onmessage = ({ data }) => this.settle(data);
    port.onerror = (event) => this.end(new SideCrash(event.message ?? ''));
  }

  get alive(): boolean {
    return this.ended === null;
  }

  call<K extends SideKind>(kind: K, body: SideBody<K>): Promise<SideAnswer<K>> {
    if (this.ended) return Promise.reject(this.ended);
    const id = ++this.last_id;
    return new Promise<SideAnswer<K>>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.port.postMessage({ id, kind, body });
    });
  }

  /** Ends the worker; calls under way are rejected with `why`. */
  end(why: Error): void {
    if (this.ended) return;
    this.ended = why;
    this.port.terminate();
    for (const { reject } of this.waiting.values()) reject(why);
    this.waiting.clear();
  }

  private settle(reply: SideReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (!('failure' in reply)) {
      waiting?.resolve(reply.answer as never);
      return;
    }
    const { message, problems, broken } = reply.failure;
    waiting?.reject(broken ? new SideCrash(message) : new SideRefusal(message, problems));
    if (broken) this.end(new SideCrash(message));
  }
}
