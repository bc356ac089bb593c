// A worker of an experiment: loads the module of experiments, makes one run after the other as it is told, and judges results.
import wasmUrl from '@core/experiments.wasm?url';
import { type Experiments, loadExperiments } from '@core/experiments_loader.mjs';
import { channelClock } from './channel_clock.ts';
import type { News, Order } from './experiment_protocol.ts';
import { runArm } from './experiment_run.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const clock = channelClock();
const experiments = loadExperiments({ wasmUrl: new URL(wasmUrl, scope.location.href).href });
// Every order reports the failure itself.
experiments.catch(() => undefined);

const tell = (news: News) => scope.postMessage(news);

async function follow(module: Experiments, order: Order): Promise<News> {
  if (order.kind === 'read') return { kind: 'read', facts: module.read(order.spec) };
  if (order.kind === 'report') return { kind: 'report', report: module.report(order.spec, order.results) };
  const { job, spec } = order;
  const trial = module.create(spec, job.arm, job.seed);
  const line = await runArm(trial, clock, (step, end) => tell({ kind: 'progress', step, end }));
  return { kind: 'result', job, line };
}

scope.onmessage = async ({ data }: MessageEvent<Order>) => {
  try {
    tell(await follow(await experiments, data));
  } catch (error) {
    tell({ kind: 'failure', message: error instanceof Error ? error.message : String(error) });
  }
};
