// Types of the WebAssembly module that measures itself. Checked against the module by wasm/check_types.mjs.
import type { Config } from './loader.mjs';

/** One kernel's part of a training step. */
export interface KernelShare {
  kernel: string;
  /** Per step. */
  calls: number;
  /** Per step. */
  ms: number;
  /** Multiplications and additions of products per step; 0: not counted. */
  gflop: number;
}

export interface Bench {
  /** GFLOP/s of a plain register-blocked product, the best of several tries; about a second. */
  peak(): number;
  /** Trains a model of its own; the slowest kernel first. Throws a CoreError when the configuration cannot run. */
  kernels(config: Partial<Config>, steps: number): KernelShare[];
}

/** Loads the module. Give `wasmBinary` in Node; elsewhere `wasmUrl` or nothing (then beside this file). */
export function loadBench(options?: { wasmBinary?: BufferSource; wasmUrl?: string }): Promise<Bench>;
