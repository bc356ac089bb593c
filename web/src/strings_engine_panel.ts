// The words of the panel about what computes the training.
import { scientific, three, whole } from './format.ts';
import type { EngineChoice, EngineReport } from './protocol.ts';

export const enginePanelStrings = {
  engine_choice: 'Computed by',
  engine_choices: {
    auto: {
      name: 'Automatic',
      help: 'WebAssembly, which gives the same bits everywhere, so that a link shows the same run; models too large for it go to the graphics processor.',
    },
    wasm: { name: 'WebAssembly', help: 'Always on this computer’s processor, with the same bits everywhere.' },
    webgpu: {
      name: 'WebGPU',
      help: 'On the graphics device, once it has been compared with WebAssembly; the last digits may differ from other machines’.',
    },
  } satisfies Record<EngineChoice, { name: string; help: string }>,
  engine_continues: 'A run goes on from the same parameters when the engine changes.',
  engine_rows: {
    now: 'Now',
    gpu: 'Graphics device',
    adapter: 'Adapter',
    vendor: 'Vendor',
    kind: 'Kind',
    parity: 'Agreement',
    dispatches: 'Dispatches per step',
    recoveries: 'Devices replaced',
    notice: 'Last event',
    error: 'Last error',
  },
  engine_speed: (steps_per_second: number, tokens_per_second: number) =>
    `${three(steps_per_second)} steps/s, ${three(tokens_per_second)} tokens/s`,
  engine_rest: 'at rest',
  engine_gpu: {
    untried: 'not looked for',
    opening: 'being opened …',
    checking: 'being compared with WebAssembly …',
    ready: 'ready',
    refused: 'not used',
  } satisfies Record<EngineReport['gpu'], string>,
  engine_software: 'software (computed on the processor; for tests)',
  engine_hardware: 'graphics processor',
  engine_unnamed: 'the browser does not tell',
  engine_parity: ({ worst, kernel, tolerance, rows }: NonNullable<EngineReport['parity']>) => {
    const checked = `checked on ${whole(rows)} ${rows === 1 ? 'sequence' : 'sequences'}`;
    if (worst === 0) return `largest difference per kernel 0 (equal to the bit); ${checked}`;
    const found = Number.isNaN(worst) ? 'not a number' : scientific(worst);
    if (worst <= tolerance)
      return `largest difference ${found}, in ${kernel}; allowed ${scientific(tolerance)}; ${checked}`;
    return `largest difference ${found}, in ${kernel}: more than the allowed ${scientific(tolerance)}; ${checked}`;
  },
  engine_kernels: (n: number) => `All ${whole(n)} kernels`,
  engine_kernel: 'kernel',
  engine_difference: 'largest difference, relative',
};
