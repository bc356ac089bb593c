// bench.html?size=S: training speed of the WebAssembly core in this browser, as JSON on the page and in window.benchResult.
import type { Config } from '@core/loader.mjs';
import { Client } from './client.ts';

interface Size {
  config: Partial<Config>;
  /** Arithmetic of one step (forward, backward, update; without the masked half of attention), in GFLOP. */
  gflop: number;
  steps: number;
}

export interface BenchResult {
  size: string;
  steps: number;
  /** Median. */
  ms_per_step: number;
  tokens_per_second: number;
  gflops: number;
}

declare global {
  interface Window {
    benchResult?: BenchResult;
  }
}

const shared = { n_layers: 2, positions: 'shortformer', optimizer: 'adamw' };

/** The sizes everybody is measured at. */
const kSizes: Record<string, Size> = {
  S: {
    config: { ...shared, n_heads: 2, d_model: 32, d_vocab: 16, n_ctx: 32, batch: 32 },
    gflop: 0.07,
    steps: 300,
  },
  M: {
    config: { ...shared, n_heads: 4, d_model: 64, d_vocab: 64, n_ctx: 64, batch: 32 },
    gflop: 0.55,
    steps: 100,
  },
  L: {
    config: { ...shared, n_heads: 8, d_model: 256, d_vocab: 512, n_ctx: 256, batch: 16 },
    gflop: 19,
    steps: 7,
  },
};

/** Steps before the clock starts: the browser compiles hot code in the background. */
const kWarmUp = 3;

async function measure(name: string, { config, gflop, steps }: Size): Promise<BenchResult> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const client = new Client(worker, (why) => show(`The worker stopped: ${why}`));
  await client.call('open', { config, tokens: null, engine: 'wasm' });
  await client.call('measure', { steps: kWarmUp });
  const { ms } = await client.call('measure', { steps });
  worker.terminate();
  const ms_per_step = ms.sort((a, b) => a - b)[ms.length >> 1];
  const tokens = Number(config.batch) * Number(config.n_ctx);
  return {
    size: name,
    steps,
    ms_per_step,
    tokens_per_second: (1000 * tokens) / ms_per_step,
    gflops: (1000 * gflop) / ms_per_step,
  };
}

function show(text: string): void {
  const result = document.querySelector('#result');
  if (result) result.textContent = text;
}

const name = new URLSearchParams(location.search).get('size') ?? 'S';
const size = Object.hasOwn(kSizes, name) ? kSizes[name] : undefined;
if (size) {
  measure(name, size).then(
    (result) => {
      window.benchResult = result;
      show(JSON.stringify(result, null, 2));
    },
    (error: unknown) => show(String(error)),
  );
} else {
  show(`There is no size '${name.slice(0, 40)}'; allowed: S, M, L.`);
}
