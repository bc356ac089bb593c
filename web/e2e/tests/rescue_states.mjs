// A worker that dies after long training: the run comes back from a state that the page has kept, to the same bits.
import assert from 'node:assert/strict';
import { untilStatus } from '../browser.mjs';
import { advance, pause } from '../engine_support.mjs';

/** About 37 ms a step by the worker's own estimate: from step 136 on, five seconds of training, a state is worth keeping. */
const slow = '#preset=demo&n_heads=2&d_model=64&n_ctx=64&d_vocab=64&batch=32&steps=1000000&speed=max';
const kWorth = 140;

const signature = (page) => page.evaluate(() => window.playground.signature());
const notice = /goes on from there/;

/** In the page: its clock may be moved, so that ten seconds need not be waited for. */
function movableClock() {
  window.skew = 0;
  const { now } = performance;
  Performance.prototype.now = function () {
    return now.call(this) + window.skew;
  };
}

/** In the page: trains on until a state of the branch on show has been told. Resolves with its step. */
async function kept() {
  const { client } = document.querySelector('ip-page').app;
  const { call } = client;
  let told = null;
  client.call = (kind, ...given) => {
    const answer = call.call(client, kind, ...given);
    if (kind === 'safe') answer.then((state) => (told = state?.step ?? told));
    return answer;
  };
  while (told === null) {
    window.skew += 10_000;
    await window.playground.advance(5);
  }
  client.call = call;
  return told;
}

async function open(page, address) {
  await page.addInitScript(movableClock);
  await page.goto(address + slow);
  await untilStatus(page, ({ step }) => step > 0);
  const { step } = await pause(page);
  await advance(page, kWorth - step);
}

const dies = (page) =>
  page
    .workers()
    .at(-1)
    .evaluate(() =>
      setTimeout(() => {
        throw new Error('boom');
      }),
    );

/** What the notice says of how many steps are trained again; its worker dies. */
async function stepsAgain(page) {
  const said = page.evaluate(
    () =>
      new Promise((seen) => {
        const look = () => {
          const found = /([\d, ]+) steps\./.exec(document.querySelector('#url-notice')?.textContent ?? '');
          if (found) seen(Number(found[1].replace(/\D/g, '')));
        };
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
  );
  await dies(page);
  return said;
}

const long = {
  name: 'rescue: a run that has trained for long comes back from a kept state, with its curves; earlier steps are trained again',
  tolerates: /boom/,
  async run(page, address) {
    await open(page, address);
    const state = await page.evaluate(kept);
    await advance(page, 7);
    const { step } = await page.evaluate(() => window.playground.status());
    const [now, probes] = [await signature(page), await page.evaluate(() => [...window.playground.probes()])];
    assert.equal(await stepsAgain(page), step - state);
    await page.waitForFunction((words) => words.test(document.querySelector('#url-notice')?.textContent), notice);
    assert.match(
      await page.textContent('#url-notice'),
      /goes on from there\. Earlier steps are trained again where you go back to them\./,
    );
    assert.equal(await signature(page), now);
    assert.deepEqual(await page.evaluate(() => [...window.playground.probes()]), probes);
    await page.evaluate(() => window.playground.seek(30));
    await untilStatus(page, ({ step: at }) => at === 30);
    const early = await signature(page);
    assert.equal(await page.evaluate(() => window.playground.signatureAt(30)), early);
    assert.equal(await page.evaluate((to) => window.playground.signatureAt(to), step), now);
  },
};

/** In the page: the branch at this place of the tree is on show. */
async function onto(place) {
  const { timeline } = document.querySelector('ip-page').app;
  while (timeline.tree.branches.at(place)?.id !== timeline.facts.branch)
    await new Promise((soon) => setTimeout(soon, 10));
}

/** One comes off at step 100 of a run of which a state is kept, and a state of it too. Resolves with the steps of both. */
async function withFork(page, address) {
  await open(page, address);
  const states = [await page.evaluate(kept)];
  await page.evaluate(() => window.playground.seek(100));
  await untilStatus(page, ({ step }) => step === 100);
  await page.evaluate(() => document.querySelector('ip-page').app.setKnob('lr', '0.003'));
  await page.evaluate(onto, 1);
  await advance(page, 45);
  states.push(await page.evaluate(kept));
  await advance(page, 3);
  return states;
}

/** In the page: signature and probes at the furthest step of each branch. */
async function ends() {
  const { app } = document.querySelector('ip-page');
  const { timeline } = app;
  const found = [];
  for (const { id } of timeline.tree.branches) {
    await timeline.select(id);
    while (timeline.facts.branch !== id) await new Promise((soon) => setTimeout(soon, 10));
    found.push([await window.playground.signature(), timeline.frontier, [...app.series.step]]);
  }
  return found;
}

const forked = {
  name: 'rescue: forks come back from their own kept states, and the run that they came off from its own',
  tolerates: /boom/,
  async run(page, address) {
    const [root, fork] = await withFork(page, address);
    const before = await page.evaluate(ends);
    const [[, rootEnd], [, forkEnd]] = before;
    assert.equal(await stepsAgain(page), 100 + (rootEnd - root) + (forkEnd - fork));
    await page.waitForFunction((words) => words.test(document.querySelector('#url-notice')?.textContent), notice);
    assert.deepEqual(await page.evaluate(ends), before);
  },
};

const another = {
  name: 'rescue: of a run that is left meanwhile for another one, no sentence stands above the new one',
  tolerates: /boom/,
  async run(page, address) {
    await withFork(page, address);
    await stepsAgain(page);
    await page.fill('#seed', '5');
    await page.press('#seed', 'Enter');
    await page.waitForFunction(() => location.hash.includes('seed=5'));
    await untilStatus(page, ({ step }) => step < 100);
    await page.waitForTimeout(1000);
    assert.equal(await page.locator('#url-notice :is(p, li)').count(), 0);
  },
};

export const tests = [long, forked, another];
