// What the page and its worker say about who trains: a part of protocol.ts.

export type EngineName = 'wasm' | 'webgpu';
/**
 * auto: WebAssembly, equal to the bit everywhere, for models that it trains fast enough; WebGPU on a real graphics processor for larger
 * ones.
 */
export type EngineChoice = 'auto' | EngineName;

/** What the engine panel shows. */
export interface EngineReport {
  choice: EngineChoice;
  /** Who trains now. */
  engine: EngineName;
  /** Of the graphics device. untried: not looked for yet; refused: `error` says why. */
  gpu: 'untried' | 'opening' | 'checking' | 'ready' | 'refused';
  /** What happened last, in one sentence, for everybody: a fall-back, a recovery, a switch; null when there is nothing to tell. */
  notice: string | null;
  adapter: string | null;
  vendor: string | null;
  /** The adapter computes on the processor. */
  software: boolean | null;
  /** Both engines compared before the graphics device trains: differences relative to the largest entry, on `rows` sequences. */
  parity: { worst: number; kernel: string; tolerance: number; rows: number; kernels: Record<string, number> } | null;
  dispatches_per_step: number | null;
  /** Devices lost and replaced in this run. */
  recoveries: number;
  /** The last error in full. */
  error: string | null;
}

/** A new run, before anything is known of a graphics device. */
export const kNewReport: EngineReport = {
  choice: 'auto',
  engine: 'wasm',
  gpu: 'untried',
  notice: null,
  adapter: null,
  vendor: null,
  software: null,
  parity: null,
  dispatches_per_step: null,
  recoveries: 0,
  error: null,
};
