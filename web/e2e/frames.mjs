// The main thread's time per picture, by the browser's own trace: node e2e/frames.mjs [SECONDS] [SECTION …]
// The page runs at full speed with eight heads shown; SECTION is the end of a section's id that is opened too: circuits, many, pair.
// Figures for docs/performance.md. A script for people and no test: it measures, and decides nothing.
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { launch, untilStatus } from './browser.mjs';
import { serve } from './server.mjs';

const seconds = Number(process.argv[2] ?? 10);
const sections = process.argv.slice(3);
/** What a picture may take of the main thread, in ms, at 60 pictures a second. */
const kBudget = 8;

const { address, close } = await serve(new URL('..', import.meta.url).pathname);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(400_000);
await page.goto(`${address}dist/#preset=demo&speed=max&steps=1000000`);
for (const section of sections) await page.click(`#section-${section} > summary`);
await page.evaluate(() => window.scrollTo(0, 0));
// It plays by itself; after the onset everything that is ever shown is shown.
await untilStatus(page, (status) => status.step >= 500);
const before = { step: await stepOf(), load: loadavg()[0] };
const events = await trace(seconds * 1000);
const steps = (await stepOf()) - before.step;
const heads = await page.locator('.head').count();
report(pictures(events));
shares(events);
console.log(`a training step of the preset in Node: ${(await trainingStep()).toFixed(1)} ms of a processor`);
await browser.close();
close();

/** How fast a processor is just now: other programs slow even its own time down. docs/performance.md has the figure of an idle machine. */
async function trainingStep() {
  const folder = new URL('../../build/wasm/dist/', import.meta.url);
  const { loadCore } = await import(new URL('loader.mjs', folder));
  const core = await loadCore({ wasmBinary: readFileSync(new URL('induction.wasm', folder)) });
  const trainer = core.create(core.schema.presets.find(({ name }) => name === 'demo').config);
  trainer.train(20);
  const before = process.cpuUsage();
  trainer.train(100);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / 100;
}

function stepOf() {
  return page.evaluate(() => window.playground.status().step);
}

async function trace(ms) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const includedCategories = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } });
  await page.waitForTimeout(ms);
  const complete = new Promise((done) => session.once('Tracing.tracingComplete', done));
  await session.send('Tracing.end');
  await complete;
  return events;
}

/** The page's main thread: of all with that name the one that makes pictures. */
function mainThread(events) {
  const key = ({ pid, tid }) => `${pid}:${tid}`;
  const named = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(key);
  const count = (id) => events.filter((event) => event.name === 'Commit' && key(event) === id).length;
  const best = named.reduce((most, next) => (count(next) > count(most) ? next : most));
  return events.filter((event) => key(event) === best);
}

/** Of each picture, from the commit of the one before to its own: what the thread's tasks took, by the clock and of a processor, in ms. */
function pictures(events) {
  const own = mainThread(events).sort((a, b) => a.ts - b.ts);
  const commits = own.filter(({ name }) => name === 'Commit').map(({ ts }) => ts);
  const made = commits.slice(1).map(() => ({ wall: 0, cpu: 0 }));
  let at = 0;
  for (const { ts, dur, tdur } of own.filter(({ name, ph }) => name === 'RunTask' && ph === 'X')) {
    while (at + 1 < commits.length && commits[at + 1] <= ts) at++;
    if (ts < commits[0] || at >= made.length) continue;
    made[at].wall += dur / 1000;
    made[at].cpu += (tdur ?? dur) / 1000;
  }
  return { made, span: (commits.at(-1) - commits[0]) / 1e6 };
}

/** Where the time goes: of each kind of event what it does not spend in another one inside it, per picture, of a processor. */
function shares(events) {
  const own = mainThread(events).sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const made = own.filter(({ name }) => name === 'Commit').length;
  const totals = new Map();
  const open = [];
  for (const { name, ph, ts, dur = 0, tdur = dur } of own) {
    if (ph !== 'X') continue;
    while (open.length > 0 && open.at(-1).end <= ts) open.pop();
    const outer = open.at(-1);
    if (outer) totals.set(outer.name, totals.get(outer.name) - tdur);
    totals.set(name, (totals.get(name) ?? 0) + tdur);
    open.push({ name, end: ts + dur });
  }
  const most = [...totals].sort(([, a], [, b]) => b - a).slice(0, 12);
  console.log(`ms a picture: ${most.map(([name, us]) => `${name} ${(us / 1000 / made).toFixed(2)}`).join(', ')}`);
}

function report({ made, span }) {
  const figure = (of) => {
    const sorted = made.map((one) => one[of]).sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    const over = sorted.filter((ms) => ms > kBudget).length / sorted.length;
    return `median ${at(0.5).toFixed(2)}, 95 % ${at(0.95).toFixed(2)}, most ${sorted.at(-1).toFixed(2)} ms; over ${kBudget} ms: ${(100 * over).toFixed(1)} %`;
  };
  const machine = `${cpus().length} × ${cpus()[0].model}, Chromium ${browser.version()}`;
  console.log(`${machine}; load before ${before.load.toFixed(1)}, after ${loadavg()[0].toFixed(1)}`);
  console.log(
    `${heads} heads, sections open: ${sections.join(', ') || 'none'}; ${steps} steps in ${span.toFixed(1)} s`,
  );
  console.log(`${made.length} pictures, ${(made.length / span).toFixed(1)} a second`);
  console.log(`by the clock:      ${figure('wall')}`);
  console.log(`of a processor:    ${figure('cpu')}`);
}
