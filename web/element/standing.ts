// How a figure stands, and who is told: the article by events and promises, the reader by one sentence.
import type { Shell } from './shell.ts';

export type State = 'poster' | 'loading' | 'ready' | 'playing' | 'paused' | 'finished' | 'error';

export interface Settled {
  ready(): void;
  fail(error: Error): void;
}

export class Standing {
  state: State = 'poster';
  /** Why the figure cannot be. */
  problem: string | null = null;
  /** What the figure does without: it goes on. */
  remark: string | null = null;
  constructor(
    protected readonly host: HTMLElement,
    protected readonly settled: Settled,
  ) {}

  /** Events do not bubble, like those of <video>. */
  protected emit = (type: string, detail: object = {}): void => {
    this.host.dispatchEvent(new CustomEvent(type, { detail }));
  };

  protected become(state: State): void {
    if (state === this.state) return;
    this.state = state;
    this.emit('statechange', { state });
  }

  protected warn(shell: Shell, sentence: string): void {
    this.remark = sentence;
    shell.tell(sentence, true);
    this.emit('error', { message: sentence });
  }

  protected giveUp(shell: Shell, sentence: string): void {
    shell.offer(false);
    shell.tell(sentence);
    this.settled.fail(new Error(sentence));
    this.become('error');
    this.emit('error', { message: sentence });
  }
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
