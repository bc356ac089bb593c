// parity.html?config=<JSON>: both engines from the same state, as JSON on the page and in window.parityResult. No timings: the adapter
// may be a software one.
import wasmUrl from '@core/induction.wasm?url';
import { type Config, loadCore, type Trainer } from '@core/loader.mjs';
import { kMaxSteps, splitSteps } from './gpu/buffers.ts';
import { differenceOf, syntheticSteps } from './gpu/compare.ts';
import { openGpu } from './gpu/device.ts';
import { Executor, type TrainingInput } from './gpu/executor.ts';

export interface ParityResult {
  adapter: string;
  /** The adapter computes on the processor. */
  software: boolean;
  dispatches_per_step: number;
  /** Largest difference per kernel, relative to the largest entry of what the kernel writes. */
  kernels: Record<string, number>;
  /** Mean training loss of each step on both engines, from the same start; the last one after handing the state over. */
  losses: { cpu: number[]; gpu: number[] };
  /** Largest difference of a parameter after those steps, relative to the largest parameter. */
  parameters: number;
}

declare global {
  interface Window {
    parityResult?: ParityResult | { problem: string };
  }
}

/** Training steps before the kernels are compared, so that the optimiser's state is not zero. */
const kWarmUp = 3;
const kTrainingSteps = 20;

/** One training step, kernel by kernel: each starts from the processor's arena on both engines. */
async function compareKernels(trainer: Trainer, executor: Executor): Promise<Record<string, number>> {
  const program = trainer.program();
  const worst: Record<string, number> = {};
  const compare = async (words: Uint32Array<ArrayBuffer>, chunked: boolean) => {
    const before = trainer.arena();
    executor.write(0, before);
    executor.runAlone(words, trainer.hyper());
    trainer.runAlone(words, chunked);
    const after = await executor.read(0, program.arena_floats);
    const kernel = program.kernels[words[0]];
    const difference = differenceOf(program, words, before, trainer.arena(), after);
    worst[kernel] = Math.max(worst[kernel] ?? 0, difference);
  };
  trainer.batch();
  for (const list of ['forward', 'backward', 'finish', 'update'] as const)
    for (const words of splitSteps(program[list])) await compare(words, list === 'forward' || list === 'backward');
  for (const words of syntheticSteps(program)) await compare(words, true);
  return worst;
}

/** The next n training steps' inputs and the processor's losses. */
function trainOnProcessor(trainer: Trainer, n: number): { inputs: TrainingInput[]; losses: number[] } {
  const inputs: TrainingInput[] = [];
  const losses: number[] = [];
  for (let i = 0; i < n; i++) {
    inputs.push({ batch: trainer.batch(), hyper: trainer.hyper() });
    losses.push(trainer.train(1).loss);
  }
  return { inputs, losses };
}

/** Several submits at once: the ring of staging buffers is what holds them apart. */
async function trainOnGpu(executor: Executor, inputs: TrainingInput[]): Promise<number[]> {
  const parts = Array.from({ length: Math.ceil(inputs.length / kMaxSteps) }, (_, i) =>
    executor.train(inputs.slice(i * kMaxSteps, (i + 1) * kMaxSteps)),
  );
  return (await Promise.all(parts)).flat().map(({ loss }) => loss);
}

async function compareTraining(trainer: Trainer, executor: Executor) {
  executor.write(0, trainer.arena());
  const { inputs, losses: cpu } = trainOnProcessor(trainer, kTrainingSteps);
  const gpu = await trainOnGpu(executor, inputs);
  const { parameters, moment1, moment2 } = executor.program.regions;
  const wanted = trainer.arena().slice(parameters[0], parameters[0] + parameters[1]);
  const state = {
    step: trainer.step,
    parameters: await executor.read(...parameters),
    moment1: await executor.read(...moment1),
    moment2: await executor.read(...moment2),
  };
  const scale = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const off = wanted.reduce((most, x, i) => Math.max(most, Math.abs(x - state.parameters[i])), 0);
  // The processor goes on where the graphics device stopped: both must now see the very same loss.
  trainer.restore(state);
  const next = trainOnProcessor(trainer, 1);
  cpu.push(...next.losses);
  gpu.push(...(await trainOnGpu(executor, next.inputs)));
  return { losses: { cpu, gpu }, parameters: off / scale };
}

async function parity(config: Partial<Config>): Promise<ParityResult> {
  const gpu = await openGpu();
  const core = await loadCore({ wasmUrl: new URL(wasmUrl, location.href).href });
  const trainer = core.create(config);
  trainer.train(kWarmUp);
  const executor = await Executor.create(gpu, trainer.program());
  const kernels = await compareKernels(trainer, executor);
  trainer.dispose();
  const fresh = core.create(config);
  const training = await compareTraining(fresh, executor);
  fresh.dispose();
  const { dispatches_per_step } = executor;
  executor.dispose();
  return { adapter: gpu.adapter, software: gpu.software, dispatches_per_step, kernels, ...training };
}

async function start(): Promise<ParityResult | { problem: string }> {
  try {
    return await parity(JSON.parse(new URLSearchParams(location.search).get('config') ?? '{}'));
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

window.parityResult = await start();
const shown = document.querySelector('#result');
if (shown) shown.textContent = JSON.stringify(window.parityResult, null, 2);
