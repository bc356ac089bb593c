// Two prompts that differ in one token, and what patches between them show: from sequences and reports to rows of a map.
import type { Config, PatchReport } from '@core/loader.mjs';

/** What a reader chose: `read` is where the answer is compared. */
export interface PatchChoice {
  read: number;
  changed: number;
  token: number;
}

/** The latest place up to `read` that follows an earlier copy of the token there: what an induction head would copy; else `read`. */
export function placeToChange(tokens: ArrayLike<number>, read: number): number {
  for (let t = read; t > 0; t--) if (tokens[t - 1] === tokens[read] && t - 1 < read) return t;
  return read;
}

/** Neither the token that it replaces nor the one that is read after. */
export function otherToken(tokens: ArrayLike<number>, { read, changed }: Omit<PatchChoice, 'token'>, size: number) {
  const taken = [tokens[changed], tokens[read]];
  for (let i = 1; i < size; i++) {
    const token = (tokens[changed] + i) % size;
    if (!taken.includes(token)) return token;
  }
  return (tokens[changed] + 1) % size;
}

/** Everything that the reader did not choose, or that no longer fits the sequence. */
export function completed(chosen: Partial<PatchChoice>, tokens: ArrayLike<number>, size: number): PatchChoice {
  const last = tokens.length - 1;
  const read = Math.min(chosen.read ?? last, last);
  const fits = chosen.changed !== undefined && chosen.changed <= read;
  const changed = fits ? (chosen.changed as number) : placeToChange(tokens, read);
  const kept = fits && chosen.token !== undefined && chosen.token < size && chosen.token !== tokens[changed];
  return { read, changed, token: kept ? (chosen.token as number) : otherToken(tokens, { read, changed }, size) };
}

/** The sequence with the token changed, and the question whether the old token or the new one is the answer. */
export function pairOf(tokens: ArrayLike<number>, { read, changed, token }: PatchChoice) {
  const clean = Array.from(tokens);
  const corrupted = clean.map((old, t) => (t === changed ? token : old));
  return { clean, corrupted, position: read, right: clean[changed], wrong: token };
}

export type PatchPlace = { layer: number; head: number } | { stream: number };

export interface PatchRow {
  place: PatchPlace;
  /** Per position. */
  values: readonly number[];
}

/** Rows of the map, from what leaves the last layer down to what enters the first. */
export function patchRows({ head, resid }: PatchReport): PatchRow[] {
  const rows = head.flatMap((heads, layer): PatchRow[] => [
    { place: { stream: layer }, values: resid[layer] },
    ...heads.map((values, h) => ({ place: { layer, head: h }, values })),
  ]);
  return [...rows, { place: { stream: head.length }, values: resid[head.length] }].reverse();
}

export interface BestPatch {
  layer: number;
  head: number;
  position: number;
  value: number;
}

/** The heads' patches that bring back most, of at least a tenth. */
export function bestPatches({ head }: PatchReport, most = 3): BestPatch[] {
  const all = head.flatMap((heads, layer) =>
    heads.flatMap((values, h) => values.map((value, position) => ({ layer, head: h, position, value }))),
  );
  return all
    .filter(({ value }) => value >= 0.1)
    .sort((a, b) => b.value - a.value)
    .slice(0, most);
}

/** The line of core/intervene.hpp that holds a head's patch from now on; `position` null: at every one. */
export function patchLine(head: string, position: number | null, clean: readonly number[]): string {
  return `patch ${head} ${position ?? 'all'} ${clean.join('-')}`;
}

/**
 * Floating-point operations of a report: 4/3 · (n_layers · n_heads + n_layers + 1) · T rows forward, of
 * 2 · T · (L · (4 · D · A + A · T + 2 · D · M) + D · V) each. A = n_heads · d_head, M = d_mlp.
 */
export function patchOperations(config: Config, d_head: number, T: number): number {
  const [L, D, V, H, M] = [config.n_layers, config.d_model, config.d_vocab, config.n_heads, config.d_mlp].map(Number);
  const wide = H * d_head;
  const row = 2 * T * (L * (4 * D * wide + wide * T + 2 * D * M) + D * V);
  return (4 / 3) * (L * H + L + 1) * T * row;
}
