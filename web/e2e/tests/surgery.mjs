// Breaking heads as a person does it: what is shown at once, the way back, and that the address tells the whole run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { statusOf, untilStatus } from '../browser.mjs';
import { advance, calm, onGpu, small, untilEngine } from '../engine_support.mjs';

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** Steps after which the default preset has its circuit. */
const kFormed = 500;

async function openAt(page, address, steps, hash = '#preset=demo&speed=max') {
  await page.goto(address + hash);
  await page.waitForSelector('#play');
  await advance(page, steps);
  await page.waitForSelector(`#step-count[data-step="${steps}"]`);
}

/** Names of the heads that the page calls induction heads. */
const team = (page) =>
  page.$$eval('[data-role=induction]', (heads) => heads.map((head) => head.getAttribute('data-head')));
const effect = (page) => page.textContent('#effect');
/** Waits for another effect than `before`, and reads its two losses. */
async function nextEffect(page, before = '') {
  await page.waitForFunction((old) => !['', old].includes(document.querySelector('#effect').textContent), before);
  const text = await effect(page);
  const [, from, to] = /(\d\S*) → (\d\S*) nats/.exec(text) ?? [];
  return { text, from: Number(from), to: Number(to) };
}
const heldLines = (page) => page.$$eval('#held [data-line]', (lines) => lines.map((line) => line.dataset.line));
const untilHeld = (page, lines) =>
  page.waitForFunction(
    (wanted) => [...document.querySelectorAll('#held [data-line]')].map((line) => line.dataset.line).join() === wanted,
    lines.join(),
  );
/** Of the state that the worker holds: what stands on the page may be a frame old. */
const signature = (page) => page.evaluate(() => document.querySelector('ip-page').app.client.call('signature', null));
const top = (page, selector) => page.$eval(selector, (element) => element.getBoundingClientRect().top + scrollY);

const share = {
  name: 'surgery: a live knob and an ablation in mid-run are in the address, and it gives the same run, as the CLI does',
  options: calm,
  async run(page, address) {
    await openAt(page, address, 60, '#preset=demo&speed=max&steps=150');
    await page.evaluate(() => document.querySelector('[data-group=optimiser]').setAttribute('open', ''));
    await page.fill('#knob-lr', '0.003');
    await page.press('#knob-lr', 'Enter');
    await page.waitForFunction(() => location.hash.endsWith('&at=60:lr=0.003'));
    await advance(page, 40);
    await page.focus('[data-head="1.2"]');
    await page.keyboard.press('a');
    await page.waitForFunction(() => location.hash.endsWith('&at=100:ablate+1.2+zero'));
    await page.click('#ablate-mean');
    await page.waitForFunction(() => location.hash.endsWith('&at=100:ablate+1.2+mean'));
    await advance(page, 50);
    await page.waitForSelector('#step-count[data-step="150"]');
    const { signature: shown } = await signature(page);
    await page.waitForFunction((text) => document.querySelector('#signature')?.textContent === text, shown);
    await page.reload();
    await page.waitForSelector('#play');
    assert.equal(await page.evaluate(() => window.playground.signatureAt(150)), shown);
    await page.waitForSelector('[data-head="1.2"][data-held=ablated]');
    assert.equal(await page.inputValue('#knob-lr'), '0.003');
    assert.equal(await elsewhere(), shown);
  },
};

