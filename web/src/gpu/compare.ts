// What a Step writes, and how far two arenas are apart after it: per output, relative to the output's largest entry.
import type { Program, Region } from '../protocol.ts';
import { kStatistics } from './kernels.ts';

const kOffset = 2;
const kBatchStride = 10;
const kChunkStride = 18;
const kSize = 26;
const kStrideA = 34;
const kStrideC = 46;
const kAxes = 6;

/** Operands that each kernel writes. */
const kWritten: Record<string, number[]> = {
  contract: [2],
  add: [2],
  accumulate: [1],
  embed: [2],
  embed_backward: [1],
  add_position: [2],
  add_position_backward: [1],
  add_bias: [2],
  add_bias_backward: [1],
  gelu: [1],
  gelu_backward: [2],
  dropout: [1],
  norm: [2, 4],
  norm_backward: [3, 5, 6],
  smear: [2],
  smear_backward: [3, 4],
  rotary: [2],
  rotary_backward: [2],
  mask_scores: [2],
  mask_scores_backward: [1],
  relative_bias_backward: [2],
  softmax: [1],
  softmax_backward: [2],
  attention: [3, 4],
  attention_backward: [5, 6, 7],
  put: [1],
  match_pattern: [1],
  copy_tokens: [2],
  copy_tokens_backward: [2],
  patch_rows: [1],
  patch_rows_backward: [1],
  cross_entropy: [2],
  cross_entropy_backward: [2],
  brier: [2],
  brier_backward: [2],
  reduce_chunks: [1],
  mask_gradient: [0],
  measure: [2],
  hold: [1],
  release: [0],
  sgd: [0, 2],
  adam: [0, 2, 3],
  adamw: [0, 2, 3],
  lion: [0, 2],
  muon_direction: [1, 2],
  muon_polynomial: [1],
  muon_update: [0],
};

type Words = Uint32Array<ArrayBuffer>;

/** Floats of an output that is not counted per sequence: of a parameter's gradient, of one chunk's copy. */
function floatsOf(kernel: string, words: Words): number {
  const size = words.subarray(kSize, kSize + 8);
  if (kernel === 'measure') return kStatistics;
  if (kernel === 'relative_bias_backward' || kernel === 'embed_backward' || kernel === 'add_position_backward')
    return size[1] * size[2];
  if (kernel === 'add_bias_backward' || kernel === 'norm_backward' || kernel === 'smear_backward') return size[1];
  if (kernel === 'muon_direction' || kernel === 'muon_update') {
    const [matrix, row] = words.subarray(kStrideA);
    return (size[0] - 1) * matrix + (size[1] - 1) * row + size[2];
  }
  if (kernel !== 'contract') return size[0];
  const strides = words.subarray(kStrideC, kStrideC + kAxes);
  return strides.reduce((last, stride, axis) => last + stride * Math.max(0, size[axis] - 1), 1);
}

/** What a Step may write, ascending. Outputs that overlap or lie interleaved (q, k and v of one projection) are one region. */
export function writtenBy(program: Program, words: Words): Region[] {
  const kernel = program.kernels[words[0]];
  const regions = kWritten[kernel].map((i): Region => {
    const [offset, perSequence, perChunk] = [kOffset, kBatchStride, kChunkStride].map((part) => words[part + i]);
    if (perSequence) return [offset, program.batch * perSequence];
    return [offset, (perChunk ? (program.chunks - 1) * perChunk : 0) + floatsOf(kernel, words)];
  });
  regions.sort(([a], [b]) => a - b);
  const merged: Region[] = [];
  for (const [offset, n] of regions) {
    const last = merged[merged.length - 1];
    // The last sequence of an interleaved output ends before its stride does.
    const end = Math.min(offset + n, program.arena_floats);
    if (last && offset < last[0] + last[1]) last[1] = Math.max(last[1], end - last[0]);
    else merged.push([offset, end - offset]);
  }
  return merged;
}

/** Where a Step's outputs start, ascending; interleaved ones count as one. */
function blocksOf(program: Program, words: Words): number[] {
  const operands = kWritten[program.kernels[words[0]]].map((i) => ({
    offset: words[kOffset + i],
    reach: words[kBatchStride + i],
  }));
  operands.sort((a, b) => a.offset - b.offset);
  return operands
    .filter(({ offset }, i) => i === 0 || offset >= operands[i - 1].offset + operands[i - 1].reach)
    .map(({ offset }) => offset);
}

/** One region of the arena: before a Step, and after it on either engine. */
export interface Written {
  offset: number;
  before: Float32Array;
  cpu: Float32Array;
  gpu: Float32Array;
}

/** Largest difference after a Step, relative to the largest entry of the output that it is in. */
export function differenceOf(program: Program, words: Words, regions: Written[]): number {
  const blocks = blocksOf(program, words);
  const [first, size] = program.regions.chunks;
  const apart = blocks.map(() => 0);
  const scale = blocks.map(() => 0);
  for (const { offset, before, cpu, gpu } of regions) {
    for (let i = 0; i < cpu.length; i++) {
      const unmoved = Object.is(cpu[i], before[i]) && Object.is(gpu[i], before[i]);
      if (unmoved) continue;
      const at = offset + i;
      // Every gradient chunk counts as the first one.
      const place = at >= first && at < first + size ? first + ((at - first) % program.regions.parameters[1]) : at;
      const block = Math.max(
        0,
        blocks.findLastIndex((start) => start <= place),
      );
      if (Number.isFinite(cpu[i])) scale[block] = Math.max(scale[block], Math.abs(cpu[i]));
      const off = cpu[i] === gpu[i] ? 0 : Math.abs(cpu[i] - gpu[i]);
      apart[block] = Math.max(apart[block], Number.isNaN(off) ? Number.POSITIVE_INFINITY : off);
    }
  }
  return Math.max(...apart.map((off, i) => (off === 0 ? 0 : off / Math.max(scale[i], 1e-30))));
}
