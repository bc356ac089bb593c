// Checkpoints of one run, in bounded memory: when they are too many, every second one goes.

/** All of them together, in bytes. */
const kMost = 32 * 2 ** 20;

export class Checkpoints {
  private kept: { step: number; bytes: Uint8Array }[] = [];
  private total = 0;

  constructor(private readonly most = kMost) {}

  /** One at or before the last one comes from a run that went back, and is there already. */
  add(step: number, bytes: Uint8Array): void {
    if (step <= (this.kept.at(-1)?.step ?? -1)) return;
    this.kept.push({ step, bytes });
    this.total += bytes.length;
    if (this.total > this.most && this.kept.length > 2) this.thin();
  }

  before(step: number): Uint8Array | null {
    return this.kept.findLast((checkpoint) => checkpoint.step <= step)?.bytes ?? null;
  }

  get steps(): number[] {
    return this.kept.map(({ step }) => step);
  }

  /** The first one stays: every step can be reached from it. */
  private thin(): void {
    this.kept = this.kept.filter((_, i) => i % 2 === 0);
    this.total = this.kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}
