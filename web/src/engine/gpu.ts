// Training on a graphics device, some submits ahead of the trainer. The trainer gets the state back in the submits that train, so that
// nothing waits for it; it is the checkpoint to go on from when the device fails.
import type { EngineState, Region, Trainer } from '@core/loader.mjs';
import { type Clock, Watchdog } from './clock.ts';
import { type Engine, type Events, kMostAhead } from './engine.ts';
import type { StepInput, StepResult, Trains } from './graphics.ts';
import { Portion } from './portion.ts';
import { words } from './words.ts';

/** Submits that the device may have before it: one at work, one waiting, one on its way back. */
const kMostFlying = 3;

/** Steps between two states that are read back when nobody looks: half of what may be lost, so that training does not wait for one. */
const kKeepEvery = kMostAhead / 2;

interface Flight {
  from: number;
  n: number;
  began: number;
  /** Of the start from the trainer's state: what began before the last one is not wanted any more. */
  start: number;
}

export class GpuEngine implements Engine {
  readonly name = 'webgpu';
  private readonly regions: Region[];
  /** The device gets its batches from the trainer. */
  private readonly given: boolean;
  private readonly flights = new Set<Promise<void>>();
  private readonly portion: Portion;
  private readonly watchdog: Watchdog;
  /** The step that the device is at when all that flies has landed; `next` as long as nobody else trains. */
  private ahead = 0;
  /** The step of the last state that was asked for. */
  private asked = 0;
  private wanted = false;
  /** The trainer's step as this engine left it; another one means that somebody else trained. */
  private held = -1;
  private start = 0;
  private last_loss = Number.NaN;
  private landing: Promise<void> | null = null;
  private disposed = false;
  /** Resolved by dispose: nothing waits for a device that will never answer. */
  private go: () => void = () => undefined;
  private readonly gone = new Promise<void>((resolve) => {
    this.go = resolve;
  });

  constructor(
    private readonly trainer: Trainer,
    private readonly executor: Trains,
    most_steps: number,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly failed: (error: Error) => void,
  ) {
    const { regions, given } = trainer.program();
    this.regions = [regions.parameters, regions.moment1, regions.moment2];
    this.given = given;
    this.portion = new Portion(most_steps);
    this.watchdog = new Watchdog(clock, () => this.fail(new Error(words.silent)));
    // Constants too; later only what training changes.
    executor.write(0, trainer.arena());
  }

  get next(): number {
    return this.trainer.step === this.held ? this.ahead : this.trainer.step;
  }

  get free(): boolean {
    if (this.disposed || this.landing || this.flights.size >= kMostFlying) return false;
    return this.next - this.trainer.step < kMostAhead;
  }

  begin(most: number, cut: number): number {
    if (this.trainer.step !== this.held) this.writeState();
    const from = this.ahead;
    const n = Math.min(most, cut, this.portion.steps, kMostAhead - (from - this.trainer.step));
    this.ahead += n;
    const keep = n === cut || this.wanted || this.ahead - this.asked >= kKeepEvery;
    if (keep) {
      this.asked = this.ahead;
      this.wanted = false;
    }
    const inputs = Array.from({ length: n }, (_, i) => this.input(from + i));
    const flight: Flight = { from, n, began: this.clock.now(), start: this.start };
    const landed = this.executor
      .train(inputs, keep ? this.regions : [])
      .then(({ results, read }) => this.arrived(flight, results, read))
      .catch((error: Error) => this.fail(error))
      .finally(() => {
        this.flights.delete(landed);
        if (this.flights.size === 0) this.watchdog.rest();
        if (!this.disposed) this.events.free();
      });
    this.flights.add(landed);
    this.watchdog.watch();
    return n;
  }

  want(): void {
    this.wanted = true;
  }

  moved(): void {
    this.held = -1;
  }

  settle(): Promise<void> {
    this.landing ??= this.land().finally(() => {
      this.landing = null;
      if (!this.disposed) this.events.free();
    });
    return this.landing;
  }

  dispose(): void {
    this.disposed = true;
    this.go();
    this.watchdog.rest();
    this.executor.dispose();
  }

  /** Waits for what flies, then fetches the state where the last submit did not bring it. */
  private async land(): Promise<void> {
    while (this.flights.size > 0 && !this.disposed) await Promise.race([...this.flights, this.gone]);
    if (this.disposed || this.trainer.step === this.next) return;
    this.watchdog.watch();
    try {
      const reads = Promise.all(this.regions.map(([offset, n]) => this.executor.read(offset, n)));
      const read = await Promise.race([reads, this.gone]);
      if (read) this.keep(this.ahead, read);
    } catch (error) {
      this.fail(error as Error);
    }
    this.watchdog.rest();
  }

  private input(step: number): StepInput {
    const input = { step, hyper: this.trainer.hyper(step) };
    return this.given ? { ...input, batch: this.trainer.batch(step) } : input;
  }

  private arrived({ from, n, began, start }: Flight, results: StepResult[], read: Float32Array[]): void {
    if (this.disposed || start !== this.start) return;
    this.watchdog.watch();
    this.portion.learn(n, began, this.clock.now());
    const bad = results.findIndex(({ applied }) => !applied);
    if (bad >= 0) {
      this.runAway(from + bad);
      return;
    }
    this.last_loss = results[n - 1].loss;
    if (read.length > 0) this.keep(from + n, read);
  }

  private keep(step: number, read: Float32Array[]): void {
    // The loss is of the parameters before the update: a last step could overflow unseen.
    if (!read.every(allFinite)) {
      this.runAway(step);
      return;
    }
    const [parameters, moment1, moment2] = read;
    this.trainer.restore({ step, parameters, moment1, moment2 });
    this.held = step;
    this.events.kept(this.last_loss);
  }

  /** The trainer still holds a good state; what flies is of no use any more. */
  private runAway(step: number): void {
    this.start++;
    this.held = -1;
    this.events.stopped(this.trainer.runaway(step));
  }

  /** Gives the trainer's state to the device, and makes it the one to go back to when the numbers run away. */
  private writeState(): void {
    this.start++;
    this.held = this.trainer.step;
    this.ahead = this.held;
    this.asked = this.held;
    const [parameters, moment1, moment2] = this.regions.map((region) => this.trainer.arena(region));
    const state: EngineState = { step: this.trainer.step, parameters, moment1, moment2 };
    this.trainer.restore(state);
    [parameters, moment1, moment2].forEach((values, i) => {
      this.executor.write(this.regions[i][0], values);
    });
    this.executor.revive();
  }

  private fail(error: Error): void {
    if (this.disposed) return;
    this.failed(error);
  }
}

function allFinite(values: Float32Array): boolean {
  // A plain loop: this runs over every parameter many times a second.
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
