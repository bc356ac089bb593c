// Types of the WebAssembly module that runs experiments. Checked against the module by wasm/check_types.mjs.
import type { Course } from './loader.mjs';

/** What a page needs to know of a spec. */
export interface SpecFacts {
  name: string;
  seeds: number;
  /** Measures that its table shows. */
  shown: string[];
  /** All that a report has. */
  measures: string[];
  /** The baseline first. */
  arms: ArmFacts[];
}

export interface ArmFacts {
  name: string;
  /** The baseline's knobs, phases and interventions with the arm's over them; without a seed. */
  course: Course;
  steps: number;
}

/** Quartiles over the seeds; null where the measure is not defined, or where it never came in so many that the quartile is never. */
export interface Quartiles {
  count: number;
  never: number;
  q1: number | null;
  median: number | null;
  q3: number | null;
}

export interface RunReport {
  seed: number;
  /** By measure; null: not defined, or it never came. */
  values: Record<string, number | null>;
  status: 'finished' | 'stopped' | 'diverged';
  signature: string;
  steps: number;
  seconds: number;
}

export interface ArmReport {
  name: string;
  knobs: Course;
  course: Course;
  summary: Record<string, Quartiles>;
  runs: RunReport[];
}

/** The report of `induction experiment`, by the same rules. */
export interface ExperimentReport {
  experiment: string;
  claim: string;
  verdict: 'reproduced' | 'unclear' | 'not reproduced';
  /** A sentence with the numbers. */
  evidence: string;
  version: string;
  machine_seconds: number;
  arms: ArmReport[];
}

/** One run of one arm. */
export interface Trial {
  readonly step: number;
  /** The last step that is known of; a rule may bring it nearer. */
  readonly end: number;
  /** One step. false: the run is over. */
  advance(): boolean;
  /** Of a run that is over: its result line, as the command line writes it. seconds: what it took. */
  result(seconds: number): string;
  dispose(): void;
}

export interface Experiments {
  /** Throws a CoreError when the text is no spec, or none that a page can run. */
  read(spec: string): SpecFacts;
  create(spec: string, arm: number, seed: number): Trial;
  /** results: for each arm the result lines so far. */
  report(spec: string, results: string[][]): ExperimentReport;
}

/** Loads the module. Give `wasmBinary` in Node; elsewhere `wasmUrl` or nothing (then beside this file). */
export function loadExperiments(options?: { wasmBinary?: BufferSource; wasmUrl?: string }): Promise<Experiments>;
