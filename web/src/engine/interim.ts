// Until the executor draws its own batches: the same surface over the one that is given them.
import type { Region, Trainer } from '@core/loader.mjs';
import type { Executor } from '../gpu/executor.ts';
import type { StepInput, Trains } from './graphics.ts';

export class Interim implements Trains {
  private order: Promise<unknown> = Promise.resolve();
  private dead = false;
  constructor(
    private readonly executor: Executor,
    private readonly trainer: Trainer,
  ) {}
  get dispatches_per_step() {
    return this.executor.dispatches_per_step;
  }
  write(offset: number, values: Float32Array<ArrayBuffer>) {
    this.order = this.order.then(() => this.executor.write(offset, values));
  }
  read(offset: number, n: number) {
    return this.order.then(() => this.executor.read(offset, n));
  }
  train(inputs: StepInput[], read: Region[] = []) {
    const made = this.order.then(async () => {
      const results = this.executor.train(
        inputs.map(({ step, hyper }) => ({ batch: this.trainer.batch(step), hyper })),
      );
      for (let i = 0; i < 8; i++) await null;
      return { results, read: read.map(([offset, n]) => this.executor.read(offset, n)) };
    });
    this.order = made.catch(() => undefined);
    return made.then(async ({ results, read }) => {
      const [told, state] = await Promise.all([results, Promise.all(read)]);
      const applied = told.map(({ loss, gradient_norm }) => {
        this.dead ||= !Number.isFinite(loss) || !Number.isFinite(gradient_norm);
        return { loss, applied: !this.dead };
      });
      return { results: applied, read: state };
    });
  }
  revive() {
    this.dead = false;
  }
  dispose() {
    this.executor.dispose();
  }
}
