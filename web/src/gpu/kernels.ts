// How many workgroups each kernel of a Step takes, and what its uniform buffer holds.
import { kChunkStride, kPlanWords, kSize, planOf, tilesOf } from './plan.ts';
import { kSource } from './sources.ts';

/** Kernels of kernels.def that have no WGSL yet. A Program that needs one runs on the processor only. */
export const kWithoutTwin: readonly string[] = [];

/** Invocations of one workgroup: kThreads of prelude.wgsl. */
export const kThreads = 64;
/** Words of one Step (core/step.hpp). */
export const kStepWords = 56;
/** And of its place in the uniform buffer. */
export const kUniformWords = kStepWords + kPlanWords;
/** Bit of a Step's flags: it goes in one dispatch with the Step before it; and how many may, at most (core/step.hpp). */
export const kTogether = 8;
export const kMaxTogether = 4;
/** Numbers that `measure` writes, and which of them stops the training steps after it (core/step.hpp). */
export const kStatistics = 3;
export const kStopped = 2;
/** A dispatch may have this many workgroups along one axis. */
const kMaxGroups = 65535;

export interface Extent {
  batch: number;
  chunks: number;
  /** Invocations work alone (Gpu.alone). */
  alone?: boolean;
}

/** Rows and columns of one tile of a product: kTile of tile_together.wgsl. */
export const kTile = 32;
/** Of a contraction: kTileSize of contract_together.wgsl and of contract_alone.wgsl. */
export const kTiles = { together: [kTile, kTile], alone: [16, 32] } as const;
const tileOf = (alone?: boolean) => kTiles[alone ? 'alone' : 'together'];
/** Of attention's products where invocations work alone: kSide of tile_alone.wgsl. */
export const kSide = 8;
/** Invocations of a workgroup that makes such tiles: kAlone of tile_alone.wgsl. */
export const kAlone = 16;
/** And of one that makes attention's reverse, a head each: kHeads of attention_alone.wgsl. */
export const kHeads = 8;
/** Invocations that share a row, or a contraction's tile: kQuad of lanes.wgsl. */
export const kQuad = 4;

/** Columns of norm_backward's sums that one workgroup takes: kStrip of norm.wgsl. */
export const kStrip = 16;

const parts = (n: number, size: number) => Math.ceil(n / size);

/** Workgroups of a kernel whose items are numbered one by one. */
const items = (n: number) => parts(n, kThreads);
/** Workgroups of a kernel whose items are tiles, or parts of them, that invocations make alone. */
const lonely = (n: number) => parts(n, kAlone);
/** Workgroups of a kernel whose rows are sums over lanes. */
const rows = (n: number) => parts(n * kQuad, kThreads);

