// What the engines need of WebGPU: given from outside, so that tests can play it.
import type { Trainer } from '@core/loader.mjs';
import type { Gpu } from '../gpu/device.ts';
import type { Worst } from '../gpu/tolerance.ts';
import type { Batch, Region } from '../protocol.ts';

export interface StepInput {
  /** The training step: its batch is drawn from it. */
  step: number;
  /** Trainer.hyper(step). */
  hyper: Float32Array<ArrayBuffer>;
  /** Trainer.batch(step), where the device does not draw it. */
  batch?: Batch;
}

export interface StepResult {
  /** Mean training loss in nats, before the update. */
  loss: number;
  /** false: loss or gradient were not finite, here or in an earlier step; the update was left out. */
  applied: boolean;
}

/** The part of the Executor that trains. */
export interface Trains {
  readonly dispatches_per_step: number;
  write(offset: number, values: Float32Array<ArrayBuffer>): void;
  read(offset: number, n: number): Promise<Float32Array>;
  /** Some steps in one submit, then the regions as they are after the last. Calls may overlap; results come in order. */
  train(inputs: StepInput[], read?: Region[]): Promise<{ results: StepResult[]; read: Float32Array[] }>;
  /** After a step that was not applied: steps are applied again. */
  revive(): void;
  dispose(): void;
}

/** An open graphics device. */
export interface Card extends Pick<Gpu, 'adapter' | 'vendor' | 'software'> {
  /** Resolves with the reason when the device is gone. */
  readonly lost: Promise<string>;
  /** `failed`: also for others who have it. */
  close(failed: boolean): void;
  /** An executor for the trainer's Program. */
  make(trainer: Trainer): Promise<Trains>;
  /** The maps of a sequence that the trainer has just run; null where the page has to draw them. */
  paint?(trainer: Trainer, tokens: readonly number[], palette: Uint32Array): Promise<ImageBitmap | null>;
  /** Both engines over one training step of `trainer`, which it spends: largest relative difference per kernel. */
  compare(trainer: Trainer): Promise<Record<string, number>>;
}

export interface Graphics {
  /** Training steps in one submit. */
  readonly most_steps: number;
  open(): Promise<Card>;
  worst(kernels: Record<string, number>): Worst;
}
