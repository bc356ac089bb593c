// What a Program takes on a WebGPU device: its buffers, their layout, and whether they fit.
import type { Batch, Program } from '../protocol.ts';
import { kernelsWithTwin, kMaxTogether, kStepWords, kTogether, kUniformWords, scratchFloats } from './kernels.ts';

/** Bytes between two training steps' numbers in a uniform buffer: what every device can align to. */
export const kAlign = 256;
/** Bytes of one group of Steps in a uniform buffer, and between two of them. */
export const kGroupBytes = 4 * kUniformWords * kMaxTogether;
export const kGroupAlign = Math.ceil(kGroupBytes / kAlign) * kAlign;
/** The numbers of one training step: `Run` of prelude.wgsl. */
export const kRunBytes = 80;
/** Training steps in one submit, at most: few enough that a submit is short, enough that they hide what a submit costs. */
export const kMaxSteps = 16;
/** Bytes of one training step's results, as `results` of prelude.wgsl. */
export const kResultBytes = 16;

// The specification's numbers: the types of the browser declare no such constants.
export const kMapRead = 0x1;
export const kCopySource = 0x4;
export const kCopyTarget = 0x8;
export const kUniform = 0x40;
export const kStorage = 0x80;
export const kComputeStage = 0x4;

export interface Buffers {
  arena: GPUBuffer;
  scratch: GPUBuffer;
  steps: GPUBuffer;
  run: GPUBuffer;
  results: GPUBuffer;
  draw_table: GPUBuffer;
  given: GPUBuffer;
}

/** Steps of a list as views of their words. */
export function splitSteps(list: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer>[] {
  return Array.from({ length: list.length / kStepWords }, (_, i) =>
    list.subarray(i * kStepWords, (i + 1) * kStepWords),
  );
}

/** In the order of a training step. */
export function everyStep({ draw, forward, backward, finish, update }: Program): Uint32Array<ArrayBuffer>[] {
  return [draw, forward, backward, finish, update].flatMap(splitSteps);
}

/** Steps of a list that go together in one dispatch; `alone` (Gpu.alone): each by itself. */
export function groupsOfSteps(list: Uint32Array<ArrayBuffer>[], alone = false): Uint32Array<ArrayBuffer>[][] {
  const groups: Uint32Array<ArrayBuffer>[][] = [];
  for (const words of list) {
    if (words[1] & kTogether && !alone) groups[groups.length - 1].push(words);
    else groups.push([words]);
  }
  return groups;
}

/** Floats of one training step's batch where it comes from outside; else 0. */
export function givenFloats({ given, inputs }: Program): number {
  return given ? inputs.reduce((sum, [, n]) => sum + n, 0) : 0;
}

/** The batches of a submit as draw_given reads them, slot after slot; null where the device draws its own. */
export function joinBatches(
  program: Program,
  slots: { step: number; batch?: Batch }[],
): Float32Array<ArrayBuffer> | null {
  const floats = givenFloats(program);
  if (floats === 0) return null;
  const joined = new Float32Array(slots.length * floats);
  slots.forEach(({ step, batch }, slot) => {
    let at = slot * floats;
    for (const values of batch ?? []) {
      joined.set(values, at);
      at += values.length;
    }
    if (at !== (slot + 1) * floats)
      throw new RangeError(`the batch of step ${step} must be given, as ${floats} numbers`);
  });
  return joined;
}

/** A sentence when the Program cannot run on a device with these limits. */
export function problemOf(program: Program, limits: GPUSupportedLimits): string | null {
  const missing = everyStep(program).find(([kernel]) => !kernelsWithTwin().includes(program.kernels[kernel]));
  if (missing) return `There is no '${program.kernels[missing[0]]}' for the graphics device.`;
  const scratch = everyStep(program).map((words) => scratchFloats(program.kernels[words[0]], words, program));
  const given = kMaxSteps * givenFloats(program);
  const bytes = 4 * Math.max(program.arena_floats, program.draw_table.length, given, ...scratch);
  const limit = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  if (bytes <= limit) return null;
  const megabytes = (n: number) => Math.ceil(n / 2 ** 20);
  return `This configuration needs ${megabytes(bytes)} MiB in one piece; the graphics device gives ${megabytes(limit)} MiB.`;
}

export function layoutOf(device: GPUDevice): GPUBindGroupLayout {
  const uniform = (size: number): GPUBufferBindingLayout => ({
    type: 'uniform',
    hasDynamicOffset: true,
    minBindingSize: size,
  });
  const buffers: GPUBufferBindingLayout[] = [
    { type: 'storage' },
    { type: 'storage' },
    uniform(kGroupBytes),
    uniform(kRunBytes),
    { type: 'storage' },
    { type: 'read-only-storage' },
    { type: 'read-only-storage' },
  ];
  const entries = buffers.map((buffer, binding) => ({ binding, visibility: kComputeStage, buffer }));
  return device.createBindGroupLayout({ entries });
}

/** What `Run` of prelude.wgsl holds, for each slot of a submit; hyper and the training step are to be filled in. */
export function emptyRun({ batch, chunks, chunk_sequences }: Program): ArrayBuffer {
  const run = new ArrayBuffer(kMaxSteps * kAlign);
  for (let slot = 0; slot < kMaxSteps; slot++)
    new Uint32Array(run, slot * kAlign + 48).set([batch, chunks, chunk_sequences, 0, 0, slot]);
  return run;
}

/** Fills in one slot of emptyRun. */
export function fillRun(run: ArrayBuffer, slot: number, step: number, hyper: Float32Array): void {
  new Float32Array(run, slot * kAlign, 12).set(hyper);
  // 32 bits, as the counters of the random numbers.
  new Uint32Array(run, slot * kAlign + 64, 1)[0] = step % 2 ** 32;
}

export function allocate(device: GPUDevice, program: Program): Buffers {
  const steps = everyStep(program);
  const scratch = Math.max(1, ...steps.map((words) => scratchFloats(program.kernels[words[0]], words, program)));
  const buffer = (size: number, usage: number) => device.createBuffer({ size, usage: usage | kCopyTarget });
  const buffers = {
    arena: buffer(4 * program.arena_floats, kStorage | kCopySource),
    scratch: buffer(4 * scratch, kStorage),
    steps: buffer((steps.length + 1) * kGroupAlign, kUniform),
    run: buffer(kMaxSteps * kAlign, kUniform),
    results: buffer(kMaxSteps * kResultBytes, kStorage | kCopySource),
    draw_table: buffer(4 * Math.max(1, program.draw_table.length), kStorage),
    given: buffer(4 * Math.max(1, kMaxSteps * givenFloats(program)), kStorage),
  };
  device.queue.writeBuffer(buffers.draw_table, 0, program.draw_table);
  return buffers;
}

export function bindGroup(device: GPUDevice, layout: GPUBindGroupLayout, buffers: Buffers): GPUBindGroup {
  const resources: GPUBufferBinding[] = [
    { buffer: buffers.arena },
    { buffer: buffers.scratch },
    { buffer: buffers.steps, size: kGroupBytes },
    { buffer: buffers.run, size: kRunBytes },
    { buffer: buffers.results },
    { buffer: buffers.draw_table },
    { buffer: buffers.given },
  ];
  return device.createBindGroup({ layout, entries: resources.map((resource, binding) => ({ binding, resource })) });
}
