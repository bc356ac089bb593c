// What an experiment's runner on the page and its workers say to each other.
import type { ExperimentReport, SpecFacts } from '@core/experiments_loader.mjs';

export type { ArmReport, ExperimentReport, Quartiles, SpecFacts } from '@core/experiments_loader.mjs';

/** One run: arm and seed. */
export interface Job {
  arm: number;
  seed: number;
}

export type Order =
  | { kind: 'read'; spec: string }
  | { kind: 'run'; spec: string; job: Job }
  /** results: for each arm the result lines so far. */
  | { kind: 'report'; spec: string; results: string[][] };

export type News =
  | { kind: 'read'; facts: SpecFacts }
  | { kind: 'progress'; step: number; end: number }
  | { kind: 'result'; job: Job; line: string }
  | { kind: 'report'; report: ExperimentReport }
  | { kind: 'failure'; message: string };
