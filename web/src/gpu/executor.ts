// Walks a Program's step lists on a WebGPU device: one arena, one compute pass per training step, several steps per submit.
// It knows kernels and offsets; never a tensor's name or a Config.
import type { Batch, Program } from '../protocol.ts';
import {
  allocate,
  type Buffers,
  everyStep,
  groupsOfSteps,
  kAlign,
  kCopyTarget,
  kGroupAlign,
  kGroupBytes,
  kMapRead,
  kMaxSteps,
  kRunBytes,
  kRunCounts,
  layoutOf,
  problemOf,
  splitSteps,
} from './buffers.ts';
import { type Gpu, GpuError, guarded } from './device.ts';
import { groupsOf, kernelsWithTwin, kSource } from './kernels.ts';
import { Ring } from './ring.ts';

export interface TrainingInput {
  batch: Batch;
  /** Trainer.hyper() of the step. */
  hyper: Float32Array;
}

export interface TrainingResult {
  /** Mean training loss in nats, before the update. */
  loss: number;
  gradient_norm: number;
}

interface Dispatch {
  pipeline: GPUComputePipeline;
  groups: [number, number, number];
  /** Where its Steps lie in the uniform buffer. */
  offset: number;
}

export class Executor {
  private readonly dispatches: Dispatch[];
  private readonly ring: Ring;

  private constructor(
    private readonly gpu: Gpu,
    readonly program: Program,
    private readonly pipelines: Map<string, GPUComputePipeline>,
    private readonly buffers: Buffers,
    private readonly group: GPUBindGroup,
  ) {
    this.dispatches = groupsOfSteps(everyStep(program)).map((steps, i) => this.place(steps, i));
    const bytes = kMaxSteps * this.resultBytes;
    this.ring = new Ring(() => gpu.device.createBuffer({ size: bytes, usage: kMapRead | kCopyTarget }));
    const counts = Uint32Array.of(program.batch, program.chunks, program.chunk_sequences, 0);
    for (let i = 0; i < kMaxSteps; i++) gpu.device.queue.writeBuffer(buffers.run, i * kAlign + 4 * kRunCounts, counts);
  }

  /** Throws GpuError with a sentence when the Program cannot run here. */
  static async create(gpu: Gpu, program: Program): Promise<Executor> {
    const { device } = gpu;
    const problem = problemOf(program, device.limits);
    if (problem) throw new GpuError(problem);
    return guarded(gpu, 'what this configuration needs', async () => {
      const layout = layoutOf(device);
      const names = [...new Set(kernelsWithTwin())];
      const module = device.createShaderModule({ code: kSource });
      const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
      const made = names.map((entryPoint) =>
        device.createComputePipelineAsync({ layout: pipelineLayout, compute: { module, entryPoint } }),
      );
      const pipelines = new Map((await Promise.all(made)).map((pipeline, i) => [names[i], pipeline]));
      const buffers = allocate(device, program);
      const resources = [
        { buffer: buffers.arena },
        { buffer: buffers.scratch },
        { buffer: buffers.steps, size: kGroupBytes },
        { buffer: buffers.run, size: kRunBytes },
      ];
      const entries = resources.map((resource, binding) => ({ binding, resource }));
      return new Executor(gpu, program, pipelines, buffers, device.createBindGroup({ layout, entries }));
    });
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
    const { device } = this.gpu;
    const staging = device.createBuffer({ size: 4 * n, usage: kMapRead | kCopyTarget });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(this.buffers.arena, 4 * offset, staging, 0, 4 * n);
    device.queue.submit([encoder.finish()]);
    const bytes = await this.mapped(staging, 4 * n);
    staging.destroy();
    return new Float32Array(bytes);
  }

  async step(batch: Batch, hyper: Float32Array): Promise<TrainingResult> {
    return (await this.train([{ batch, hyper }]))[0];
  }

