// What the worker's time goes to while the default preset trains at full speed: samples of its stack, by what was asked of the module.
// On a machine at rest; nothing is decided by it. Figures: docs/performance.md.
//   node e2e/around.mjs [SECONDS]
import { launch } from './browser.mjs';
import { serve } from './server.mjs';

const kSeconds = Number(process.argv[2] ?? 8);
/** The heads have formed by then, so that probes ask all they ever ask. */
const kBegin = 1500;
/** Of the sampled thread: neither is its own work. Where other threads have the processor, the sampler calls it idle too. */
const kNotWork = ['(idle)', '(program)'];

/** Stacks and the microseconds that each stands for, of the thread of this name. */
function samplesOf(events, thread) {
  const found = events.find(({ name, args }) => name === 'thread_name' && args.name.startsWith(thread));
  const own = events.filter(({ pid, name }) => pid === found.pid && /^Profile(Chunk)?$/.test(name));
  const { id } = own.find(({ name, tid }) => name === 'Profile' && tid === found.tid);
  const nodes = new Map();
  const samples = [];
  for (const { args } of own.filter((event) => event.name === 'ProfileChunk' && event.id === id)) {
    for (const node of args.data.cpuProfile?.nodes ?? []) nodes.set(node.id, node);
    for (const [i, leaf] of (args.data.cpuProfile?.samples ?? []).entries()) {
      const stack = [];
      for (let node = nodes.get(leaf); node; node = nodes.get(node.parent)) stack.push(node.callFrame.functionName);
      samples.push({ stack, time: args.data.timeDeltas[i] });
    }
  }
  return samples;
}

/** The loader's method that called the module: its name outlives the minifier. */
function askedOf(stack) {
  const entry = stack.findLastIndex((name) => name.startsWith('wasm-'));
  if (entry >= 0) return stack.slice(entry + 1).find((name) => !name.startsWith('js-to-wasm')) ?? '?';
  return kNotWork.includes(stack[0]) ? null : 'outside the module';
}

const { address, close } = await serve(new URL('..', import.meta.url).pathname);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto(`${address}dist/#preset=demo&steps=1000000&schedule=constant`);
await page.selectOption('#speed', 'max');
const stepAfter = (step) =>
  page.waitForFunction((least) => window.playground.status().step > least, step, { timeout: 0 });
const stepNow = () => page.evaluate(() => window.playground.status().step);
await stepAfter(kBegin);
const begun = await stepNow();
await browser.startTracing(page, { categories: ['disabled-by-default-v8.cpu_profiler'] });
await new Promise((over) => setTimeout(over, 1000 * kSeconds));
const { traceEvents } = JSON.parse(await browser.stopTracing());
console.log(`${(await stepNow()) - begun} steps`);
await browser.close();
close();

const times = new Map();
for (const { stack, time } of samplesOf(traceEvents, 'DedicatedWorker')) {
  const asked = askedOf(stack);
  if (asked !== null) times.set(asked, (times.get(asked) ?? 0) + time);
}
const train = times.get('train');
for (const [name, time] of [...times].sort(([, a], [, b]) => b - a))
  console.log(`${name.padEnd(24)} ${((100 * time) / train).toFixed(1)} % of training`);
const all = [...times.values()].reduce((sum, time) => sum + time, 0);
console.log(`${'all but training'.padEnd(24)} ${((100 * (all - train)) / train).toFixed(1)} %`);