/** Workgroups of each kernel, as the comments in its WGSL say: from the Step's sizes. */
const kGroups: Record<string, (extent: Extent, size: Uint32Array, words: Uint32Array) => number> = {
  contract({ chunks, alone }, _, words) {
    const tiles = tilesOf(words, tileOf(alone)) * (words[kChunkStride + 2] ? chunks : 1);
    return alone ? lonely(kQuad * tiles) : tiles;
  },
  add: ({ batch }, size) => items(batch * size[0]),
  accumulate: ({ batch }, size) => items(batch * size[0]),
  embed: ({ batch }, size) => items(batch * size[0] * size[1]),
  embed_backward: ({ chunks, alone }, size) =>
    alone ? items(chunks * size[1]) : chunks * size[2] * parts(size[1], kThreads),
  add_position: ({ batch }, size) => items(batch * size[0] * size[1]),
  add_position_backward: ({ chunks }, size) => items(chunks * size[1] * size[2]),
  add_bias: ({ batch }, size) => items(batch * size[0] * size[1]),
  add_bias_backward: ({ chunks }, size) => items(chunks * size[1]),
  gelu: ({ batch }, size) => items(batch * size[0]),
  gelu_backward: ({ batch }, size) => items(batch * size[0]),
  dropout: ({ batch }, size) => items(batch * size[0]),
  norm: ({ batch }, size) => rows(batch * size[0]),
  norm_backward: ({ batch, chunks }, size) => rows(batch * size[0]) + chunks * parts(size[1], kStrip),
  smear: ({ batch }, size) => items(batch * size[0] * size[1] * size[2]),
  smear_backward: ({ batch, chunks }, size) => items(batch * size[0] * size[1] * size[2]) + chunks * size[1],
  rotary: ({ batch }, size) => items((batch * size[0] * size[1] * size[2]) / 2),
  rotary_backward: ({ batch }, size) => items((batch * size[0] * size[1] * size[2]) / 2),
  mask_scores: ({ batch }, size) => items(batch * size[0] * size[0] * size[1]),
  mask_scores_backward: ({ batch }, size) => items(batch * size[0] * size[0] * size[1]),
  relative_bias_backward: ({ chunks }, size) => items(chunks * size[1] * size[2]),
  softmax: ({ batch }, size) => rows(batch * size[0] * size[1]),
  softmax_backward: ({ batch }, size) => rows(batch * size[0] * size[1]),
  attention({ batch, alone }, size) {
    const shares = batch * size[1] * parts(size[0], alone ? kSide : kTile);
    return alone ? lonely(shares) : shares;
  },
  attention_backward: ({ batch, alone }, size) => (alone ? parts(batch * size[1], kHeads) : batch * size[1]),
  put: ({ batch }, size) => items(batch * size[0] * size[1]),
  match_pattern: ({ batch }, size) => items(batch * size[0]),
  copy_tokens: ({ batch }, size) => items(batch * size[0]),
  copy_tokens_backward: ({ batch }, size) => items(batch * size[0] * size[0] * size[2]),
  patch_rows: ({ batch }, size) => items(batch * size[2]),
  patch_rows_backward: ({ chunks }, size) => items(chunks * size[0] * size[1] * size[2]),
  cross_entropy: ({ batch }, size) => rows(batch * size[0]),
  cross_entropy_backward: ({ batch }, size) => rows(batch * size[0]),
  brier: ({ batch }, size) => rows(batch * size[0]),
  brier_backward: ({ batch }, size) => rows(batch * size[0]),
  reduce_chunks: (_, size) => items(size[0]),
  mask_gradient: (_, size) => items(size[0]),
  measure: () => 1,
  hold: (_, size) => items(size[0]),
  release: (_, size) => items(size[0]),
  sgd: (_, size) => items(size[0]),
  adam: (_, size) => items(size[0]),
  adamw: (_, size) => items(size[0]),
  lion: (_, size) => items(size[0]),
  muon_direction: (_, size) => size[0],
  muon_polynomial: (_, size) => items(size[0]),
  muon_update: (_, size) => items(size[0] * size[1] * size[2]),
  draw_repeat: ({ batch }) => batch,
  draw_repeat_fixed: ({ batch }) => batch,
  draw_bigram: ({ batch }) => batch,
  draw_given: (_, size) => items(size.reduce((sum, n) => sum + n)),
};

/** Kernels that have both an entry point and a known number of workgroups. */
export function kernelsWithTwin(): string[] {
  const entries = new Set([...kSource.matchAll(/@compute[^\n]*\nfn (\w+)\(/g)].map(([, name]) => name));
  return Object.keys(kGroups).filter((name) => entries.has(name));
}

/** Workgroups (x, y, z) of one dispatch of Steps that go together: z picks the Step, the largest decides x and y. */
export function groupsOf(kernel: string, steps: Uint32Array[], extent: Extent): [number, number, number] {
  const each = steps.map((words) => kGroups[kernel](extent, words.subarray(kSize, kSize + 8), words));
  const groups = Math.max(1, ...each);
  const x = Math.min(groups, kMaxGroups);
  return [x, Math.ceil(groups / x), steps.length];
}

/** What the uniform buffer holds of a Step: its words, then its plan where it has one. */
export function uniformOf(kernel: string, words: Uint32Array, alone: boolean): Uint32Array<ArrayBuffer> {
  const uniform = new Uint32Array(kUniformWords);
  uniform.set(words);
  if (kernel === 'contract') uniform.set(planOf(words, tileOf(alone)), kStepWords);
  return uniform;
}

/** Floats of workspace that a Step needs on the GPU: attention's reverse keeps [batch, head, T, T]. */
export function scratchFloats(kernel: string, words: Uint32Array, { batch }: Extent): number {
  if (kernel !== 'attention_backward') return 0;
  return batch * words[kSize + 1] * words[kSize] * words[kSize];
}
