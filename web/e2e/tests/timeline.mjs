// Going back in the run: the whole page at an earlier step, to the bit; forks, and the way back.
import assert from 'node:assert/strict';
import { assertNoViolations } from '../axe.mjs';
import { statusOf, untilStatus } from '../browser.mjs';
import { heapsOf, withSpy } from '../heap.mjs';

/** Ends a hopeless wait, in ms; decides nothing else. */
const kHopeless = 120_000;

const calm = { reducedMotion: 'reduce' };

const pastOf = (page) => page.evaluate(() => window.playground.past());
const signature = (page) => page.textContent('#signature');

/** The run at a step, at rest: `step` in the story and in the small print. */
async function trained(page, address, steps, hash = '#preset=demo') {
  await page.goto(address + hash);
  await page.waitForSelector('#time-rail');
  await page.evaluate((n) => window.playground.advance(n), steps);
  await atRest(page, steps);
}

async function onBranch(page, place) {
  await page.waitForFunction((at) => {
    const { branch, branches } = window.playground.past();
    return branches.at(at).id === branch && document.querySelector('#signature');
  }, place);
}

async function atRest(page, step) {
  await untilStatus(page, `(status) => !status.playing && status.step === ${step}`, kHopeless);
  await page.waitForFunction(
    (at) => new RegExp(`Signature at step ${at}:`).test(document.querySelector('ip-footer').textContent),
    step,
    { timeout: kHopeless },
  );
}

/** What a fresh run has at these steps, in a page of its own. */
async function fresh(page, address, steps, hash = '#preset=demo') {
  const other = await page.context().newPage();
  await other.goto(address + hash);
  await other.waitForSelector('#time-rail');
  const signatures = [];
  for (const step of steps) signatures.push(await other.evaluate((n) => window.playground.signatureAt(n), step));
  await other.close();
  return signatures;
}