/** The same run from the same phases: on the command line where it is built, else from the module under Node. */
async function elsewhere() {
  const phase = { steps: 150, schedule_from: 0, lr: 0.003 };
  const phases = [
    { at: 0, steps: 150 },
    { ...phase, at: 60 },
    { ...phase, at: 100, interventions: ['ablate 1.2 mean'] },
  ];
  const cli = new URL('../../../build/release/native/induction', import.meta.url).pathname;
  if (existsSync(cli)) {
    const given = ['train', '--preset', 'demo', '--phases', JSON.stringify(phases)];
    return JSON.parse(execFileSync(cli, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).signature;
  }
  const folder = new URL('../../../build/wasm/dist/', import.meta.url);
  const { loadCore } = await import(new URL('loader.mjs', folder));
  const core = await loadCore({ wasmBinary: readFileSync(new URL('induction.wasm', folder)) });
  const { config } = core.schema.presets.find(({ name }) => name === 'demo');
  const trainer = core.create({ ...config, phases });
  trainer.train(150);
  return trainer.signature();
}

const click = {
  name: 'surgery: a head that is ablated costs more at once, looks broken, is heard and can be undone; nothing moves',
  options: calm,
  async run(page, address) {
    await openAt(page, address, kFormed);
    const [head] = await team(page);
    await page.click(`[data-head="${head}"]`);
    assert.match(await page.textContent('#surgery-title'), new RegExp(head.replace('.', '\\.')));
    const place = await top(page, '#sequence-title');
    const tint = () => page.$$eval('.token', (tokens) => tokens.map((token) => token.style.cssText).join());
    const strip = await tint();
    await page.click('#ablate-zero');
    const { text, from, to } = await nextEffect(page);
    assert.ok(text.startsWith(`Head ${head} ablated (zero) at step ${kFormed}: repeated tokens`), text);
    assert.ok(to > from, text);
    assert.equal(await page.getAttribute('#effect', 'role'), 'status');
    await page.waitForSelector(`[data-head="${head}"][data-held=ablated]`);
    assert.match(await page.textContent(`[data-head="${head}"] .head-name`), /ablated \(zero\)/);
    assert.equal(await page.getAttribute('#ablate-zero', 'aria-pressed'), 'true');
    assert.ok((await page.textContent('.note')).includes(`Head ${head} ablated (zero).`));
    await page.waitForFunction(
      (old) => [...document.querySelectorAll('.token')].map((token) => token.style.cssText).join() !== old,
      strip,
    );
    assert.equal(await top(page, '#sequence-title'), place);
    await page.click('#undo');
    const back = await nextEffect(page, text);
    assert.ok(back.text.startsWith(`Head ${head} restored`), back.text);
    assert.equal(back.to, from);
    await untilHeld(page, []);
    assert.ok(!page.url().includes('at='), 'undone at the same step leaves no trace');
    await page.click('#redo');
    await untilHeld(page, [`ablate ${head} zero`]);
  },
};

const keys = {
  name: 'surgery: keys on a head ablate, freeze, clamp, restore and undo; a text field keeps its own Ctrl+Z',
  options: calm,
  async run(page, address) {
    await openAt(page, address, 30);
    await page.focus('[data-head="0.1"]');
    for (const [key, held] of [
      ['p', ['clamp 0.1 previous']],
      ['i', ['clamp 0.1 match']],
      ['f', ['clamp 0.1 match', 'freeze 0.1']],
      ['u', ['freeze 0.1', 'clamp 0.1 uniform']],
      ['a', ['freeze 0.1', 'ablate 0.1 zero']],
      ['a', ['freeze 0.1']],
      ['z', ['freeze 0.1', 'ablate 0.1 zero']],
      ['Shift+Z', ['freeze 0.1']],
      ['f', []],
      ['Control+z', ['freeze 0.1']],
      ['Control+y', []],
    ]) {
      await page.keyboard.press(key);
      await untilHeld(page, held);
    }
    assert.equal(await page.evaluate(() => document.activeElement.dataset.head), '0.1');
    await page.keyboard.press('f');
    await untilHeld(page, ['freeze 0.1']);
    await page.focus('#prompt');
    await page.keyboard.press('Control+z');
    await page.focus('#play');
    await page.keyboard.press('Control+z');
    await untilHeld(page, []);
  },
};

const several = {
  name: 'surgery: the whole team is ablated at once, lines are lifted one by one, and training goes on',
  async run(page, address) {
    await page.goto(`${address}#preset=demo&speed=max&steps=100000`);
    await untilStatus(page, (status) => status.step >= 450);
    await page.waitForSelector('[data-role=induction]');
    await page.click('#team');
    const { text, from, to } = await nextEffect(page);
    assert.ok(to > from, text);
    await page.click('[data-head="0.0"]');
    await page.click('#clamp-uniform');
    await page.waitForSelector('[data-head="0.0"][data-held=clamped]');
    const held = await heldLines(page);
    assert.ok(held.length >= 2, held.join());
    await page.click(`[data-line="${held[0]}"] button`);
    await untilHeld(page, held.slice(1));
    const { step } = await statusOf(page);
    await page.waitForFunction((before) => window.playground.status().step > before, step);
  },
};

const refused = {
  name: 'surgery: what has no place gets its sentence beside the control, and what is held stays',
  options: calm,
  async run(page, address) {
    await openAt(page, address, 5, '#preset=demo&norm=rms');
    await page.click('#freeze');
    await page.waitForSelector('[data-held=frozen]');
    const held = await heldLines(page);
    await page.click('.more summary');
    for (const [line, sentence] of [
      ['ablate 7.0 zero', /7\.0/],
      ['path 0.1 k 1.2 0', /norm/],
      ['explode', /explode/],
    ]) {
      await page.fill('#surgery-line', line);
      await page.press('#surgery-line', 'Enter');
      await page.waitForFunction(
        (source) => new RegExp(source).test(document.querySelector('#surgery-problem')?.textContent ?? ''),
        sentence.source,
      );
      assert.deepEqual(await heldLines(page), held);
    }
    await page.fill('#surgery-line', 'freeze unembed');
    await page.press('#surgery-line', 'Enter');
    await untilHeld(page, [...held, 'freeze unembed']);
    assert.equal(await page.locator('#surgery-problem').count(), 0);
  },
};

const hostile = {
  name: 'surgery: a change of an address that has no place gets its sentence, and the others apply',
  options: calm,
  async run(page, address) {
    await page.goto(`${address}#preset=demo&at=3:ablate+9.0+zero&at=4:ablate+1.1+zero&at=x&at=6:seed=4`);
    await page.waitForSelector('#url-notice');
    const notice = await page.textContent('#url-notice');
    for (const part of ['At step 3', '9.0', "'at=x'", 'At step 6', 'seed']) assert.ok(notice.includes(part), notice);
    await advance(page, 5);
    await untilHeld(page, ['ablate 1.1 zero']);
  },
};

const later = {
  name: 'surgery: reset goes back to the start of the same run, whose later changes can be forgotten',
  options: calm,
  async run(page, address) {
    await openAt(page, address, 20);
    await page.click('[data-head="1.0"]');
    await page.click('#ablate-zero');
    await untilHeld(page, ['ablate 1.0 zero']);
    await page.click('#reset');
    await page.waitForSelector('#forget');
    await untilHeld(page, []);
    await advance(page, 25);
    await untilHeld(page, ['ablate 1.0 zero']);
    await page.waitForFunction(() => !document.querySelector('#forget'));
    await page.click('#reset');
    await page.click('#forget');
    await page.waitForFunction(() => !location.hash.includes('at='));
    await advance(page, 25);
    assert.deepEqual(await heldLines(page), []);
  },
};

const another = {
  name: 'surgery: another model that the changes do not fit is opened without them, and that is said',
  options: calm,
  async run(page, address) {
    await page.goto(`${address}#preset=demo&at=3:ablate+1.3+zero`);
    await page.waitForSelector('#play');
    await page.fill('#knob-n_heads', '2');
    await page.press('#knob-n_heads', 'Enter');
    await page.waitForFunction(() => document.querySelectorAll('.head').length === 4);
    assert.match(await page.textContent('#surgery-problem'), /1\.3/);
    assert.ok(!page.url().includes('at='));
  },
};

const alarms = {
  name: 'surgery: a model that counts places is told as such, and one click trains it on varied periods',
  options: calm,
  async run(page, address) {
    await openAt(page, address, 600, '#preset=demo&task=repeat_fixed&n_layers=1&speed=max');
    await page.click('#alarms summary');
    const next = page.locator('[data-alarm=position_only] button', { hasText: 'varied periods' }).first();
    await next.waitFor();
    await next.click();
    await page.waitForFunction(() => !location.hash.includes('task=repeat_fixed'));
    await untilStatus(page, (status) => status.step < 600);
  },
};

const touch = {
  name: 'surgery: on a phone a tap chooses a head and a tap breaks it',
  options: { ...calm, viewport: { width: 360, height: 780 }, hasTouch: true },
  async run(page, address) {
    await openAt(page, address, 10);
    await page.tap('[data-head="0.3"]');
    await page.tap('#ablate-zero');
    await untilHeld(page, ['ablate 0.3 zero']);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scrolling');
    for (const { width, height } of await page.$$eval('.surgery button', (all) =>
      all.map((one) => one.getBoundingClientRect().toJSON()),
    ))
      assert.ok(width >= 24 && height >= 24, `${width} by ${height}`);
  },
};

const broken = (scheme, width) => ({
  name: `surgery: axe finds no violations in a broken model in ${scheme} at ${width} px`,
  options: { ...calm, colorScheme: scheme, viewport: { width, height: 800 } },
  async run(page, address) {
    await openAt(page, address, kFormed);
    await page.click('#team');
    await nextEffect(page);
    await page.click('[data-head="0.0"]');
    await page.click('#clamp-previous');
    await page.waitForSelector('[data-held=clamped]');
    await page.evaluate(() => {
      for (const group of document.querySelectorAll('details')) group.open = true;
    });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run());
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
      [],
    );
  },
});

