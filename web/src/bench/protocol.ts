// What bench.html's worker is asked and tells.
import type { Config } from '@core/loader.mjs';

export type SizeName = 'S' | 'M' | 'L';

export interface BenchOrder {
  config: Partial<Config>;
  steps: number;
}

/** One kernel of a training step. */
export interface KernelLine {
  kernel: string;
  /** Per step, as the two that follow. */
  calls: number;
  ms: number;
  gflop: number;
  /** Of the time of all kernels. */
  share: number;
  /** Of products only. */
  gflops: number | null;
  share_of_peak: number | null;
}

export interface Measured {
  config: Config;
  d_head: number;
  /** Of each step. */
  ms: number[];
  /** GFLOP/s. */
  peak: number;
  kernels: { kernel: string; calls: number; ms: number; gflop: number }[];
}

export type BenchNews =
  | { kind: 'doing'; what: string }
  | { kind: 'done'; measured: Measured }
  | { kind: 'failure'; message: string };

/** A key per figure, as `induction bench` has them. */
export interface BenchResult {
  size: string;
  engine: 'wasm';
  threads: 1;
  steps: number;
  /** Median. */
  ms_per_step: number;
  ms_p10: number;
  ms_p90: number;
  tokens_per_second: number;
  gflops: number;
  gflop_per_step: number;
  peak_gflops: number;
  share_of_peak: number;
  by_kernel: KernelLine[];
  browser: string;
}
