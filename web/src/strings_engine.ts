// The words about what computes the training that are always in sight; the others are strings_engine_panel.ts.
import { three } from './format.ts';
import type { EngineName } from './protocol.ts';

const kEngineNames: Record<EngineName, string> = { wasm: 'WebAssembly', webgpu: 'WebGPU' };

export const engineStrings = {
  engines: kEngineNames,
  /** null: at rest. */
  engine_rate: (engine: EngineName, steps_per_second: number | null) =>
    `${kEngineNames[engine]} · ${steps_per_second === null ? 'at rest' : `${three(steps_per_second)} steps/s`}`,
  engine_coming: 'WebGPU is being prepared',
  engine_title: 'What computes the training',
};
