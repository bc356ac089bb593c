// tests/compare/browser: opens our page and each library's in one Chromium and lets them take turns.
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch } from '../../web/e2e/browser.mjs';
import { serve } from '../../web/e2e/server.mjs';
import { openOurs, paceOfOurs, timesOfOurs } from './ours.mjs';
import { kSizes } from './peers/shape.mjs';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kAims = { wasm: { jax: { S: 8, M: 4 }, tf: { S: 15, M: 10 } }, webgpu: { jax: { S: 5, M: 5 }, tf: { S: 5, M: 5 } } };
const kNames = { jax: 'jax-js 0.1.25', tf: 'TensorFlow.js 4.22.0' };
/** Steps of a turn: about a third of a second on an idle machine. */
const kSteps = { ours: { S: 100, M: 12 }, jax: { S: 12, M: 3 }, tf: { S: 6, M: 2 } };

const sorted = (list) => list.toSorted((a, b) => a - b);
const at = (list, share) => sorted(list)[Math.round(share * (list.length - 1))];
const median = (list) => at(list, 0.5);

/** As induction bench has it; the task makes no difference to the time. */
const configOf = (name) => ({
  ...kSizes[name],
  n_layers: 2,
  positions: 'shortformer',
  optimizer: 'adamw',
  lr: 1e-3,
  period_min: kSizes[name].n_ctx / 4,
  period_max: kSizes[name].n_ctx / 2,
});

async function openPage(browser, address, ready) {
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000);
  await page.goto(address);
  await page.waitForFunction(ready);
  return page;
}

/** Who takes turns: what each needs to be told to do some steps. */
async function contestants(browser, root, size, device, peers) {
  const ours = await openPage(browser, `${root}web/dist/engines.html`, () => window.engines);
  const list = [{ who: 'ours', parameters: await ours.evaluate(openOurs, { config: configOf(size), device }), page: ours }];
  for (const who of peers) {
    const page = await openPage(browser, `${root}tests/compare/peers/index.html`, () => window.peer);
    const parameters = await page.evaluate((given) => window.peer.open(...given), [who, size, device]);
    list.push({ who, parameters, page });
  }
  const counts = new Set(list.map(({ parameters }) => parameters));
  if (counts.size !== 1) throw new Error(`the models differ: ${[...counts]} parameters`);
  return list;
}

async function inWasm({ who, page }, steps) {
  const done = await (who === 'ours' ? page.evaluate(timesOfOurs, steps) : page.evaluate((n) => window.peer.times(n), steps));
  return { ...done, steps };
}

async function onWebgpu({ who, page }) {
  const steps = who === 'ours' ? 8 : 4;
  const ms = await (who === 'ours' ? page.evaluate(paceOfOurs, steps) : page.evaluate((n) => window.peer.pace(n), steps));
  return { ms: [ms], loss: Number.NaN, steps };
}

/** What all of the browser's processes took so far of the processor, ms: other programs disturb it less than they do the clock. */
async function processorTime(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + 1000 * cpuTime, 0);
}

/** By contestant, for each turn: the processor's ms per step, and the clock's of each step. */
async function takeTurns(browser, list, rounds, turn) {
  const turns = Object.fromEntries(list.map(({ who }) => [who, []]));
  const losses = structuredClone(turns);
  const session = await browser.newBrowserCDPSession();
  // The first round compiles and warms up.
  for (let round = 0; round <= rounds; round++)
    for (const one of list) {
      const before = await processorTime(session);
      const { ms, loss, steps } = await turn(one);
      const used = ((await processorTime(session)) - before) / steps;
      losses[one.who].push(loss);
      if (round > 0) turns[one.who].push({ used, ms });
    }
  for (const [who, [first, ...rest]] of Object.entries(losses))
    if (Math.min(...rest) >= first) throw new Error(`the loss of ${who} does not fall: ${[first, ...rest]}`);
  return turns;
}

/** Of the processor's time: within each round, and of the least of all; of the clock's: within each round. */
function ratiosOf(turns, device, size) {
  const { ours } = turns;
  const least = (who) => Math.min(...turns[who].map(({ used }) => used));
  const peers = Object.keys(turns).filter((who) => who !== 'ours');
  return peers.map((who) => ({
    who,
    median: median(turns[who].map(({ used }, i) => used / ours[i].used)),
    least: least(who) / least('ours'),
    clock: median(turns[who].map(({ ms }, i) => median(ms) / median(ours[i].ms))),
    aim: kAims[device][who][size],
  }));
}

async function compare(browser, root, size, device, peers, rounds) {
  const list = await contestants(browser, root, size, device, peers);
  const turn = device === 'wasm' ? (one) => inWasm(one, kSteps[one.who][size]) : onWebgpu;
  const turns = await takeTurns(browser, list, rounds, turn);
  for (const { page } of list) await page.close();
  const spread = (list) => [0.5, 0.1, 0.9].map((share) => at(list, share));
  const of = (pick) => Object.fromEntries(Object.entries(turns).map(([who, list]) => [who, spread(list.flatMap(pick))]));
  // Times of a software adapter are nobody's business: its ratios only.
  const times = device === 'wasm' ? { processor_ms: of(({ used }) => used), clock_ms: of(({ ms }) => ms) } : null;
  return { size, device, parameters: list[0].parameters, ...times, ratios: ratiosOf(turns, device, size) };
}

const shown = (ms, who) => (ms ? `${ms[who][0].toPrecision(3)} (${ms[who][1].toPrecision(3)}–${ms[who][2].toPrecision(3)})` : '');

function tableOf(results) {
  const head = ['size, device', 'here, processor ms', 'library', 'its', 'ratio', 'of the least', 'aim', 'ratio by the clock'];
  const rows = results.flatMap(({ size, device, processor_ms, ratios }) =>
    ratios.map(({ who, median: middle, least, clock, aim }) => {
      const cells = [`${size}, ${device}`, shown(processor_ms, 'ours'), kNames[who], shown(processor_ms, who)];
      return [...cells, middle.toFixed(1), least.toFixed(1), aim, clock.toFixed(1)];
    }),
  );
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const { values } = parseArgs({
  options: { sizes: { type: 'string', default: 'S,M' }, rounds: { type: 'string', default: '9' }, peers: { type: 'string', default: 'jax,tf' }, webgpu: { type: 'boolean' } },
});
const sizes = values.sizes.split(',');
const peers = values.peers.split(',');
const rounds = Number(values.rounds);
if (!sizes.every((size) => size in kSizes) || !peers.every((who) => who in kNames) || !(rounds >= 1)) {
  console.error('tests/compare/browser: --sizes must name some of S, M, --peers of jax, tf, and --rounds must be at least 1');
  process.exit(2);
}
const { address, close } = await serve(kRoot);
const device = values.webgpu ? 'webgpu' : 'wasm';
const browser = await launch({ gpu: values.webgpu === true });
const results = [];
try {
  for (const size of sizes) results.push(await compare(browser, address, size, device, peers, rounds));
} finally {
  await browser.close();
  close();
}
const load = loadavg();
writeFileSync(`${kRoot}/build/compare/browser-${device}.json`, `${JSON.stringify({ load, results }, null, 2)}\n`);
console.log(tableOf(results));
console.log(`load of the machine meanwhile: ${load[0].toFixed(1)}`);
