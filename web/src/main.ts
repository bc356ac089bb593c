// Starts the page: the worker first, so that the core loads while the rest is set up.
import './style.css';
import { App } from './app.ts';
import { CallError, Client } from './client.ts';
import './page.ts';
import type { Page } from './page.ts';
import type { EngineChoice, EngineReport, PastFacts, PastTree, Status } from './protocol.ts';
import { Puller } from './puller.ts';
import { Safe } from './safe.ts';
import type { OnsetEvent } from './series.ts';
import { startWorker } from './start_worker.ts';
import { strings } from './strings.ts';
import { startTheme } from './theme.ts';
import workerUrl from './worker.ts?worker&url';

/** What tests and curious readers may use from the console. */
export interface Playground {
  /** The run of this page from step 0 to `step`, then its signature. */
  signatureAt(step: number): Promise<string>;
  /** Of the run as it is now. */
  signature(): Promise<string>;
  /** Exactly so many steps of this run, then pause. */
  advance(steps: number): Promise<void>;
  status(): Status;
  /** Steps of the probes in the curves. */
  probes(): number[];
  onsets(): OnsetEvent[];
  /** The branch on show, its furthest step, and which states are kept. */
  past(): PastFacts & PastTree;
  /** Shows a step of the run, exactly. */
  seek(step: number): Promise<void>;
  engine(): EngineReport;
  /** Also in mid-run. */
  chooseEngine(choice: EngineChoice): Promise<void>;
}

declare global {
  interface Window {
    playground?: Playground;
  }
}

const calm = matchMedia('(prefers-reduced-motion: reduce)');

function showTrouble(sentence: string): void {
  const story = document.querySelector('.story');
  if (story) story.textContent = sentence;
}

let worker: Worker | undefined;

/** One that is killed says nothing, but lets go of the lock that it has had since before its first answer. */
function startTrainer(): Worker {
  worker?.terminate();
  const lock = String(Math.random());
  const mine = startWorker(workerUrl, lock);
  worker = mine;
  const ended = () => mine.onerror?.(new ErrorEvent('error'));
  mine.addEventListener('message', () => void navigator.locks?.request(lock, ended).catch(() => 0), { once: true });
  return mine;
}

async function start(): Promise<void> {
  startTheme();
  if (typeof WebAssembly === 'undefined') return showTrouble(strings.no_wasm);
  let app: App | null = null;
  let safe: Safe | null = null;
  const fail = (sentence: string) => (app ? app.fail(sentence) : showTrouble(sentence));
  const client = new Client(startTrainer(), async (why) => {
    try {
      if (!app || !safe) throw why;
      await (await import('./rescue.ts')).rescue(app, safe, startTrainer, why);
    } catch {
      fail(strings.crashed(why));
    }
  });
  try {
    const schema = await client.call('schema', null);
    const puller = new Puller(client, () => calm.matches);
    app = new App(client, schema, () => puller.poke());
    safe = keep(app);
    await app.openHash(location.hash);
    puller.begin(app);
    show(app, client);
    // Nothing moves by itself for readers who asked for that.
    if (!(await app.timeline.opened()) && !calm.matches) await app.play();
  } catch (error) {
    fail(strings.load_failed(error instanceof CallError || error instanceof Error ? error.message : String(error)));
  }
}

function keep(app: App): Safe {
  const safe = new Safe(app);
  app.listen((topic) => topic === 'frame' && safe.follow());
  return safe;
}

function show(app: App, client: Client): void {
  const page = document.createElement('ip-page') as Page;
  page.app = app;
  document.body.replaceChildren(page);
  addEventListener('hashchange', async () => {
    const goOn = app.goes_on;
    await app.openHash(location.hash);
    if (!(await app.timeline.opened()) && goOn) await app.play();
  });
  window.playground = {
    async signatureAt(step) {
      await app.pause();
      await app.reset();
      await app.advance(step);
      return this.signature();
    },
    signature: async () => (await client.call('signature', null)).signature,
    advance: (steps) => app.advance(steps),
    status: () => app.status,
    probes: () => app.series.step,
    onsets: () => app.series.all_onsets,
    past: () => ({ ...app.timeline.facts, ...app.timeline.tree }),
    seek: (step) => app.timeline.seek(step, true),
    engine: () => app.engine,
    chooseEngine: (choice) => app.chooseEngine(choice),
  };
}

void start();
