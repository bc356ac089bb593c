// The curves of one seed, in bounded memory.
import type { ProbeRecord } from '@core/loader.mjs';

/** A small figure is not wider than that in pixels. */
const kMost = 256;

export class Trace {
  step: number[] = [];
  /** Of the head that scores best at that step; null where the task repeats nothing. */
  best: (number | null)[] = [];
  /** Loss on repeated tokens, nats; on all tokens where the task repeats nothing. */
  loss: number[] = [];
  latest: ProbeRecord | null = null;

  add(record: ProbeRecord): void {
    this.latest = record;
    this.step.push(record.step);
    this.best.push(bestHead(record)?.induction ?? null);
    this.loss.push(record.loss_rep ?? record.loss);
    if (this.step.length > kMost) this.thin();
  }

  /** Every second point goes, but not the last one. */
  private thin(): void {
    const n = this.step.length;
    const kept = (_: unknown, i: number) => i % 2 === 0 || i === n - 1;
    this.step = this.step.filter(kept);
    this.best = this.best.filter(kept);
    this.loss = this.loss.filter(kept);
  }
}

/** The head that looks most at what followed last time; null where the task repeats nothing. */
export function bestHead({ heads }: ProbeRecord): ProbeRecord['heads'][number] | null {
  const scored = heads.filter(({ induction }) => induction !== null);
  return scored.reduce<ProbeRecord['heads'][number] | null>(
    (best, head) => (Number(head.induction) > Number(best?.induction ?? -1) ? head : best),
    null,
  );
}
