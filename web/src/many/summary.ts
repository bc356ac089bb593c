// What many seeds say together: when induction heads formed, and in how many of them.

export interface Onsets {
  /** Steps, ascending. */
  formed: number[];
  /** Runs that came to their end without. */
  never: number;
}

export interface Quartiles {
  lower: number | null;
  median: number | null;
  upper: number | null;
}

export function onsetsOf(runs: { onset: { induction: number | null } }[]): Onsets {
  const formed = runs.flatMap(({ onset }) => (onset.induction === null ? [] : [onset.induction]));
  return { formed: formed.sort((a, b) => a - b), never: runs.length - formed.length };
}

/**
 * A run that never formed a head counts as later than every step, so a quartile that falls among those is null: no step is known for it.
 * Between two values the quartile lies where a straight line puts it.
 */
export function quartiles({ formed, never }: Onsets): Quartiles {
  const n = formed.length + never;
  const at = (share: number): number | null => {
    if (n === 0) return null;
    const place = share * (n - 1);
    const low = formed[Math.floor(place)];
    const high = formed[Math.ceil(place)];
    return low === undefined || high === undefined ? null : low + (place - Math.floor(place)) * (high - low);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

export interface Bin {
  /** Onsets at `from` or later, and before `to`. */
  from: number;
  to: number;
  count: number;
}

/** More bars than that say nothing that fewer do not. */
const kMostBins = 24;

/** Equal bins over steps 0 to `steps`; their width is a whole number of probes, since an onset is only known to a probe. */
export function histogram(formed: number[], steps: number, probe_every: number): Bin[] {
  const every = Math.max(1, probe_every);
  const width = every * Math.max(1, Math.ceil((steps + 1) / every / kMostBins));
  const n = Math.max(1, Math.ceil((steps + 1) / width));
  const bins = Array.from({ length: n }, (_, i) => ({ from: i * width, to: (i + 1) * width, count: 0 }));
  for (const step of formed) bins[Math.min(n - 1, Math.floor(step / width))].count++;
  return bins;
}
