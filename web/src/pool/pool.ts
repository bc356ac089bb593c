// A few background workers, lent to one job each. They start when a job comes and end when none has come for a while.
import { Side, SideCrash, type SidePort } from './side.ts';

/** A worker without a job ends after so many ms: its memory never shrinks otherwise. */
const kIdle = 20_000;

/** Jobs get rejected with it when the pool closes. */
export class PoolClosed extends Error {}

export type Job<T> = (side: Side) => Promise<T>;

interface Lent {
  take(side: Side): void;
  refuse(why: Error): void;
}

export class Pool {
  private readonly all = new Set<Side>();
  private readonly free: Side[] = [];
  private readonly queue: Lent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly make: () => SidePort,
    readonly size: number,
  ) {}

  /** Workers there are now. */
  get count(): number {
    return this.all.size;
  }

  /**
   * Lends a worker to the job, the first come first. A job whose worker crashes is done once more from its beginning, on a new one;
   * `again` is told why.
   */
  async run<T>(job: Job<T>, again: (why: string) => void = () => undefined): Promise<T> {
    try {
      return await this.once(job);
    } catch (error) {
      if (!(error instanceof SideCrash)) throw error;
      again(error.message);
      return this.once(job);
    }
  }

  /** Ends all workers; their jobs are rejected. The next job starts new ones. */
  close(): void {
    const why = new PoolClosed('the background workers were closed');
    for (const waiting of this.queue.splice(0)) waiting.refuse(why);
    for (const side of this.all) side.end(why);
    this.all.clear();
    this.free.length = 0;
    clearTimeout(this.timer);
  }

  /** Ends those without a job, instead of waiting a while. */
  closeIdle(): void {
    const why = new PoolClosed('the background worker was closed');
    for (const side of this.free.splice(0)) {
      side.end(why);
      this.all.delete(side);
    }
  }

  private async once<T>(job: Job<T>): Promise<T> {
    const side = await this.lend();
    try {
      return await job(side);
    } finally {
      this.giveBack(side);
    }
  }

  private lend(): Promise<Side> {
    clearTimeout(this.timer);
    const side = this.waiting() ?? (this.all.size < this.size ? this.another() : null);
    if (side) return Promise.resolve(side);
    return new Promise((take, refuse) => this.queue.push({ take, refuse }));
  }

  /** One may have died while nobody asked it anything. */
  private waiting(): Side | null {
    for (let side = this.free.pop(); side; side = this.free.pop()) {
      if (side.alive) return side;
      this.all.delete(side);
    }
    return null;
  }

  private another(): Side {
    const side = new Side(this.make());
    this.all.add(side);
    return side;
  }

  private giveBack(side: Side): void {
    if (!side.alive) this.all.delete(side);
    const next = this.queue.shift();
    if (next) next.take(side.alive ? side : this.another());
    else if (side.alive) this.free.push(side);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.closeIdle(), kIdle);
  }
}
