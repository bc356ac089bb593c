// Which head of one model plays the part of which head of another. Within a layer heads may be swapped without changing what a model
// computes, so their numbers mean nothing; what they look at does.
import type { HeadScores } from '@core/loader.mjs';

export interface HeadPair {
  layer: number;
  /** null: the other model has more heads, or more layers. */
  a: number | null;
  b: number | null;
  /** 0 to 1; null without a partner. */
  similarity: number | null;
}

export interface HeadCount {
  n_layers: number;
  n_heads: number;
}

/** Ties go to the head of the same number, so that two equal models are matched head by head. */
const kTie = 1e-6;

/** Layer by layer the pairing whose similarities add up to most; `similarity` is given places among all heads of A and of B. */
export function matchHeads(a: HeadCount, b: HeadCount, similarity: (a: number, b: number) => number): HeadPair[] {
  const pairs: HeadPair[] = [];
  for (let layer = 0; layer < Math.max(a.n_layers, b.n_layers); layer++) {
    const [n, m] = [layer < a.n_layers ? a.n_heads : 0, layer < b.n_layers ? b.n_heads : 0];
    const table = Array.from({ length: n }, (_, i) =>
      Array.from({ length: m }, (_, j) => similarity(layer * a.n_heads + i, layer * b.n_heads + j)),
    );
    pairs.push(...pairLayer(layer, table, m));
  }
  return pairs;
}

function pairLayer(layer: number, table: number[][], m: number): HeadPair[] {
  const n = table.length;
  const chosen = n === 0 || m === 0 ? [] : assign(table.map((row, i) => row.map((s, j) => s + (i === j ? kTie : 0))));
  const pairs = table.map((row, a): HeadPair => {
    const b = chosen[a] ?? null;
    return { layer, a, b, similarity: b === null ? null : row[b] };
  });
  const left = Array.from({ length: m }, (_, b) => b).filter((b) => !chosen.includes(b));
  return [...pairs, ...left.map((b): HeadPair => ({ layer, a: null, b, similarity: null }))];
}

/** For each row its column, so that the sum is as large as can be; null where there are more rows than columns. */
export function assign(gain: number[][]): (number | null)[] {
  const n = gain.length;
  const m = gain[0]?.length ?? 0;
  if (n > m) {
    const columns = assign(Array.from({ length: m }, (_, j) => gain.map((row) => row[j])));
    return Array.from({ length: n }, (_, i) => {
      const j = columns.indexOf(i);
      return j < 0 ? null : j;
    });
  }
  return hungarian(gain.map((row) => row.map((value) => -value)));
}

/** Kuhn's method with potentials, O(n² m), n rows <= m columns: the column of each row at the least cost. */
function hungarian(cost: number[][]): number[] {
  const m = cost[0].length;
  // Row and column 0 stand for 'none', so everything counts from 1.
  const u = new Float64Array(cost.length + 1);
  const v = new Float64Array(m + 1);
  const row_of = new Int32Array(m + 1);
  for (let i = 1; i <= cost.length; i++) {
    row_of[0] = i;
    const way = augment(cost, u, v, row_of);
    for (let j = way.end; j !== 0; j = way.before[j]) row_of[j] = row_of[way.before[j]];
  }
  const columns = new Array<number>(cost.length);
  for (let j = 1; j <= m; j++) if (row_of[j] > 0) columns[row_of[j] - 1] = j - 1;
  return columns;
}

/** The cheapest way from row_of[0] to a free column; moves the potentials so that reduced costs stay >= 0. */
function augment(cost: number[][], u: Float64Array, v: Float64Array, row_of: Int32Array) {
  const m = v.length - 1;
  const before = new Int32Array(m + 1);
  const least = new Float64Array(m + 1).fill(Number.POSITIVE_INFINITY);
  const used = new Uint8Array(m + 1);
  let j = 0;
  do {
    used[j] = 1;
    const i = row_of[j];
    let delta = Number.POSITIVE_INFINITY;
    let next = 0;
    for (let k = 1; k <= m; k++) {
      if (used[k]) continue;
      const reduced = cost[i - 1][k - 1] - u[i] - v[k];
      if (reduced < least[k]) [least[k], before[k]] = [reduced, j];
      if (least[k] < delta) [delta, next] = [least[k], k];
    }
    for (let k = 0; k <= m; k++) {
      if (!used[k]) least[k] -= delta;
      else [u[row_of[k]], v[k]] = [u[row_of[k]] + delta, v[k] - delta];
    }
    j = next;
  } while (row_of[j] !== 0);
  return { end: j, before };
}

/** Rows that are compared at most: long contexts are sampled evenly. */
const kRows = 64;

/**
 * The share of their attention that two heads put on the same tokens: the mean over queries of sum_k min(a_k, b_k), 1 for equal patterns.
 * Query 0 has no choice and does not count. a, b [T, T].
 */
export function overlap(a: Float32Array, b: Float32Array, T: number): number {
  const stride = Math.max(1, Math.ceil(T / kRows));
  let sum = 0;
  let n = 0;
  for (let query = T - 1; query > 0; query -= stride, n++) {
    for (let at = query * T; at < (query + 1) * T; at++) sum += Math.min(a[at], b[at]);
  }
  return n === 0 ? 1 : sum / n;
}

/** How alike two heads score, where they cannot read the same sequence: 1 minus the mean difference of four scores. */
export function profileSimilarity(a: HeadScores, b: HeadScores): number {
  const kinds = ['previous_token', 'induction', 'duplicate_token', 'first_token'] as const;
  return 1 - kinds.reduce((sum, kind) => sum + Math.abs((a[kind] ?? 0) - (b[kind] ?? 0)), 0) / kinds.length;
}
