// What readers type, choose and open: good values round-trip, bad ones get a sentence and change nothing.
import assert from 'node:assert/strict';
import { statusOf, untilStatus } from '../browser.mjs';

const calm = { reducedMotion: 'reduce' };

async function openGroup(page, group) {
  await page.evaluate((name) => document.querySelector(`[data-group=${name}]`).setAttribute('open', ''), group);
}

async function setKnob(page, name, value) {
  await page.fill(`#knob-${name}`, value);
  await page.press(`#knob-${name}`, 'Enter');
}

export const tests = [
  {
    name: 'a changed knob goes into the address, and the address gives the same run',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await page.waitForSelector('#play');
      await openGroup(page, 'model');
      await setKnob(page, 'n_heads', '2');
      await page.waitForFunction(() => document.querySelectorAll('.head').length === 4);
      await page.fill('#seed', '5');
      await page.press('#seed', 'Enter');
      await page.waitForFunction(() => location.hash === '#preset=demo&n_heads=2&seed=5');
      const first = await page.evaluate(() => window.playground.signatureAt(30));
      await page.reload();
      await page.waitForSelector('#play');
      assert.equal(await page.inputValue('#knob-n_heads'), '2');
      assert.equal(await page.inputValue('#seed'), '5');
      assert.equal(await page.evaluate(() => window.playground.signatureAt(30)), first);
    },
  },
  {
    name: 'prompt, head, speed and outlines come back from the address',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await page.fill('#prompt', 'abcdabcdabcd');
      await page.press('#prompt', 'Enter');
      await page.click('[data-head="0.2"]');
      await page.selectOption('#speed', 'max');
      await page.click('#targets');
      await page.reload();
      await page.waitForSelector('.token');
      assert.equal(await page.inputValue('#prompt'), 'abcdabcdabcd');
      assert.equal(await page.locator('.token').count(), 12);
      assert.equal(await page.getAttribute('[data-head="0.2"]', 'aria-selected'), 'true');
      assert.equal(await page.inputValue('#speed'), 'max');
      assert.equal(await page.isChecked('#targets'), true);
    },
  },
  {
    name: 'a live knob applies at once and the run goes on',
    async run(page, address) {
      await page.goto(address);
      await untilStatus(page, (status) => status.step >= 10);
      await openGroup(page, 'optimiser');
      await setKnob(page, 'lr', '0.003');
      await page.waitForFunction(() => location.hash.includes('lr=0.003'));
      const { step } = await statusOf(page);
      assert.ok(step >= 10, 'the run was not started anew');
      await page.waitForFunction((before) => window.playground.status().step > before, step);
    },
  },
  {
    name: 'a bad knob value gets its sentence beside the control, and the running model goes on',
    async run(page, address) {
      await page.goto(address);
      await openGroup(await ready(page), 'model');
      for (const value of ['99', 'many', '']) {
        await setKnob(page, 'n_heads', value);
        const sentence = await page.waitForSelector('[data-knob=n_heads] .refused');
        assert.match(await sentence.textContent(), /n_heads/);
        assert.equal(await page.getAttribute('#knob-n_heads', 'aria-invalid'), 'true');
        assert.equal(await page.locator('.head').count(), 8);
      }
      const { step } = await statusOf(page);
      await page.waitForFunction((before) => window.playground.status().step > before, step);
    },
  },
  {
    name: 'knobs that contradict one another are refused with a sentence where the reader is',
    async run(page, address) {
      await page.goto(address);
      await openGroup(await ready(page), 'task');
      await setKnob(page, 'period_min', '17');
      await page.waitForSelector('[data-knob=period_min] .refused');
      assert.equal(await page.locator('.head').count(), 8);
    },
  },
  {
    name: 'knobs without effect are hidden, the focus stays, and a search or an address brings them back',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await openGroup(await ready(page), 'task');
      await page.waitForSelector('#knob-period_min');
      await page.focus('#knob-task');
      await page.selectOption('#knob-task', 'bigram');
      await page.waitForFunction(() => !document.querySelector('#knob-period_min'));
      assert.equal(await page.evaluate(() => document.activeElement.id), 'knob-task');
      await page.fill('#find-knob', 'shortest zebra');
      assert.equal(await page.locator('[data-knob]').count(), 0);
      await page.fill('#find-knob', 'shortest');
      await page.waitForSelector('[data-knob=period_min] .idle');
      await page.press('#find-knob', 'Escape');
      await page.waitForFunction(() => !document.querySelector('#knob-period_min'));
      await page.goto(`${address}#preset=demo&task=bigram&period_min=3`);
      await page.reload();
      await openGroup(await ready(page), 'task');
      assert.equal(await page.inputValue('#knob-period_min'), '3');
      await page.waitForSelector('[data-knob=period_min] .idle');
    },
  },
  {
    name: 'a pasted text is trained on in its own characters, and one that is too short gets its sentence',
    async run(page, address) {
      await page.goto(address);
      await ready(page);
      await page.click('.own-text summary');
      await page.fill('#own-text', 'ab');
      await page.click('#own-text-train');
      await page.waitForSelector('#own-text-problem');
      await page.fill('#own-text', 'she sells sea shells by the sea shore; '.repeat(60));
      await page.click('#own-text-train');
      await page.waitForFunction(() => location.hash.includes('task=text'));
      await page.waitForFunction(() => !document.querySelector('#own-text-problem'));
      const labels = await page.locator('.token .label').allTextContents();
      assert.ok(labels.includes('␣') && labels.includes('s'), labels.join());
      await untilStatus(page, (status) => status.step > 5);
      await page.reload();
      await page.waitForSelector('#url-notice');
    },
  },
  {
    name: 'a bad address gets its sentences, and the rest of it applies',
    async run(page, address) {
      await page.goto(`${address}#preset=demo&nonsense=1&n_heads=99&lr=fast&seed=7&prompt=XYZ`);
      await page.waitForSelector('#url-notice');
      const notice = await page.textContent('#url-notice');
      for (const word of ['nonsense', 'n_heads', 'lr']) assert.ok(notice.includes(word), `${word} is named`);
      assert.match(await page.textContent('#prompt-problem'), /“X” is not a token/);
      assert.equal(await page.inputValue('#seed'), '7');
      await untilStatus(page, (status) => status.step > 0);
    },
  },
  {
    name: 'an unknown token gets its sentence, and the old sequence stays',
    options: calm,
    async run(page, address) {
      await page.goto(address);
      await page.waitForSelector('.token');
      const before = await page.locator('.token').allTextContents();
      await page.fill('#prompt', 'abcz');
      await page.press('#prompt', 'Enter');
      assert.match(await (await page.waitForSelector('#prompt-problem')).textContent(), /“z” is not a token/);
      assert.deepEqual(await page.locator('.token').allTextContents(), before);
    },
  },
  {
    name: 'a tapped token stays chosen when the finger is lifted',
    options: { ...calm, hasTouch: true, viewport: { width: 360, height: 800 } },
    async run(page, address) {
      await page.goto(address);
      await page.locator('[data-t="27"]').tap();
      await page.waitForFunction(() => /at position 27/.test(document.querySelector('#looks').textContent));
      assert.equal(await page.getAttribute('[data-t="27"]', 'aria-selected'), 'true');
    },
  },
  {
    name: 'numbers that run away stop the run with a sentence',
    async run(page, address) {
      await page.goto(`${address}#preset=demo&lr=1000&warmup_steps=0&speed=max`);
      await untilStatus(page, (status) => status.stopped !== null);
      await page.waitForSelector('.story[data-phase=stopped]');
      assert.match(await page.textContent('.story'), /stopped at step \d+.*finite/s);
      assert.equal((await statusOf(page)).playing, false);
    },
  },
  {
    name: 'without WebAssembly one sentence says what to do',
    async run(page, address) {
      await page.addInitScript(() => {
        delete window.WebAssembly;
      });
      await page.goto(address);
      await page.waitForFunction(() => /needs WebAssembly/.test(document.querySelector('.story').textContent));
    },
  },
  {
    name: 'a module that does not arrive gets one sentence',
    async run(page, address) {
      await page.route('**/*.wasm', (route) => route.abort());
      await page.goto(address);
      await page.waitForFunction(() => /could not be loaded/.test(document.querySelector('.story').textContent));
    },
  },
  {
    name: 'a click on a setting of a claim runs it with the present seed, and its address says so',
    options: calm,
    async run(page, address) {
      await page.goto(`${address}#preset=demo&seed=4`);
      await page.click('.experiments summary');
      await page.click('[data-experiment=norm] a:has-text("rms norm")');
      await page.waitForSelector('[data-experiment=norm] a[aria-current]:has-text("rms norm")');
      await untilStatus(page, (status) => status.step > 5);
      const { hash } = new URL(page.url());
      assert.ok(hash.includes('seed=4') && hash.includes('norm=rms'), hash);
    },
  },
];

async function ready(page) {
  await page.waitForSelector('#play');
  return page;
}
