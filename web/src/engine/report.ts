import type { EngineReport } from '../protocol.ts';

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
