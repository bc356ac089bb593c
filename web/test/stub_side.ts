// A background worker without a thread: the real SideSession over the stub core, answering in the next turn.
import type { Core } from '@core/loader.mjs';
import type { SideReply, SideRequest } from '../src/pool/calls.ts';
import type { SidePort } from '../src/pool/side.ts';
import { SideSession } from '../src/pool/side_session.ts';

export class StubPort implements SidePort {
  /** Steps in one slice. */
  static most = Number.POSITIVE_INFINITY;
  onmessage: ((event: MessageEvent<SideReply>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  terminated = false;
  readonly asked: SideRequest[] = [];
  private readonly session: SideSession;

  constructor(core: Core) {
    // Time passes by one per look at the clock.
    let time = 0;
    this.session = new SideSession(core, () => time++);
  }

  async postMessage(message: unknown): Promise<void> {
    const request = message as SideRequest;
    this.asked.push(request);
    await null;
    if (request.kind === 'train') request.body.ms = Math.min(request.body.ms, StubPort.most + 1);
    const reply = this.answer(request);
    if (!this.terminated) this.onmessage?.({ data: reply } as MessageEvent<SideReply>);
  }

  terminate(): void {
    this.terminated = true;
  }

  die(message: string): void {
    this.onerror?.({ message } as ErrorEvent);
  }

  private answer({ id, kind, body }: SideRequest): SideReply {
    try {
      const handler = this.session[kind].bind(this.session) as (body: unknown) => unknown;
      return { id, kind, answer: handler(body) } as SideReply;
    } catch (error) {
      const { message, problems } = error as Error & { problems?: [] };
      return { id, failure: { message, problems: problems ?? [], broken: problems === undefined } };
    }
  }
}
