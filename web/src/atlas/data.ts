// The runs of an atlas as `induction atlas` wrote them (docs/sweeps.md): columns, one entry a run.

export type Value = number | string | boolean;

export interface AtlasKnob {
  name: string;
  unit: string;
  doc: string;
  values: Value[];
}

export interface Atlas {
  format: string;
  title: string;
  /** Address of the playground. */
  page: string;
  /** The file that runs of the tasks `tokens` and `text` read; null or missing: none does. */
  data?: string | null;
  seconds: number;
  probe_every: number;
  /** Knobs that all runs share and that differ from the defaults. */
  base: Record<string, Value>;
  /** Knobs that vary; the seed is among them where it does. */
  knobs: AtlasKnob[];
  /** By knob, the place of each run's value among the knob's values. */
  places: Record<string, number[]>;
  runs: {
    /** 0 finished, 1 stopped early by a rule, 2 diverged. */
    status: number[];
    steps: (number | null)[];
    onset_previous_token: (number | null)[];
    onset_induction: (number | null)[];
    loss_rep: (number | null)[];
    induction: (number | null)[];
    /** Separated by spaces. */
    signature: string;
  };
}

declare global {
  interface Window {
    induction_atlas?: Atlas;
  }
}

export const kDiverged = 2;

/** Knobs that axes may show: the seed is what cells are averaged over. */
export function axisKnobs(atlas: Atlas): AtlasKnob[] {
  return atlas.knobs.filter((knob) => knob.name !== 'seed');
}

export function knobNamed(atlas: Atlas, name: string): AtlasKnob | undefined {
  return atlas.knobs.find((knob) => knob.name === name);
}

export function knobValue(atlas: Atlas, run: number, name: string): Value {
  const knob = knobNamed(atlas, name);
  return knob ? knob.values[atlas.places[name][run]] : atlas.base[name];
}

/** Did the run read a file? The atlas does not hold it, so the run has no address. */
export function readsFile(atlas: Atlas, run: number): boolean {
  const task = knobValue(atlas, run, 'task');
  return task === 'tokens' || task === 'text';
}

/** The address that opens this very run: the defaults, what all runs share, and what varies. */
export function runAddress(atlas: Atlas, run: number): string {
  const parts = new URLSearchParams({ preset: 'demo' });
  for (const [name, value] of Object.entries(atlas.base)) parts.set(name, String(value));
  for (const { name } of atlas.knobs) parts.set(name, String(knobValue(atlas, run, name)));
  return `${atlas.page}#${parts}`;
}
