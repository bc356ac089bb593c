// Walks a Program's step lists on a WebGPU device: one arena, one compute pass per submit, several training steps in it. What a
// training step needs from outside is one small uniform block; what it gives back is its statistics.
// It knows kernels and offsets; never a tensor's name or a Config.
import type { Batch, Program, Region } from '../protocol.ts';
import {
  allocate,
  type Buffers,
  bindGroup,
  emptyRun,
  everyStep,
  fillRun,
  groupsOfSteps,
  joinBatches,
  kAlign,
  kCopyTarget,
  kGroupAlign,
  kMapRead,
  kMaxSteps,
  kResultBytes,
  problemOf,
  splitSteps,
} from './buffers.ts';
import { type Gpu, GpuError, guarded } from './device.ts';
import { groupsOf, kStopped, uniformOf } from './kernels.ts';
import { Nudge } from './nudge.ts';
import { type Pipelines, pipelinesOf } from './pipelines.ts';
import { regionsOf, resultsOf, type TrainingOutput } from './results.ts';
import { Staging } from './staging.ts';

export interface TrainingInput {
  /** The training step whose batch is drawn. */
  step: number;
  /** Trainer.hyper(step). */
  hyper: Float32Array;
  /** Trainer.batch(step), for a Program whose batches are given. */
  batch?: Batch;
}

interface Dispatch {
  pipeline: GPUComputePipeline;
  groups: [number, number, number];
  /** Where its Steps lie in the uniform buffer. */
  offset: number;
}

export class Executor {
  private readonly dispatches: Dispatch[];
  private readonly forwardOnly: Dispatch[];
  private readonly group: GPUBindGroup;
  private readonly staging: Staging;
  private readonly nudge: Nudge;
  private readonly run: ArrayBuffer;

  private constructor(
    private readonly gpu: Gpu,
    readonly program: Program,
    private readonly pipelines: Pipelines,
    private readonly buffers: Buffers,
  ) {
    const { device, alone } = gpu;
    this.group = bindGroup(device, pipelines.layout, buffers);
    this.dispatches = groupsOfSteps(everyStep(program), alone).map((steps, i) => this.place(steps, i));
    const [drawn, forward] = [program.draw, program.forward].map(
      (list) => groupsOfSteps(splitSteps(list), alone).length,
    );
    this.forwardOnly = this.dispatches.slice(drawn, drawn + forward);
    this.staging = new Staging((size) => device.createBuffer({ size, usage: kMapRead | kCopyTarget }));
    this.nudge = new Nudge(device.queue);
    this.run = emptyRun(program);
    device.queue.writeBuffer(buffers.run, 0, this.run);
  }

  /**
   * Throws GpuError with a sentence when the Program cannot run here. Compiles the kernels of its Steps, and of `more` Steps for runAlone,
   * that no Program on the device had before.
   */
  static async create(gpu: Gpu, program: Program, more: Uint32Array<ArrayBuffer>[] = []): Promise<Executor> {
    const { device } = gpu;
    const problem = problemOf(program, device.limits);
    if (problem) throw new GpuError(problem);
    const names = [...everyStep(program), ...more].map(([kernel]) => program.kernels[kernel]);
    const what = 'what this configuration needs';
    const pipelines = await guarded(gpu, what, () => pipelinesOf(gpu, [...new Set(names)]));
    return guarded(gpu, what, () => new Executor(gpu, program, pipelines, allocate(device, program)));
  }

  get dispatches_per_step(): number {
    return this.dispatches.length;
  }

  /** For other work on the same device to read from, such as a picture's render pass. */
  get arena(): GPUBuffer {
    return this.buffers.arena;
  }

  write(offset: number, values: Float32Array<ArrayBuffer>): void {
    this.gpu.device.queue.writeBuffer(this.buffers.arena, 4 * offset, values);
  }

  async read(offset: number, n: number): Promise<Float32Array<ArrayBuffer>> {
    return (await this.submit([[offset, n]], 0, () => undefined)).read[0];
  }

