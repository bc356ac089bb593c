// A graphics device small enough to read: a training step adds one to the first number of the state, as the stub core's does; results come
// after `latency`; it can be lost, fall silent, compute wrongly or run away.
import type { Region, Trainer } from '@core/loader.mjs';
import type { Card, Graphics, StepInput, Trains } from '../src/engine/graphics.ts';
import type { TestClock } from './stub.ts';

/** Every submit, in the order in which the device got them. */
export interface Submit {
  steps: number[];
  rates: number[];
  /** The first number of each batch that came from outside. */
  batches: number[];
  read: boolean;
}

class StubExecutor implements Trains {
  readonly dispatches_per_step = 7;
  private readonly arena = new Float32Array(6);
  private dead = false;
  private waiting = new Set<(error: Error) => void>();

  /** Of the Program that it runs. */
  private readonly generation: number;

  constructor(
    private readonly graphics: StubGraphics,
    private readonly trainer: Trainer,
  ) {
    this.generation = trainer.generation;
  }

  write(offset: number, values: Float32Array) {
    this.arena.set(values, offset);
  }

  read(offset: number, n: number) {
    return this.later(this.arena.slice(offset, offset + n));
  }

  train(inputs: StepInput[], read: Region[] = []) {
    this.graphics.submits.push({
      steps: inputs.map(({ step }) => step),
      rates: inputs.map(({ hyper }) => hyper[1]),
      batches: inputs.flatMap(({ batch }) => batch?.map(([first]) => first) ?? []),
      read: read.length > 0,
    });
    if (this.trainer.generation !== this.generation) throw new Error('training goes on with a Program of the past');
    const results = inputs.map(({ step, hyper }) => {
      if (step !== this.arena[0] && !this.dead) throw new Error(`step ${step} on a state of ${this.arena[0]} steps`);
      if (step !== hyper[0]) throw new Error(`step ${step} with the rate of step ${hyper[0]}`);
      this.dead ||= step === this.graphics.bad_step;
      if (!this.dead) this.arena[0] += 1;
      return { loss: this.dead ? Number.NaN : this.arena[0], applied: !this.dead };
    });
    const overflown = this.arena.map((x) => (this.arena[0] > this.graphics.overflow_step ? Number.NaN : x));
    return this.later({ results, read: read.map(([offset, n]) => overflown.slice(offset, offset + n)) });
  }

  revive() {
    this.dead = false;
  }

  dispose() {
    this.graphics.disposed++;
  }

  /** All that is waited for fails, as maps do on a lost device. */
  lose() {
    for (const reject of this.waiting) reject(new Error('The device is gone.'));
    this.waiting.clear();
  }

  private later<T>(value: T): Promise<T> {
    const { clock, latency } = this.graphics;
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      if (latency === Number.POSITIVE_INFINITY) return;
      clock.later(() => {
        this.waiting.delete(reject);
        resolve(value);
      }, latency);
    });
  }
}

export class StubGraphics implements Graphics {
  readonly most_steps = 8;
  submits: Submit[] = [];
  opened = 0;
  disposed = 0;
  latency = 10;
  /** The numbers of this training step are not finite. */
  bad_step = -1;
  /** From this number of steps on the parameters are not finite, though no loss told. */
  overflow_step = Number.POSITIVE_INFINITY;
  /** Of kernel 'norm'; 1e-6 is allowed. */
  difference = 0;
  software = false;
  /** What opening a device says instead. */
  refusal: string | null = null;
  private executors: StubExecutor[] = [];
  private lost: (why: string) => void = () => undefined;

  constructor(readonly clock: TestClock) {}

  async open(): Promise<Card> {
    this.opened++;
    if (this.refusal) throw new Error(this.refusal);
    return {
      adapter: 'stub adapter',
      vendor: 'stub',
      software: this.software,
      lost: new Promise((resolve) => {
        this.lost = resolve;
      }),
      close: () => this.lose('closed'),
      make: async (trainer) => {
        const executor = new StubExecutor(this, trainer);
        this.executors.push(executor);
        return executor;
      },
      compare: async () => ({ norm: this.difference }),
    };
  }

  worst(kernels: Record<string, number>) {
    return { kernel: 'norm', worst: kernels.norm, tolerance: 1e-6 };
  }

  lose(why = 'The graphics device was lost.') {
    this.lost(why);
    for (const executor of this.executors.splice(0)) executor.lose();
  }
}
