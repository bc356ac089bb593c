// Which seeds: a run of numbers from the present one, or a draw.

export const kFewest = 2;
export const kMost = 64;
export const kDefault = 8;

/** The largest seed is followed by 0. */
export function consecutive(first: number, n: number, largest: number): number[] {
  return Array.from({ length: n }, (_, i) => (first + i) % (largest + 1));
}

/** Different ones, of at most six digits, so that people can tell one another; `random` draws from 0 to 1. */
export function drawn(n: number, largest: number, random: () => number): number[] {
  const seeds = new Set<number>();
  while (seeds.size < n) seeds.add(Math.floor(random() * Math.min(largest + 1, 1_000_000)));
  return [...seeds];
}

/** What a reader typed; null when it is no number of seeds that can be run. */
export function readCount(text: string): number | null {
  const n = Number(text.trim());
  return /^\d{1,3}$/.test(text.trim()) && n >= kFewest && n <= kMost ? n : null;
}
