// The WGSL kernels as one module, and how many invocations each kernel of a Step takes.
import attention from '../../../core/kernels/attention.wgsl?raw';
import contract from '../../../core/kernels/contract.wgsl?raw';
import embed from '../../../core/kernels/embed.wgsl?raw';
import loss from '../../../core/kernels/loss.wgsl?raw';
import norm from '../../../core/kernels/norm.wgsl?raw';
import optimiser from '../../../core/kernels/optimiser.wgsl?raw';
import positions from '../../../core/kernels/positions.wgsl?raw';
import prelude from '../../../core/kernels/prelude.wgsl?raw';
import softmax from '../../../core/kernels/softmax.wgsl?raw';

export const kSource = [prelude, contract, embed, norm, positions, softmax, attention, loss, optimiser].join('\n');

/** Kernels of kernels.def that have no WGSL yet. A Program that needs one runs on the processor only. */
export const kWithoutTwin: readonly string[] = [];

/** Invocations of one workgroup: kThreads of prelude.wgsl. */
export const kThreads = 64;
/** Words of one Step (core/step.hpp), and where its parts start. */
export const kStepWords = 56;
/** Bit of a Step's flags: it goes in one dispatch with the Step before it; and how many may, at most (core/step.hpp). */
export const kTogether = 8;
export const kMaxTogether = 4;
const kChunkStride = 18;
const kSize = 26;
const kStrideC = 46;
const kAxes = 6;
/** A dispatch may have this many workgroups along one axis. */
const kMaxGroups = 65535;

export interface Extent {
  batch: number;
  chunks: number;
}

/** Elements of a contraction's output. */
function outputs(words: Uint32Array): number {
  let elements = 1;
  for (let axis = 0; axis < kAxes; axis++) {
    if (words[kStrideC + axis] !== 0) elements *= words[kSize + axis];
  }
  return elements;
}

/** Items of each kernel, as the comments in its WGSL say: from the Step's sizes. */
const kItems: Record<string, (extent: Extent, size: Uint32Array, words: Uint32Array) => number> = {
  contract: ({ chunks }, _, words) => outputs(words) * (words[kChunkStride + 2] ? chunks : 1),
  add: ({ batch }, size) => batch * size[0],
  accumulate: ({ batch }, size) => batch * size[0],
  embed: ({ batch }, size) => batch * size[0] * size[1],
  embed_backward: ({ chunks }, size) => chunks * size[1],
  add_position: ({ batch }, size) => batch * size[0] * size[1],
  add_position_backward: ({ chunks }, size) => chunks * size[1] * size[2],
  norm: ({ batch }, size) => batch * size[0],
  norm_backward: ({ batch, chunks }, size) => batch * size[0] + chunks * size[1],
  smear: ({ batch }, size) => batch * size[0] * size[1] * size[2],
  smear_backward: ({ batch, chunks }, size) => batch * size[0] * size[1] * size[2] + chunks * size[1],
  rotary: ({ batch }, size) => (batch * size[0] * size[1] * size[2]) / 2,
  rotary_backward: ({ batch }, size) => (batch * size[0] * size[1] * size[2]) / 2,
  mask_scores: ({ batch }, size) => batch * size[0] * size[1],
  mask_scores_backward: ({ batch }, size) => batch * size[0] * size[1],
  softmax: ({ batch }, size) => batch * size[0] * size[1],
  softmax_backward: ({ batch }, size) => batch * size[0] * size[1],
  attention: ({ batch }, size) => batch * size[1] * kThreads,
  attention_backward: ({ batch }, size) => batch * size[1] * kThreads,
  cross_entropy: ({ batch }, size) => batch * size[0],
  cross_entropy_backward: ({ batch }, size) => batch * size[0],
  reduce_chunks: (_, size) => size[0],
  gradient_norm: () => kThreads,
  sgd: (_, size) => size[0],
  adam: (_, size) => size[0],
  adamw: (_, size) => size[0],
};

/** Kernels that have both an entry point and a known number of items. */
export function kernelsWithTwin(): string[] {
  const entries = new Set([...kSource.matchAll(/@compute[^\n]*\nfn (\w+)\(/g)].map(([, name]) => name));
  return Object.keys(kItems).filter((name) => entries.has(name));
}

/** Workgroups (x, y, z) of one dispatch of Steps that go together: z picks the Step, the largest decides x and y. */
export function groupsOf(kernel: string, steps: Uint32Array[], extent: Extent): [number, number, number] {
  const items = steps.map((words) => kItems[kernel](extent, words.subarray(kSize, kSize + 8), words));
  const groups = Math.max(1, Math.ceil(Math.max(...items) / kThreads));
  const x = Math.min(groups, kMaxGroups);
  return [x, Math.ceil(groups / x), steps.length];
}

/** Floats of workspace that a Step needs on the GPU: attention's reverse keeps [batch, head, T, T]. */
export function scratchFloats(kernel: string, words: Uint32Array, { batch }: Extent): number {
  if (kernel !== 'attention_backward') return 0;
  return batch * words[kSize + 1] * words[kSize] * words[kSize];
}
