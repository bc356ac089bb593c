// Both engines on one configuration: what the parity page shows and what the headless tests check.
import type { Config, Core } from '@core/loader.mjs';
import type { Gpu } from './gpu/device.ts';
import { Executor } from './gpu/executor.ts';
import { compareKernels, compareTraining, type ParityResult, parityResult } from './gpu/parity.ts';
import { syntheticSteps } from './gpu/synthetic.ts';

export interface EngineComparison extends ParityResult {
  adapter: string;
  /** The adapter computes on the processor. */
  software: boolean;
  /** With the help of subgroups. */
  subgroups: boolean;
  /** By kernels whose invocations work alone. */
  alone: boolean;
  dispatches_per_step: number;
}

/** Training steps before the kernels are compared, so that the optimiser's state is not zero. */
const kWarmUp = 3;

export interface CompareOptions {
  /** Training steps. */
  steps?: number;
  /** Batches come from the trainer even where WGSL could draw them. */
  given?: boolean;
}

/** Throws CoreError for a bad Config and GpuError when the device cannot run it. */
export async function compareEngines(
  core: Core,
  gpu: Gpu,
  config: Partial<Config>,
  { steps, given }: CompareOptions = {},
): Promise<EngineComparison> {
  const trainer = core.create(config);
  const program = trainer.program({ given });
  // So that every kernel is compared somewhere, also those that no training has.
  const more = syntheticSteps(program);
  const executor = await Executor.create(gpu, program, more);
  trainer.train(kWarmUp);
  const kernels = await compareKernels(trainer, executor, more);
  trainer.dispose();
  const fresh = core.create(config);
  const training = await compareTraining(fresh, executor, steps);
  fresh.dispose();
  const { dispatches_per_step } = executor;
  executor.dispose();
  const { adapter, software, alone, device } = gpu;
  const subgroups = device.features.has('subgroups');
  return { adapter, software, subgroups, alone, dispatches_per_step, ...parityResult(kernels, training) };
}