  /** Up to kMaxSteps training steps in one submit. Calls may overlap: their results come in order. */
  async train(inputs: TrainingInput[]): Promise<TrainingResult[]> {
    if (inputs.length > kMaxSteps) throw new RangeError(`at most ${kMaxSteps} training steps in one submit`);
    const staging = await this.ring.take();
    try {
      this.gpu.check();
      const encoder = this.gpu.device.createCommandEncoder();
      inputs.forEach((input, i) => {
        this.encode(encoder, input, i, staging);
      });
      this.gpu.device.queue.submit([encoder.finish()]);
      const results = new Float32Array(await this.mapped(staging, inputs.length * this.resultBytes));
      return inputs.map((_, i) => this.result(results, (i * this.resultBytes) / 4));
    } finally {
      this.ring.give(staging);
    }
  }

  /** Runs the forward list alone, on the tokens that lie in the arena. */
  forward(): void {
    const encoder = this.gpu.device.createCommandEncoder();
    const forward = groupsOfSteps(splitSteps(this.program.forward)).length;
    this.pass(encoder, this.dispatches.slice(0, forward), 0);
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  /** Runs one Step by itself, for comparing engines. */
  runAlone(words: Uint32Array<ArrayBuffer>, hyper: Float32Array): void {
    this.writeHyper(hyper, 0);
    const dispatch = this.place([words], this.dispatches.length);
    const encoder = this.gpu.device.createCommandEncoder();
    this.pass(encoder, [dispatch], 0);
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
    this.ring.dispose();
  }

  /** Bytes that one training step gives back: a loss per position, the gradient's norm. */
  private get resultBytes(): number {
    return 4 * (this.program.batch * this.program.length + 1);
  }

  /** Puts Steps that go together into their place in the uniform buffer. */
  private place(steps: Uint32Array<ArrayBuffer>[], index: number): Dispatch {
    const kernel = this.program.kernels[steps[0][0]];
    const pipeline = this.pipelines.get(kernel);
    if (!pipeline) throw new GpuError(`There is no '${kernel}' for the graphics device.`);
    const offset = index * kGroupAlign;
    steps.forEach((words, i) => {
      this.gpu.device.queue.writeBuffer(this.buffers.steps, offset + i * words.byteLength, words);
    });
    return { pipeline, groups: groupsOf(kernel, steps, this.program), offset };
  }

  private writeHyper(hyper: Float32Array, slot: number): void {
    this.gpu.device.queue.writeBuffer(this.buffers.run, slot * kAlign, Float32Array.from(hyper));
  }

  private encode(encoder: GPUCommandEncoder, { batch, hyper }: TrainingInput, slot: number, staging: GPUBuffer): void {
    const { arena, upload } = this.buffers;
    const { tokens, targets, loss, gradient_norm } = this.program;
    const bytes = this.resultBytes - 4;
    this.writeHyper(hyper, slot);
    const rows: [number, Float32Array<ArrayBuffer>][] = [
      [tokens, batch.tokens],
      [targets, batch.targets],
    ];
    rows.forEach(([offset, values], i) => {
      const place = (2 * slot + i) * bytes;
      this.gpu.device.queue.writeBuffer(upload, place, values);
      encoder.copyBufferToBuffer(upload, place, arena, 4 * offset, bytes);
    });
    this.pass(encoder, this.dispatches, slot);
    encoder.copyBufferToBuffer(arena, 4 * loss, staging, slot * this.resultBytes, bytes);
    encoder.copyBufferToBuffer(arena, 4 * gradient_norm, staging, slot * this.resultBytes + bytes, 4);
  }

  private pass(encoder: GPUCommandEncoder, dispatches: Dispatch[], slot: number): void {
    const pass = encoder.beginComputePass();
    for (const { pipeline, groups, offset } of dispatches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, this.group, [offset, slot * kAlign]);
      pass.dispatchWorkgroups(...groups);
    }
    pass.end();
  }

  private async mapped(staging: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    await staging.mapAsync(kMapRead, 0, bytes).catch((error: Error) => {
      this.gpu.check();
      throw new GpuError(`The graphics device gave nothing back: ${error.message}`);
    });
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    this.gpu.check();
    return copy;
  }

  private result(values: Float32Array, first: number): TrainingResult {
    const n = this.program.batch * this.program.length;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[first + i];
    return { loss: sum / n, gradient_norm: values[first + n] };
  }
}