/** The worker's own report: the page's copy may be of before the change. */
const trulyOnGpu = (page) =>
  page.evaluate(async () => {
    const { client } = document.querySelector('ip-page').app;
    while ((await client.call('engine', null)).engine !== 'webgpu') await new Promise((done) => setTimeout(done, 50));
  });

const graphics = {
  name: 'surgery: on WebGPU a run that is broken and mended in mid-run has the signature that WebAssembly gives it',
  gpu: true,
  options: calm,
  async run(page, address) {
    await page.goto(`${address}${small.replace('n_heads=1', 'n_heads=2')}&engine=webgpu`);
    await onGpu(page);
    await advance(page, 30);
    await page.focus('[data-head="1.1"]');
    for (const [key, held] of [
      ['a', ['ablate 1.1 zero']],
      ['p', ['clamp 1.1 previous']],
      ['p', []],
    ]) {
      await page.keyboard.press(key);
      await untilHeld(page, held);
      await trulyOnGpu(page);
      await advance(page, 30);
    }
    const { step, signature: shown } = await signature(page);
    assert.equal(step, 120);
    assert.equal((await untilEngine(page, (report) => report.engine === 'webgpu')).error, null);
    const link = page.url();
    assert.match(link, /&at=30:ablate\+1\.1\+zero&at=60:clamp\+1\.1\+previous&at=90:none$/);
    // SwiftShader fuses no multiply-add, so that even the bits are the same. So few steps, because moments of parameters without a
    // gradient become too small for normal numbers after some hundreds, and a device may make zeros of them.
    await page.goto('about:blank');
    await page.goto(link.replace('engine=webgpu', 'engine=wasm'));
    await page.waitForSelector('#play');
    assert.equal(await page.evaluate((to) => window.playground.signatureAt(to), step), shown);
    assert.equal((await untilEngine(page, () => true)).engine, 'wasm');
  },
};

export const tests = [
  share,
  click,
  keys,
  several,
  refused,
  hostile,
  later,
  another,
  alarms,
  touch,
  broken('light', 1280),
  broken('dark', 360),
  graphics,
];
