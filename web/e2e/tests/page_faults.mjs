// What befalls a page that trains on WebAssembly: it says in one sentence what happened, and the run goes on, to the same bits.
import assert from 'node:assert/strict';
import { statusOf, untilStatus } from '../browser.mjs';
import { advance, calm, inWorker, more, pause } from '../engine_support.mjs';

const run = '#preset=demo&n_heads=2&steps=1000000&speed=200';
const signature = (page) => page.evaluate(() => window.playground.signature());

/** Compares the run with one that nothing happened to. */
async function sameAsNever(page) {
  const { step } = await pause(page);
  const now = await signature(page);
  assert.equal(await page.evaluate((to) => window.playground.signatureAt(to), step), now);
}

/** Every function of the module may be made to run into WebAssembly's own `unreachable`. */
const trap = `
  const bytes = [0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,5,1,3,0,0,11];
  const { f: unreachable } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes))).exports;
  const guarded = ([name, part]) => [
    name,
    typeof part === 'function' ? (...given) => (self.trapped ? unreachable() : part(...given)) : part,
  ];
  for (const how of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[how];
    WebAssembly[how] = async (...given) => {
      const { instance, module } = await original.apply(WebAssembly, given);
      return { module, instance: { exports: Object.fromEntries(Object.entries(instance.exports).map(guarded)) } };
    };
  }
`;

const kDeaths = {
  'an uncaught error': [
    '',
    () =>
      setTimeout(() => {
        throw new Error('boom');
      }),
  ],
  'a killed worker': ['', () => self.close()],
  'a WebAssembly trap': [
    trap,
    () => {
      self.trapped = true;
    },
  ],
};

const deaths = Object.entries(kDeaths).map(([what, [code, harm]]) => ({
  name: `faults: ${what} costs no step: a new worker trains the run again up to where it was, and one sentence says so`,
  tolerates: /boom|unreachable/,
  async run(page, address) {
    if (code) await inWorker(page, code);
    await page.goto(`${address}${run}`);
    await untilStatus(page, ({ step }) => step > 100);
    const before = await statusOf(page);
    await page.workers()[0].evaluate(harm);
    await page.waitForFunction(() => /goes on from there/.test(document.querySelector('#url-notice')?.textContent));
    const said = await page.locator('#url-notice :is(p, li)').allTextContents();
    assert.equal(said.length, 1);
    assert.match(
      said[0],
      /^The model stopped working unexpectedly.*trained again to the same step \d+, and goes on from there\.$/,
    );
    const told = Number(/same step (\d+)/.exec(said[0])[1]);
    assert.ok(told >= before.step, `from step ${before.step} to ${told}`);
    await more(page, 60);
    assert.equal(page.workers().length, 1);
    await sameAsNever(page);
  },
}));

const paused = {
  name: 'faults: a worker that dies while an earlier step is on show comes back to that step, at rest',
  options: calm,
  tolerates: /boom/,
  async run(page, address) {
    await page.goto(`${address}${run}`);
    await page.waitForSelector('.head');
    await advance(page, 120);
    await page.evaluate(() => window.playground.seek(70));
    const before = await signature(page);
    await page.workers()[0].evaluate(kDeaths['an uncaught error'][1]);
    await page.waitForFunction(() => /goes on from there/.test(document.querySelector('#url-notice')?.textContent));
    await untilStatus(page, ({ step, playing }) => step === 70 && !playing);
    assert.equal(await signature(page), before);
    assert.equal((await page.evaluate(() => window.playground.past())).frontier, 120);
  },
};

const atOnce = {
  name: 'faults: a worker that dies before the first step costs nothing: the run waits as before, and trains',
  options: calm,
  tolerates: /boom/,
  async run(page, address) {
    await page.goto(`${address}${run}`);
    await page.waitForSelector('.head');
    await nextAfterDeath(page);
    await page.waitForFunction(() => /goes on from there/.test(document.querySelector('#url-notice')?.textContent));
    await advance(page, 20);
    const now = await signature(page);
    assert.equal(await page.evaluate(() => window.playground.signatureAt(20)), now);
  },
};

