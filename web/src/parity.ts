// parity.html?config=<JSON>: both engines from the same state, as JSON on the page and in window.parityResult. With limits=default the
// device gets no more than every device has. No times: the adapter may be a software one.
import wasmUrl from '@core/induction.wasm?url';
import { type Config, loadCore } from '@core/loader.mjs';
import { openGpu } from './gpu/device.ts';
import { Executor } from './gpu/executor.ts';
import { compareKernels, compareTraining, type ParityResult, parityResult } from './gpu/parity.ts';

export interface PageResult extends ParityResult {
  adapter: string;
  /** The adapter computes on the processor. */
  software: boolean;
  dispatches_per_step: number;
}

declare global {
  interface Window {
    parityResult?: PageResult | { problem: string };
  }
}

/** Training steps before the kernels are compared, so that the optimiser's state is not zero. */
const kWarmUp = 3;

async function parity(config: Partial<Config>, default_limits: boolean): Promise<PageResult> {
  const gpu = await openGpu({ default_limits });
  const core = await loadCore({ wasmUrl: new URL(wasmUrl, location.href).href });
  const trainer = core.create(config);
  const executor = await Executor.create(gpu, trainer.program());
  trainer.train(kWarmUp);
  const kernels = await compareKernels(trainer, executor);
  trainer.dispose();
  const fresh = core.create(config);
  const training = await compareTraining(fresh, executor);
  fresh.dispose();
  const { dispatches_per_step } = executor;
  executor.dispose();
  const { adapter, software } = gpu;
  return { adapter, software, dispatches_per_step, ...parityResult(kernels, training) };
}

async function start(): Promise<PageResult | { problem: string }> {
  try {
    const asked = new URLSearchParams(location.search);
    return await parity(JSON.parse(asked.get('config') ?? '{}'), asked.get('limits') === 'default');
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

window.parityResult = await start();
const shown = document.querySelector('#result');
if (shown) shown.textContent = JSON.stringify(window.parityResult, null, 2);