export const tests = [
  {
    name: 'timeline: by keys and by dragging any step is shown again, to the bit, and play comes back to the furthest one',
    options: calm,
    async run(page, address) {
      await trained(page, address, 320);
      const end = await signature(page);
      const [at300, at289, at160] = await fresh(page, address, [300, 289, 160]);
      await page.focus('#time-rail');
      await page.keyboard.press('ArrowLeft');
      await atRest(page, 300);
      assert.equal(await signature(page), at300);
      for (let i = 0; i < 11; i++) await page.keyboard.press('Shift+ArrowLeft');
      await atRest(page, 289);
      assert.equal(await signature(page), at289);
      assert.match(await page.getAttribute('#time-rail', 'aria-valuetext'), /^step 289, /);
      await page.waitForFunction(() => location.hash.includes('step=289'));
      // Half of the axis, which is 500 long, by steps of the pointer.
      const box = await page.locator('#time-rail').boundingBox();
      await page.mouse.move(box.x + 20, box.y + 20);
      await page.mouse.down();
      for (const share of [0.1, 0.25, 0.32]) await page.mouse.move(box.x + share * box.width, box.y + 20);
      await page.mouse.up();
      await atRest(page, 160);
      assert.equal(await signature(page), at160);
      assert.ok((await pastOf(page)).back);
      await page.keyboard.press('End');
      await atRest(page, 320);
      assert.equal(await signature(page), end);
      assert.equal((await pastOf(page)).back, false);
    },
  },
  {
    name: 'timeline: played again at 200 steps a second the run has its own bits, and then goes on',
    options: calm,
    async run(page, address) {
      await trained(page, address, 60, '#preset=demo&speed=200');
      const [at52, at64] = await fresh(page, address, [52, 64]);
      await page.evaluate(() => window.playground.seek(31));
      await atRest(page, 31);
      await page.evaluate(() => window.playground.advance(21));
      await atRest(page, 52);
      assert.equal(await signature(page), at52);
      assert.equal((await pastOf(page)).frontier, 60);
      await page.evaluate(() => window.playground.advance(12));
      await atRest(page, 64);
      assert.equal(await signature(page), at64);
      await page.click('#time-back');
      await atRest(page, 63);
      await page.click('#time-play');
      await untilStatus(page, (status) => status.playing && status.step > 64);
    },
  },
  {
    name: 'timeline: looking back, a sequence that is typed now is answered by the model of that step, and its story is told',
    options: calm,
    async run(page, address) {
      const typed = 'a b c d a b c';
      await trained(page, address, 320);
      await page.evaluate((text) => document.querySelector('ip-page').app.setPrompt(text), typed);
      const predictions = () =>
        page.evaluate(() => Array.from(document.querySelector('ip-page').app.view.probabilities));
      await page.evaluate(() => window.playground.seek(75));
      await atRest(page, 75);
      const then = await predictions();
      assert.match(await page.textContent('.story'), /^\s*Step 75\. (?!.*induction)/);
      assert.equal(await page.locator('[data-role="induction"]').count(), 0);
      await page.evaluate(() => window.playground.seek(320));
      await atRest(page, 320);
      const now = await predictions();
      await trained(page, address, 75);
      await page.evaluate((text) => document.querySelector('ip-page').app.setPrompt(text), typed);
      await page.waitForFunction(() => document.querySelector('ip-page').app.view.tokens.length === 7);
      assert.deepEqual(await predictions(), then);
      assert.notDeepEqual(now, then);
    },
  },
  {
    name: 'timeline: a setting changed while looking back makes a fork with an address of its own; the old future is kept',
    options: calm,
    async run(page, address) {
      await trained(page, address, 120);
      const end = await signature(page);
      await page.evaluate(() => window.playground.seek(80));
      await atRest(page, 80);
      await page.evaluate(() => document.querySelector('ip-page').app.setKnob('lr', '0.003'));
      await page.waitForSelector('#time-undo');
      assert.match(await page.textContent('.time-notice'), /from step 80: lr 0\.003/);
      await page.evaluate(() => window.playground.advance(40));
      await atRest(page, 120);
      const forked = await signature(page);
      assert.notEqual(forked, end);
      const hash = new URL(page.url()).hash;
      assert.deepEqual(await fresh(page, address, [120], hash), [forked], `the fork's address ${hash} is another run`);
      await page.click('#time-more');
      await page.click('#time-branches li:first-child button');
      await onBranch(page, 0);
      assert.equal(await signature(page), end);
      assert.ok(!page.url().includes('at='));
      await page.click('#time-branches li:last-child button');
      await onBranch(page, 1);
      assert.equal(await signature(page), forked);
    },
  },
  {
    name: 'timeline: ‘Fork here’ changes what would begin a new run, and undo forgets it',
    options: calm,
    async run(page, address) {
      await trained(page, address, 50);
      const before = await signature(page);
      await page.click('#time-fork');
      await page.evaluate(() => document.querySelector('ip-page').app.setKnob('optimizer', 'sgd'));
      await page.waitForSelector('#time-undo');
      await page.evaluate(() => window.playground.advance(10));
      await atRest(page, 60);
      assert.notEqual(await signature(page), (await fresh(page, address, [60]))[0]);
      await page.click('#time-undo');
      await atRest(page, 50);
      assert.equal(await signature(page), before);
      assert.equal((await pastOf(page)).branches.length, 1);
    },
  },
  {
    name: 'timeline: step= in the address opens the page at rest there; a hostile one is a notice',
    async run(page, address) {
      await page.goto(`${address}#preset=demo&step=70`);
      await atRest(page, 70);
      assert.equal(await signature(page), (await fresh(page, address, [70]))[0]);
      assert.ok(page.url().includes('step=70'));
      await page.goto(`${address}?other#preset=demo&step=1e99`);
      await page.waitForSelector('#url-notice');
      assert.match(await page.textContent('#url-notice'), /step cannot be '1e99'/);
      await untilStatus(page, (status) => status.step > 0);
    },
  },
  {
    name: 'timeline: space plays and pauses, comma and full stop step, but not in a text',
    options: calm,
    async run(page, address) {
      await trained(page, address, 20);
      await page.evaluate(() => document.activeElement.blur());
      await page.keyboard.press(',');
      await atRest(page, 19);
      await page.keyboard.press('.');
      await atRest(page, 20);
      await page.focus('#seed');
      await page.keyboard.press('.');
      await page.keyboard.press(' ');
      assert.equal((await statusOf(page)).playing, false);
      await page.evaluate(() => document.activeElement.blur());
      await page.keyboard.press(' ');
      await untilStatus(page, (status) => status.playing);
    },
  },
  {
    name: 'timeline: dragging on the curves goes back too',
    options: calm,
    async run(page, address) {
      await trained(page, address, 100);
      await page.locator('#loss-chart').scrollIntoViewIfNeeded();
      const box = await page.locator('#loss-chart .u-over').boundingBox();
      await page.mouse.move(box.x + 2, box.y + 50);
      await page.mouse.down();
      await page.mouse.move(box.x + 0.2 * box.width, box.y + 50, { steps: 4 });
      await page.mouse.up();
      await page.waitForSelector('#loss-chart .playhead:not([hidden])', { state: 'attached' });
      const { step } = await statusOf(page);
      assert.ok(Math.abs(step - 50) <= 2, `step ${step}, not 50`);
    },
  },
  {
    name: 'timeline: 300 jumps hold memory flat, and kept states are bounded',
    options: calm,
    async run(page, address) {
      await withSpy(page);
      await trained(page, address, 100);
      const heaps = await heapsOf(page);
      const jumps = (n) =>
        page.evaluate(async (count) => {
          for (let i = 0; i < count; i++) await window.playground.seek((37 * i) % 100);
        }, n);
      await jumps(50);
      const before = { ...(await heaps()), states: (await pastOf(page)).states };
      await jumps(300);
      const after = { ...(await heaps()), states: (await pastOf(page)).states };
      for (const which of ['heap', 'worker'])
        assert.ok(after[which] < before[which] + 2_000_000, `${which}: from ${before[which]} to ${after[which]} bytes`);
      assert.equal(after.wasm, before.wasm, 'the memory of the module');
      assert.equal(after.states, before.states);
    },
  },
  {
    name: 'timeline: the engine is changed while looking back; the run goes on where it was',
    gpu: true,
    options: calm,
    async run(page, address) {
      await trained(page, address, 40);
      await page.evaluate(() => window.playground.seek(20));
      await atRest(page, 20);
      await page.evaluate(() => window.playground.chooseEngine('webgpu'));
      await page.waitForFunction(() => window.playground.engine().engine === 'webgpu');
      assert.equal((await statusOf(page)).step, 20);
      await page.evaluate(() => window.playground.advance(25));
      await atRest(page, 45);
      const { frontier, branches, back } = await pastOf(page);
      assert.deepEqual([frontier, branches.length, back], [45, 1, false]);
      // SwiftShader fuses no multiply-add: the same bits as WebAssembly's.
      assert.equal(await signature(page), (await fresh(page, address, [45], '#preset=demo&engine=wasm'))[0]);
      await page.evaluate(() => window.playground.seek(44));
      await untilStatus(page, (status) => !status.playing && status.step < 45);
      const { step } = await statusOf(page);
      assert.ok((await pastOf(page)).kept.includes(step), `step ${step} is a kept state`);
    },
  },
  {
    name: 'timeline: a branch is given a name by keys alone, keeps it when Escape is pressed, and loses it when it is emptied',
    options: calm,
    async run(page, address) {
      await trained(page, address, 30);
      await page.evaluate(() => window.playground.seek(20));
      await atRest(page, 20);
      await page.evaluate(() => document.querySelector('ip-page').app.setKnob('lr', '0.003'));
      await page.waitForSelector('#time-undo');
      await page.focus('#time-more');
      await page.keyboard.press('Enter');
      const rename = '#time-branches li:last-child [data-rename]';
      const named = (text) =>
        page.waitForFunction(
          (wanted) =>
            document.querySelector('#time-branches li:last-child [data-branch]')?.textContent.includes(wanted),
          text,
        );
      const type = async (text, key) => {
        await page.focus(rename);
        await page.keyboard.press('Enter');
        await page.waitForFunction(() => document.activeElement.id === 'branch-name');
        await page.fill('#branch-name', text);
        await page.keyboard.press(key);
        await page.waitForFunction(() => document.activeElement.matches('[data-rename]'));
      };
      await named('from step 20: lr 0.003');
      await type('slower <b>', 'Enter');
      await named('slower <b>');
      assert.equal(await page.getAttribute(rename, 'aria-label'), 'Rename “slower <b>”');
      await type('other', 'Escape');
      await named('slower <b>');
      await type(' ', 'Enter');
      await named('from step 20: lr 0.003');
    },
  },
  {
    name: 'timeline: axe finds nothing wrong while looking back, with branches open',
    options: { ...calm, colorScheme: 'dark' },
    async run(page, address) {
      await trained(page, address, 60);
      await page.evaluate(() => window.playground.seek(30));
      await page.evaluate(() => document.querySelector('ip-page').app.setKnob('lr', '0.003'));
      await page.evaluate(() => window.playground.advance(5));
      await page.evaluate(() => window.playground.seek(10));
      await page.click('#time-more');
      await assertNoViolations(page);
    },
  },
];