/** In the page: until the notice says so, however short a time. */
function sees(words) {
  return new Promise((seen) => {
    const look = () => document.querySelector('#url-notice')?.textContent.includes(words) && seen();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

/** The latest worker dies; resolves with the one that takes its place. (The dead one may still be in the list for a moment.) */
async function nextAfterDeath(page) {
  const next = page.waitForEvent('worker');
  await page.workers().at(-1).evaluate(kDeaths['an uncaught error'][1]);
  return next;
}

/** Every branch in the order in which they came off, by the signature at its furthest step; then the first one is on show. */
function branchesOf(page) {
  return page.evaluate(async () => {
    const { app } = document.querySelector('ip-page');
    const { timeline } = app;
    const { branches } = timeline.tree;
    const place = (id) => branches.findIndex((branch) => branch.id === id);
    const list = [];
    for (const branch of [...branches, branches[0]]) {
      await timeline.select(branch.id);
      while (timeline.facts.branch !== branch.id) await new Promise((soon) => setTimeout(soon, 10));
      const { parent, from } = branch;
      const { frontier } = timeline;
      const { changes } = app.settings;
      const steps = [...app.series.step];
      const name = timeline.name(branch);
      const signature = await window.playground.signature();
      list.push({ parent: place(parent), from, frontier, name, changes, steps, signature });
    }
    return list.slice(0, -1);
  });
}

/** Two come off a run of 80 steps, and one comes off the first of them. In the page. */
async function threeForks() {
  const { app } = document.querySelector('ip-page');
  const { timeline } = app;
  const { advance, seek } = window.playground;
  const onto = async (place) => {
    while (timeline.tree.branches.at(place)?.id !== timeline.facts.branch)
      await new Promise((soon) => setTimeout(soon, 10));
  };
  await seek(30);
  await app.setKnob('lr', '0.003');
  await onto(1);
  timeline.rename(timeline.facts.branch, 'three times slower');
  await advance(30);
  timeline.arm(true);
  await app.setKnob('optimizer', 'sgd');
  await onto(2);
  await advance(5);
  await timeline.select(timeline.tree.branches[0].id);
  await onto(0);
  await seek(50);
  await app.surgery.hold(() => ['ablate 0.1 mean']);
  await onto(3);
  await advance(10);
}

const forked = {
  name: 'faults: a run comes back with its forks: names, changes, curves and every signature; also where a second worker dies on the way',
  options: calm,
  tolerates: /boom/,
  async run(page, address) {
    await page.goto(`${address}${run}`);
    await page.waitForSelector('.head');
    await advance(page, 80);
    await page.evaluate(threeForks);
    const before = await branchesOf(page);
    assert.deepEqual(
      before.map(({ parent, from, frontier }) => [parent, from, frontier]),
      [
        [-1, 0, 80],
        [0, 30, 60],
        [1, 60, 65],
        [0, 50, 60],
      ],
    );
    assert.equal(new Set(before.map(({ signature: each }) => each)).size, 4);
    await page.evaluate(async () => {
      const { timeline } = document.querySelector('ip-page').app;
      await timeline.select(timeline.tree.branches[1].id);
      await window.playground.seek(44);
    });
    const shown = await signature(page);
    const underway = page.evaluate(sees, 'with its 3 forks');
    const second = await nextAfterDeath(page);
    await underway;
    await second.evaluate(kDeaths['an uncaught error'][1]);
    await page.waitForFunction(() => /goes on from there/.test(document.querySelector('#url-notice')?.textContent));
    await untilStatus(page, ({ step, playing }) => step === 44 && !playing);
    assert.equal(await signature(page), shown);
    assert.deepEqual(await branchesOf(page), before);
  },
};

const hopeless = {
  name: 'faults: a worker that dies again and again ends in one sentence that says what to do',
  tolerates: /boom/,
  async run(page, address) {
    await page.goto(`${address}${run}`);
    await untilStatus(page, ({ step }) => step > 10);
    for (let i = 0; i < 3; i++) await nextAfterDeath(page);
    await page.workers().at(-1).evaluate(kDeaths['an uncaught error'][1]);
    await page.waitForFunction(() => /reload the page/.test(document.querySelector('.story').textContent));
    assert.equal(await page.locator('[role=status]').first().textContent(), await page.textContent('.story'));
  },
};

const noMemory = `
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (self.full) throw new RangeError('no memory is left');
    return grow.call(this, pages);
  };
`;

const memory = {
  name: 'faults: a model for which there is no memory is refused with a sentence, and the old one trains on',
  async run(page, address) {
    await inWorker(page, noMemory);
    await page.goto(`${address}${run}`);
    await untilStatus(page, ({ step }) => step > 10);
    await page.workers()[0].evaluate(() => {
      self.full = true;
    });
    await page.evaluate(() => {
      for (const group of document.querySelectorAll('details[data-group]')) group.open = true;
    });
    await page.fill('#knob-n_ctx', '256');
    await page.press('#knob-n_ctx', 'Enter');
    const said = await (await page.waitForSelector('#refused-n_ctx')).textContent();
    assert.match(said.trim(), /^there is not enough memory for this configuration$/);
    await more(page, 60);
    await sameAsNever(page);
  },
};

const offline = {
  name: 'faults: offline after it was loaded the page trains and takes settings on; a part that cannot come says so and comes later',
  async run(page, address) {
    await page.goto(`${address}${run}`);
    await untilStatus(page, ({ step }) => step > 0);
    await page.waitForLoadState('networkidle');
    await page.context().setOffline(true);
    await more(page, 60);
    await page.fill('#seed', '9');
    await page.press('#seed', 'Enter');
    await page.waitForFunction(() => location.hash.includes('seed=9'));
    await more(page, 60);
    await page.click('#section-circuits > summary');
    await page.waitForSelector('#section-circuits .refused');
    const said = await page.textContent('#section-circuits .refused');
    assert.ok(said.trim().endsWith('.') && !said.trim().includes('\n'), said);
    await more(page, 30);
    await page.context().setOffline(false);
    await page.click('#section-circuits > summary');
    await page.click('#section-circuits > summary');
    await page.waitForSelector('#section-circuits .circuits');
    await sameAsNever(page);
  },
};

const slow = {
  name: 'faults: with the processor ten times slower the page answers, and the run has the same bits',
  async run(page, address) {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 10 });
    await page.goto(`${address}${run}`);
    await untilStatus(page, ({ step }) => step > 60);
    await sameAsNever(page);
    const { step } = await statusOf(page);
    await page.click('#step');
    await untilStatus(page, `(status) => status.step === ${step} + 1`);
  },
};

/** In page and worker: both clocks may be moved. */
const clocks = `
  self.skew = 0;
  const { now } = performance;
  Performance.prototype.now = function () { return now.call(this) + self.skew; };
  const today = Date.now;
  Date.now = () => today() + self.skew;
`;

const skew = {
  name: 'faults: clocks that jump a day ahead and two days back hold up no run and let no burst through',
  async run(page, address) {
    await page.addInitScript(clocks);
    await inWorker(page, clocks);
    await page.goto(`${address}${run.replace('speed=200', 'speed=10')}`);
    await untilStatus(page, ({ step }) => step > 5);
    for (const days of [1, -1]) {
      const jump = (by) => {
        self.skew = by;
      };
      const before = (await statusOf(page)).step;
      await page.workers()[0].evaluate(jump, days * 86_400_000);
      await page.evaluate(jump, days * 86_400_000);
      await more(page, 5);
      // At ten steps a second: a burst would be thousands.
      const after = (await statusOf(page)).step;
      assert.ok(after - before < 300, `from step ${before} to ${after}`);
    }
    await sameAsNever(page);
  },
};

/** As browsers do for pages that may keep nothing. */
function blockStorage() {
  const no = () => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
    Object.defineProperty(window, name, { get: no, configurable: true });
}

const sayings = (page) =>
  page.waitForFunction(() => /keeps nothing for this page/.test(document.querySelector('#last-problem')?.textContent));

const blocked = {
  name: 'faults: where storage is blocked, as in some private windows, the page trains and one sentence says that it keeps nothing',
  options: calm,
  async run(page, address) {
    await page.addInitScript(blockStorage);
    await page.goto(`${address}${run}`);
    await page.waitForSelector('.head');
    await advance(page, 30);
    await page.click('#theme');
    await page.click('#share');
    await sayings(page);
    assert.equal(await page.locator('#last-problem').count(), 1);
    await page.keyboard.press('Escape');
    await sameSignature(page, 30);
  },
};

async function sameSignature(page, step) {
  const now = await signature(page);
  assert.equal(await page.evaluate((to) => window.playground.signatureAt(to), step), now);
}

const quota = {
  name: 'faults: where the storage is full the page trains and one sentence says that it keeps nothing',
  options: calm,
  async run(page, address) {
    const session = await page.context().newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(address).origin, quotaSize: 1000 });
    await page.goto(`${address}${run}`);
    await page.waitForSelector('.head');
    await advance(page, 30);
    await page.waitForTimeout(500);
    await page.click('#share');
    await sayings(page);
    await page.keyboard.press('Escape');
    await sameSignature(page, 30);
  },
};

export const tests = [...deaths, atOnce, paused, forked, hopeless, memory, offline, slow, skew, blocked, quota];
