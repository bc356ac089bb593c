// bench.html?size=S: training speed of the WebAssembly core in this browser, as JSON on the page and in window.benchResult.
import { Client } from './client.ts';
import { gflopPerStep, kSizes } from './sizes.ts';
import { startWorker } from './start_worker.ts';
import workerUrl from './worker.ts?worker&url';

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

/** Steps to time: some seconds at each size. */
const kSteps = { S: 300, M: 100, L: 7 };

/** Steps before the clock starts: the browser compiles hot code in the background. */
const kWarmUp = 3;

async function measure(name: keyof typeof kSizes): Promise<BenchResult> {
  const steps = kSteps[name];
  const worker = startWorker(workerUrl);
  const client = new Client(worker, (why) => show(`The worker stopped: ${why}`));
  const { config, d_head } = await client.call('open', { config: kSizes[name], engine: 'wasm' });
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
    gflops: (1000 * gflopPerStep(config, d_head)) / ms_per_step,
  };
}

function show(text: string): void {
  const result = document.querySelector('#result');
  if (result) result.textContent = text;
}

const name = new URLSearchParams(location.search).get('size') ?? 'S';
if (name === 'S' || name === 'M' || name === 'L') {
  measure(name).then(
    (result) => {
      window.benchResult = result;
      show(JSON.stringify(result, null, 2));
    },
    (error: unknown) => show(String(error)),
  );
} else {
  show(`There is no size '${name.slice(0, 40)}'; allowed: S, M, L.`);
}
