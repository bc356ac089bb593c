// How long an article's main thread is blocked by its figures: node e2e/blocking.mjs [runs] [file in dist/embed].
// Four figures on screen, on another origin, nothing cached, until each has trained 60 steps. Total blocking time is what the main
// thread's tasks take beyond 50 ms each, by the wall (as readers have it) and in time of the processor (on a machine that does other
// things too). It measures; no test depends on it.
import { articleOf, serveArticles } from './articles.mjs';
import { launch } from './browser.mjs';
import { serve } from './server.mjs';

const [runs = '5', file = 'induction-playground.js'] = process.argv.slice(2);
const kTrained = 60;
const kBlocks = 50;
const figure = (id) => `<induction-playground id="${id}" preset="demo" style="width: 580px"></induction-playground>`;
const kBody = `<div style="display: flex; flex-wrap: wrap; gap: 16px">${['a', 'b', 'c', 'd'].map(figure).join('')}</div>`;

/** Before the article's own scripts. */
function watch() {
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}

const trained = (least) =>
  [...document.querySelectorAll('induction-playground')].every((each) => each.at >= least) &&
  document.querySelectorAll('induction-playground').length === 4;

/** Tasks of the article's main thread, ms: { wall, processor }. What runs within another one is part of that. */
function tasksIn(events, url) {
  const frame = events.find(({ name, args }) => name === 'FrameCommittedInBrowser' && args.data.url === url)?.args.data;
  const main = events.find(
    ({ name, pid, args }) => name === 'thread_name' && pid === frame?.processId && args.name === 'CrRendererMain',
  );
  const ours = events.filter(
    ({ name, ph, pid, tid }) => /RunTask$/.test(name) && ph === 'X' && pid === main?.pid && tid === main?.tid,
  );
  let end = 0;
  const outermost = [...ours]
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur)
    .filter(({ ts, dur }) => {
      if (ts < end) return false;
      end = ts + dur;
      return true;
    });
  return outermost.map(({ dur, tdur }) => ({ wall: dur / 1000, processor: (tdur ?? dur) / 1000 }));
}

const blocking = (tasks, clock) => tasks.reduce((sum, task) => sum + Math.max(0, task[clock] - kBlocks), 0);
const longest = (tasks, clock) => Math.max(0, ...tasks.map((task) => task[clock]));

async function measure(dist, articles) {
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 2000 } });
    await page.addInitScript(watch);
    const url = articles.put(articleOf(kBody, { dist, file }));
    await browser.startTracing(page, {
      categories: ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline'],
    });
    await page.goto(url);
    await page.waitForFunction(trained, kTrained);
    const { traceEvents } = JSON.parse(await browser.stopTracing());
    const tasks = tasksIn(traceEvents, url);
    if (tasks.length === 0) throw new Error('the trace has no tasks of the article');
    return { tasks, shifts: await page.evaluate(() => window.shifts) };
  } finally {
    await browser.close();
  }
}

const { address, close } = await serve(new URL('..', import.meta.url).pathname);
const articles = await serveArticles();
for (let i = 0; i < Number(runs); i++) {
  const { tasks, shifts } = await measure(`${address}dist/`, articles);
  const told = ['wall', 'processor'].map(
    (clock) =>
      `${blocking(tasks, clock).toFixed(0)} ms blocked by the ${clock} (longest task ${longest(tasks, clock).toFixed(0)} ms)`,
  );
  console.log(`${told.join(', ')}; ${tasks.length} tasks; layout shift ${shifts.toFixed(5)}`);
}
articles.close();
close();
