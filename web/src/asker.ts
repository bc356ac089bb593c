// Asks the worker again and again for what a figure shows, whenever it would look different: one question at a time, never more than a few
// a second, and so rarely that the answers take less than a tenth of the worker's time.
import type { Client } from './client.ts';
import type { Answer, Body, Kind } from './protocol.ts';

/** Shortest time between two questions, and between them as a multiple of what an answer takes, in ms. */
const kApart = 200;
const kShare = 10;

type Timed = { [K in Kind]: Answer<K> extends { ms: number } ? K : never }[Kind];

interface Question<K extends Kind> {
  key: readonly unknown[];
  body: Body<K>;
  apart: number;
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((x, i) => Object.is(x, b[i]));

export class Asker<K extends Timed> {
  answer: Answer<K> | null = null;
  /** Why the last question was refused. */
  problem: string | null = null;
  private asked: Question<K> | null = null;
  private wanted: Question<K> | null = null;
  private busy = false;
  private not_before = 0;

  constructor(
    private readonly client: Pick<Client, 'call'>,
    private readonly kind: K,
    private readonly changed: () => void,
    private readonly clock = {
      now: () => performance.now(),
      later: (task: () => void, ms: number) => void setTimeout(task, ms),
    },
  ) {}

  /** `key` says everything that the answer depends on: the same key is not asked again. `apart`: to the next question, at least, in ms. */
  want(key: readonly unknown[], body: Body<K>, apart = kApart): void {
    if (this.wanted && same(key, this.wanted.key)) return;
    this.wanted = { key, body, apart };
    this.next();
  }

  /** Another run: what was answered is about something else. */
  forget(): void {
    this.answer = null;
    this.asked = null;
    this.wanted = null;
  }

  private next(): void {
    if (this.busy || !this.wanted || this.wanted === this.asked) return;
    const early = this.not_before - this.clock.now();
    if (early > 0) {
      this.busy = true;
      this.clock.later(() => {
        this.busy = false;
        this.next();
      }, early);
    } else void this.ask(this.wanted);
  }

  private async ask(question: Question<K>): Promise<void> {
    this.busy = true;
    this.asked = question;
    try {
      const answer = await this.client.call(this.kind, question.body);
      // Meanwhile forgotten: not about this run.
      if (this.asked === question) this.answer = answer;
      this.problem = null;
      this.not_before = this.clock.now() + Math.max(question.apart, kShare * (answer as { ms: number }).ms);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.not_before = this.clock.now() + kApart;
    }
    this.busy = false;
    this.changed();
    this.next();
  }
}
