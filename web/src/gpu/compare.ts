// How far two arenas are apart after the same Step: per output block, relative to the block's largest entry.
import type { Program } from '../protocol.ts';
import { splitSteps } from './buffers.ts';
import { kStepWords } from './kernels.ts';

const kOffset = 2;
const kBatchStride = 10;
const kSize = 26;

/** Operands that each kernel writes. */
const kWritten: Record<string, number[]> = {
  contract: [2],
  add: [2],
  accumulate: [1],
  embed: [2],
  embed_backward: [1],
  add_position: [2],
  add_position_backward: [1],
  norm: [2, 4],
  norm_backward: [3, 5, 6],
  smear: [2],
  smear_backward: [3, 4],
  rotary: [2],
  rotary_backward: [2],
  mask_scores: [2],
  mask_scores_backward: [1],
  softmax: [1],
  softmax_backward: [2],
  attention: [3, 4],
  attention_backward: [5, 6, 7],
  cross_entropy: [2],
  cross_entropy_backward: [2],
  reduce_chunks: [1],
  gradient_norm: [1],
  sgd: [0, 2],
  adam: [0, 2, 3],
  adamw: [0, 2, 3],
};

/** Where a Step's outputs start, ascending. Outputs that lie interleaved (q, k and v of one projection) count as one. */
function blocksOf(program: Program, words: Uint32Array): number[] {
  const operands = kWritten[program.kernels[words[0]]].map((i) => ({
    offset: words[kOffset + i],
    reach: words[kBatchStride + i],
  }));
  operands.sort((a, b) => a.offset - b.offset);
  return operands
    .filter(({ offset }, i) => i === 0 || offset >= operands[i - 1].offset + operands[i - 1].reach)
    .map(({ offset }) => offset);
}

/** Largest difference between two arenas after a Step, relative to the largest entry of the block that it is in. */
export function differenceOf(
  program: Program,
  words: Uint32Array,
  before: Float32Array,
  cpu: Float32Array,
  gpu: Float32Array,
): number {
  const blocks = blocksOf(program, words);
  const [first, size] = program.regions.chunks;
  const apart = blocks.map(() => 0);
  const scale = blocks.map(() => 0);
  for (let i = 0; i < cpu.length; i++) {
    const unmoved = Object.is(cpu[i], before[i]) && Object.is(gpu[i], before[i]);
    if (unmoved) continue;
    // Every gradient chunk counts as the first one.
    const place = i >= first && i < first + size ? first + ((i - first) % program.regions.parameters[1]) : i;
    const block = Math.max(
      0,
      blocks.findLastIndex((start) => start <= place),
    );
    if (Number.isFinite(cpu[i])) scale[block] = Math.max(scale[block], Math.abs(cpu[i]));
    const off = cpu[i] === gpu[i] ? 0 : Math.abs(cpu[i] - gpu[i]);
    apart[block] = Math.max(apart[block], Number.isNaN(off) ? Number.POSITIVE_INFINITY : off);
  }
  return Math.max(...apart.map((off, i) => (off === 0 ? 0 : off / Math.max(scale[i], 1e-30))));
}

/**
 * Steps for the kernels that training programs do not have (the unfused ones of Mode::plain): they work on the patterns of
 * the first and the last attention of the Program, whatever is in them.
 */
export function syntheticSteps(program: Program): Uint32Array<ArrayBuffer>[] {
  const fused = splitSteps(program.forward).filter(([kernel]) => program.kernels[kernel] === 'attention');
  const [one, two] = [fused[0], fused[fused.length - 1]].map((words) => words[kOffset + 3]);
  const [length, heads] = fused[0].subarray(kSize, kSize + 2);
  const floats = heads * length * length;
  const made = (name: string, operands: number[], sizes: number[]) => {
    const words = new Uint32Array(kStepWords);
    words[0] = program.kernels.indexOf(name);
    operands.forEach((offset, i) => {
      words[kOffset + i] = offset;
      words[kBatchStride + i] = floats;
    });
    words.set(sizes, kSize);
    new Float32Array(words.buffer)[52] = 0.37;
    return words;
  };
  return [
    made('softmax_backward', [one, two, two], [length, heads]),
    made('mask_scores_backward', [one, two], [length, heads]),
    made('softmax', [one, two], [length, heads]),
    made('add', [one, two, two], [floats]),
    made('accumulate', [one, two], [floats]),
    made('mask_scores', [one, one, two], [length, heads]),
  ];
}
