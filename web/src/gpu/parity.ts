// Both engines from the same state: kernel by kernel, then some training steps. Cheap enough for the page's worker at its start: only
// what a Step writes is read back, and the worker answers its messages in between. No times: the adapter may be a software one.
import type { Batch, EngineState, Program, Region } from '../protocol.ts';
import { kMaxSteps, splitSteps } from './buffers.ts';
import { differenceOf, writtenBy } from './compare.ts';
import { GpuError } from './device.ts';
import type { Executor, TrainingInput } from './executor.ts';
import { kLossTolerance, overTolerance, type Worst, worstOf } from './tolerance.ts';

export { toleranceOf, type Worst, worstOf } from './tolerance.ts';

/** The part of the core's Trainer that a comparison needs. */
export interface Processor {
  readonly step: number;
  program(): Program;
  arena(region?: Region): Float32Array<ArrayBuffer>;
  hyper(): Float32Array<ArrayBuffer>;
  batch(): Batch;
  runAlone(words: Uint32Array, chunked: boolean): void;
  train(n: number): { loss: number };
  restore(state: EngineState): void;
}

/** Steps whose results are waited for together: enough to hide the way back, few enough to keep their copies small. */
const kAhead = 8;
/** Training steps of compareTraining, unless told otherwise. */
const kTrainingSteps = 20;

interface Alone {
  words: Uint32Array<ArrayBuffer>;
  /** Run in gradient chunks, as forward and backward are. */
  chunked: boolean;
}

/** Every Step of one training step, then `more`. */
function stepsOf(program: Program, more: Alone['words'][]): Alone[] {
  const listed = (['forward', 'backward', 'finish', 'update'] as const).flatMap((list) =>
    splitSteps(program[list]).map((words) => ({ words, chunked: list === 'forward' || list === 'backward' })),
  );
  return [...listed, ...more.map((words) => ({ words, chunked: true }))];
}

/** One Step on both engines. Afterwards the device has the processor's numbers, so that the next one starts from the same. */
async function compareStep(trainer: Processor, executor: Executor, { words, chunked }: Alone): Promise<number> {
  const { program } = executor;
  const regions = writtenBy(program, words);
  const before = regions.map((region) => trainer.arena(region));
  executor.runAlone(words, { step: trainer.step, hyper: trainer.hyper() });
  // Submitted here, in front of the writes below; only the answer is waited for.
  const reads = Promise.all(regions.map(([offset, n]) => executor.read(offset, n)));
  trainer.runAlone(words, chunked);
  const cpu = regions.map((region) => trainer.arena(region));
  regions.forEach(([offset], i) => {
    executor.write(offset, cpu[i]);
  });
  const gpu = await reads;
  const written = regions.map(([offset], i) => ({ offset, before: before[i], cpu: cpu[i], gpu: gpu[i] }));
  return differenceOf(program, words, written);
}

/** What a training step of the trainer needs from outside. */
function inputOf(trainer: Processor, { given }: Program): TrainingInput {
  const input = { step: trainer.step, hyper: trainer.hyper() };
  return given ? { ...input, batch: trainer.batch() } : input;
}

/** How many numbers of the present step's batch the device draws, or takes, otherwise than the processor. */
async function compareDraw(trainer: Processor, executor: Executor): Promise<number> {
  const { draw, inputs } = executor.program;
  executor.runAlone(draw, inputOf(trainer, executor.program));
  const drawn = await Promise.all(inputs.map(([offset, n]) => executor.read(offset, n)));
  const wrong = trainer.batch().map((list, i) => list.filter((token, at) => token !== drawn[i][at]).length);
  return wrong.reduce((sum, n) => sum + n, 0);
}

