// How long training steps take on a real graphics device. A software adapter is never measured.
import { timePasses } from './pass_timer.mjs';

/** Submits on their way at once: the device never waits for the processor. */
const kInFlight = 3;

/** Passes that one query set can time, two of its 4096 entries each. */
const kMostPasses = 2048;
/** No pass lasts a minute; a clock that was reset says so. */
const kAbsurd = 60_000;

export const kEffort = {
  /** Submits before the clock starts: pipelines are compiled, clocks of the device rise. */
  warm_up: 6,
  /** How long a size is measured, and the fewest submits that its percentiles rest on. */
  milliseconds: 4000,
  fewest: 24,
  /** Submits whose passes are timed by the device. */
  timed: 48,
};

/** The sentence instead of a measurement, or null when the device may be measured. */
export function refusalOf({ software, adapter }) {
  if (!software) return null;
  return `The adapter (${adapter}) computes on the processor: only parity was checked, no time was taken.`;
}

/** Median and the 10th and 90th of 100 parts. */
export function spreadOf(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), p10: at(0.1), p90: at(0.9) };
}

/** ms between the ends of consecutive submits, some always on their way; `now` in ms. */
export async function paceOf(submit, { milliseconds, fewest }, now = () => performance.now()) {
  const gaps = [];
  const waiting = [];
  const started = now();
  let last = started;
  while (gaps.length < fewest + kInFlight || last - started < milliseconds) {
    while (waiting.length < kInFlight) waiting.push(submit());
    await waiting.shift();
    const end = now();
    gaps.push(end - last);
    last = end;
  }
  await Promise.all(waiting);
  // The first ones only filled the queue.
  return gaps.slice(kInFlight);
}

/** ms of the device's own time per submit: its passes added up. Null without timestamps or when they make no sense. */
async function deviceTimeOf(device, submit, timed) {
  if (!device.features.has('timestamp-query')) return null;
  const timer = timePasses(device, kMostPasses);
  for (let i = 0; i < timed; i++) await submit();
  const passes = await timer.read();
  timer.stop();
  const each = passes.length / timed;
  if (!Number.isInteger(each) || passes.some((ms) => !(ms >= 0 && ms < kAbsurd))) return null;
  return Array.from({ length: timed }, (_, i) =>
    passes.slice(i * each, (i + 1) * each).reduce((sum, ms) => sum + ms, 0),
  );
}

/** One size on one device; throws on a software adapter. */
export async function measure({ engine, core, gpu, config, effort = kEffort }) {
  const refusal = refusalOf(gpu);
  if (refusal) throw new Error(refusal);
  const trainer = core.create(config);
  const executor = await engine.Executor.create(gpu, trainer.program());
  executor.write(0, trainer.arena());
  const steps = engine.kMaxSteps;
  const hyper = trainer.hyper();
  // The batch is drawn on the device, a new one each time; the rate of the first step makes no difference to the time.
  let step = 0;
  const submit = async () => {
    const { results } = await executor.train(Array.from({ length: steps }, () => ({ step: step++, hyper })));
    if (!results.every(({ applied }) => applied))
      throw new Error('Training ran away; its time would not be that of training.');
  };
  for (let i = 0; i < effort.warm_up; i++) await submit();
  const gaps = await paceOf(submit, effort);
  const device = await deviceTimeOf(gpu.device, submit, effort.timed);
  gpu.check();
  const perStep = (samples) => spreadOf(samples.map((ms) => ms / steps));
  const gflop_per_step = engine.gflopPerStep(trainer.config, trainer.d_head);
  const wall_ms = perStep(gaps);
  const result = {
    dispatches_per_step: executor.dispatches_per_step,
    steps: steps * gaps.length,
    wall_ms,
    device_ms: device && perStep(device),
    steps_per_second: (1000 * gaps.length * steps) / gaps.reduce((sum, ms) => sum + ms, 0),
    gflop_per_step,
    gflops: (1000 * gflop_per_step) / wall_ms.median,
  };
  executor.dispose();
  trainer.dispose();
  return result;
}