  /** Copies a region of another executor's arena on the same device. */
  copyFrom(other: Executor, [from, n]: Region, [to, size]: Region): void {
    if (n !== size) throw new RangeError(`a region of ${n} floats cannot be copied to one of ${size}`);
    const encoder = this.gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(other.arena, 4 * from, this.arena, 4 * to, 4 * n);
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  /**
   * Up to kMaxSteps training steps in one submit; `read` leaves with it, so that nothing stalls. Submitted at once, so calls may
   * overlap: the next one goes on where this one ends. A caller keeps no more than two or three under way.
   */
  async train(inputs: TrainingInput[], read: Region[] = []): Promise<TrainingOutput> {
    if (inputs.length < 1 || inputs.length > kMaxSteps)
      throw new RangeError(`a submit has 1 to ${kMaxSteps} training steps, not ${inputs.length}`);
    this.writeRun(inputs);
    this.writeBatches(inputs);
    return this.submit(read, inputs.length, (encoder) => {
      const pass = encoder.beginComputePass();
      inputs.forEach((_, slot) => {
        this.dispatch(pass, this.dispatches, slot);
      });
      pass.end();
    });
  }

  /** Runs the forward list alone, on the tokens that lie in the arena. */
  forward(): void {
    this.runDispatches(this.forwardOnly);
  }

  /** Lets training steps be applied again after one that was not finite. */
  revive(): void {
    this.write(this.program.statistics + kStopped, new Float32Array(1));
  }

  /** Runs one Step by itself, for comparing engines. */
  runAlone(words: Uint32Array<ArrayBuffer>, input: TrainingInput): void {
    this.writeRun([input]);
    if (input.batch) this.writeBatches([input]);
    this.runDispatches([this.place([words], this.dispatches.length)]);
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
    this.staging.dispose();
  }

  /** Puts Steps that go together into their place in the uniform buffer. */
  private place(steps: Uint32Array<ArrayBuffer>[], index: number): Dispatch {
    const { kernels, batch, chunks } = this.program;
    const kernel = kernels[steps[0][0]];
    const pipeline = this.pipelines.kernels.get(kernel);
    if (!pipeline) throw new GpuError(`There is no '${kernel}' for the graphics device.`);
    const offset = index * kGroupAlign;
    steps.forEach((words, i) => {
      const uniform = uniformOf(kernel, words, this.gpu.alone);
      this.gpu.device.queue.writeBuffer(this.buffers.steps, offset + i * uniform.byteLength, uniform);
    });
    return { pipeline, groups: groupsOf(kernel, steps, { batch, chunks, alone: this.gpu.alone }), offset };
  }

  private writeRun(inputs: TrainingInput[]): void {
    inputs.forEach(({ step, hyper }, slot) => {
      fillRun(this.run, slot, step, hyper);
    });
    this.gpu.device.queue.writeBuffer(this.buffers.run, 0, this.run, 0, inputs.length * kAlign);
  }

  /** What was submitted before keeps its own batches: a queue keeps the order. */
  private writeBatches(inputs: TrainingInput[]): void {
    const batches = joinBatches(this.program, inputs);
    if (batches) this.gpu.device.queue.writeBuffer(this.buffers.given, 0, batches);
  }

  private runDispatches(dispatches: Dispatch[]): void {
    const encoder = this.gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.dispatch(pass, dispatches, 0);
    pass.end();
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  private dispatch(pass: GPUComputePassEncoder, dispatches: Dispatch[], slot: number): void {
    for (const { pipeline, groups, offset } of dispatches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, this.group, [offset, slot * kAlign]);
      pass.dispatchWorkgroups(...groups);
    }
  }

  /** Submits what `encode` records and, after it, copies of `steps` results and of regions of the arena. */
  private async submit(
    read: Region[],
    steps: number,
    encode: (encoder: GPUCommandEncoder) => void,
  ): Promise<TrainingOutput> {
    this.gpu.check();
    const bytes = steps * kResultBytes + read.reduce((sum, [, n]) => sum + 4 * n, 0);
    const staging = this.staging.take(bytes);
    try {
      const encoder = this.gpu.device.createCommandEncoder();
      encode(encoder);
      if (steps > 0) encoder.copyBufferToBuffer(this.buffers.results, 0, staging, 0, steps * kResultBytes);
      let at = steps * kResultBytes;
      for (const [offset, n] of read) {
        encoder.copyBufferToBuffer(this.arena, 4 * offset, staging, at, 4 * n);
        at += 4 * n;
      }
      this.gpu.device.queue.submit([encoder.finish()]);
      const values = new Float32Array(await this.mapped(staging, bytes));
      return { results: resultsOf(values, steps), read: regionsOf(values, (steps * kResultBytes) / 4, read) };
    } finally {
      this.staging.give(staging);
    }
  }

  private async mapped(staging: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    const answer = staging.mapAsync(kMapRead, 0, bytes).catch((error: Error) => {
      this.gpu.check();
      throw new GpuError(`The graphics device gave nothing back: ${error.message}`);
    });
    await this.nudge.during(answer);
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    this.gpu.check();
    return copy;
  }
}