/** Throws when a kernel wrote anything that is not its output. */
async function checkTheRest(trainer: Processor, executor: Executor): Promise<void> {
  const bits = (floats: Float32Array<ArrayBuffer>) => new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const gpu = bits(await executor.read(0, executor.program.arena_floats));
  const stray = bits(trainer.arena()).findIndex((word, i) => word !== gpu[i]);
  if (stray >= 0) throw new GpuError(`A kernel of the graphics device wrote beyond its output (float ${stray}).`);
}

/**
 * One training step at the trainer's present state, kernel by kernel: the largest difference per kernel, relative to the largest
 * entry of what it writes; and of `more` Steps, whose kernels the executor must have. Spends the trainer's arena.
 */
export async function compareKernels(
  trainer: Processor,
  executor: Executor,
  more: Uint32Array<ArrayBuffer>[] = [],
): Promise<Record<string, number>> {
  const { program } = executor;
  const kernels = { [program.kernels[program.draw[0]]]: await compareDraw(trainer, executor) };
  executor.write(0, trainer.arena());
  const steps = stepsOf(program, more);
  for (let first = 0; first < steps.length; first += kAhead) {
    const few = steps.slice(first, first + kAhead);
    const differences = await Promise.all(few.map((alone) => compareStep(trainer, executor, alone)));
    differences.forEach((difference, i) => {
      const kernel = program.kernels[few[i].words[0]];
      kernels[kernel] = Math.max(kernels[kernel] ?? 0, difference);
    });
  }
  await checkTheRest(trainer, executor);
  return kernels;
}

/** The next n training steps' inputs and the processor's losses. */
function trainOnProcessor(
  trainer: Processor,
  program: Program,
  n: number,
): { inputs: TrainingInput[]; losses: number[] } {
  const inputs: TrainingInput[] = [];
  const losses: number[] = [];
  for (let i = 0; i < n; i++) {
    inputs.push(inputOf(trainer, program));
    losses.push(trainer.train(1).loss);
  }
  return { inputs, losses };
}

/** Several submits at once: the ring of staging buffers is what holds them apart. */
async function trainOnGpu(executor: Executor, inputs: TrainingInput[]): Promise<number[]> {
  const parts = Array.from({ length: Math.ceil(inputs.length / kMaxSteps) }, (_, i) =>
    executor.train(inputs.slice(i * kMaxSteps, (i + 1) * kMaxSteps)),
  );
  return (await Promise.all(parts)).flatMap(({ results }) => results.map(({ loss }) => loss));
}

export interface TrainingParity {
  /** Mean training loss of each step on both engines, from the same start; the last one after handing the state over. */
  losses: { cpu: number[]; gpu: number[] };
  /** Largest difference of a parameter after those steps, relative to the largest parameter. */
  parameters: number;
}

/** Some training steps on both engines from the trainer's present state. */
export async function compareTraining(
  trainer: Processor,
  executor: Executor,
  steps = kTrainingSteps,
): Promise<TrainingParity> {
  executor.write(0, trainer.arena());
  const { inputs, losses: cpu } = trainOnProcessor(trainer, executor.program, steps);
  const gpu = await trainOnGpu(executor, inputs);
  const { parameters, moment1, moment2 } = executor.program.regions;
  const wanted = trainer.arena(parameters);
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
  const next = trainOnProcessor(trainer, executor.program, 1);
  cpu.push(...next.losses);
  gpu.push(...(await trainOnGpu(executor, next.inputs)));
  return { losses: { cpu, gpu }, parameters: off / scale };
}

/** What a comparison of both kinds found. */
export interface ParityResult extends TrainingParity {
  /** Largest difference per kernel, relative to the largest entry of what the kernel writes. */
  kernels: Record<string, number>;
  worst: Worst;
  /** Kernels over their tolerance. */
  over: string[];
  /** Allowed relative difference of a loss. */
  loss_tolerance: number;
}

export function parityResult(kernels: Record<string, number>, training: TrainingParity): ParityResult {
  const loss_tolerance = kLossTolerance;
  return { kernels, worst: worstOf(kernels), over: overTolerance(kernels), loss_tolerance, ...training };
}
