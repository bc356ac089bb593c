// Training on WebAssembly: every step is in the trainer at once.
import type { Trainer } from '@core/loader.mjs';
import type { Engine, Events } from './engine.ts';

export class WasmEngine implements Engine {
  readonly name = 'wasm';
  readonly free = true;

  constructor(
    private readonly trainer: Trainer,
    private readonly events: Events,
  ) {}

  get next(): number {
    return this.trainer.step;
  }

  /** One at a time: pause answers between two steps. */
  begin(): number {
    const { loss, stopped } = this.trainer.train(1);
    if (stopped !== null) this.events.stopped(stopped);
    else this.events.kept(loss);
    return 1;
  }

  want(): void {}

  moved(): void {}

  async settle(): Promise<void> {}

  dispose(): void {}
}
