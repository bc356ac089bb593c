// bench.html's worker: the page's own module trains, step by step by the clock; a second one measures kernels and the machine's peak.
import benchUrl from '@core/bench.wasm?url';
import { loadBench } from '@core/bench_loader.mjs';
import wasmUrl from '@core/induction.wasm?url';
import { loadCore } from '@core/loader.mjs';
import { timeSteps } from '../measure.ts';
import type { BenchNews, BenchOrder, Measured } from './protocol.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const clock = { now: () => performance.now(), soon: () => {}, later: () => {} };
const absolute = (url: string) => new URL(url, scope.location.href).href;
const tell = (news: BenchNews) => scope.postMessage(news);

/** Steps before the clock starts: the browser compiles hot code in the background. */
const kWarmUp = 5;

async function measure({ config: wanted, steps }: BenchOrder): Promise<Measured> {
  const [core, bench] = await Promise.all([
    loadCore({ wasmUrl: absolute(wasmUrl) }),
    loadBench({ wasmUrl: absolute(benchUrl) }),
  ]);
  tell({ kind: 'doing', what: 'Measuring what a plain product reaches …' });
  const before = bench.peak();
  tell({ kind: 'doing', what: `Timing ${steps} training steps …` });
  const trainer = core.create(wanted);
  timeSteps(trainer, kWarmUp, clock);
  const ms = timeSteps(trainer, steps, clock);
  const { config, d_head } = trainer;
  trainer.dispose();
  tell({ kind: 'doing', what: 'Timing the kernels one by one …' });
  const kernels = bench.kernels(wanted, Math.max(2, Math.round(steps / 3)));
  // The machine may have become faster or slower meanwhile; other work can only make a product slower.
  return { config, d_head, ms, peak: Math.max(before, bench.peak()), kernels };
}

scope.onmessage = ({ data }: MessageEvent<BenchOrder>) => {
  measure(data).then(
    (measured) => tell({ kind: 'done', measured }),
    (error: unknown) => tell({ kind: 'failure', message: error instanceof Error ? error.message : String(error) }),
  );
};
