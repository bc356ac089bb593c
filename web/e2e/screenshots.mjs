// Pictures of the page in its states, for people to look at: node e2e/screenshots.mjs FOLDER
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, untilStatus } from './browser.mjs';
import { serve } from './server.mjs';

const folder = process.argv[2];
if (!folder) {
  console.error('Name a folder: node e2e/screenshots.mjs FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const widths = { wide: 1440, tablet: 768, phone: 360, narrow: 320 };

const states = {
  before: async (page) => {
    await untilStatus(page, (status) => status.step >= 150);
    await page.click('#play');
  },
  running: async (page) => untilStatus(page, (status) => status.step >= 300),
  after: async (page) => untilStatus(page, (status) => status.finished),
  hovered: async (page) => {
    await untilStatus(page, (status) => status.finished);
    await page.hover('[data-t="20"]');
  },
  text: async (page) => {
    await untilStatus(page, (status) => status.finished);
    await page.click('.own-text summary');
    await page.fill('#own-text', 'ab');
    await page.click('#own-text-train');
    await page.waitForSelector('#own-text-problem');
  },
  experiments: async (page) => {
    await untilStatus(page, (status) => status.finished);
    await page.click('.experiments summary');
    await page.waitForSelector('.card');
  },
  broken: async (page) => {
    await untilStatus(page, (status) => status.finished);
    await page.click('[data-role=induction]');
    await page.click('#ablate-zero');
    await page.click('[data-head="0.0"]');
    await page.click('#clamp-uniform');
    await page.waitForSelector('[data-held=clamped]');
  },
  alarms: async (page) => {
    await untilStatus(page, (status) => status.finished);
    await page.click('#alarms summary');
  },
  share: async (page) => {
    await untilStatus(page, (status) => status.finished);
    await page.click('#share');
    await page.fill('#open-text', '{"n_heads": 99}');
    await page.click('#open-go');
    await page.waitForSelector('#open-problem');
  },
  tour: async (page) => {
    await page.click('#tour');
    await page.waitForSelector('.tour-card[data-there=true]');
  },
  glossary: async (page) => {
    await untilStatus(page, (status) => status.finished);
    await page.focus('.story .term');
    await page.waitForSelector('#term-note:popover-open');
  },
  many: async (page) => {
    await untilStatus(page, (status) => status.finished);
    await page.click('#section-many > summary');
    await page.waitForSelector('#many-estimate');
    await page.click('#many-run');
    await page.waitForSelector('#many-verdict');
    await page.waitForSelector('#many-run');
  },
  pair: async (page) => {
    await untilStatus(page, (status) => status.finished);
    await page.waitForFunction(() => {
      const place = document.querySelector('#pair-place')?.dataset;
      return place && place.a !== '0' && place.a === place.b;
    });
  },
  stopped: async (page) => untilStatus(page, (status) => status.stopped !== null),
  error: async (page) => {
    await untilStatus(page, (status) => status.step >= 50);
    await page.evaluate(() => document.querySelector('[data-group=optimiser]').setAttribute('open', ''));
    await page.fill('#knob-lr', '5000');
    await page.press('#knob-lr', 'Enter');
    await page.waitForSelector('#refused-lr');
  },
};

states.back = async (page) => {
  await states.after(page);
  await page.evaluate(() => window.playground.seek(220));
};
states.forks = async (page) => {
  await states.after(page);
  for (const [step, lr] of [
    [320, '0.003'],
    [200, '0.03'],
  ]) {
    await page.evaluate((at) => window.playground.seek(at), step);
    await page.evaluate((value) => document.querySelector('ip-page').app.setKnob('lr', value), lr);
    await page.evaluate(() => window.playground.advance(100));
  }
};
states.branches = async (page) => {
  await states.forks(page);
  await page.click('#time-more');
};

/** Opens the engine panel of a paused run and shows a report in it. */
const reported = (report) => async (page) => {
  await untilStatus(page, (status) => status.finished);
  await page.evaluate((part) => {
    const { app } = document.querySelector('ip-page');
    Object.assign(app.settings, part.choice ? { engine: part.choice } : {});
    app.watch.report = { ...app.engine, ...part };
    app.tell('settings');
  }, report);
  await page.click('#engine');
};

const adapter = {
  adapter: 'intel gen-12lp Intel(R) Iris(R) Xe Graphics (TGL GT2)',
  vendor: 'intel',
  software: false,
  dispatches_per_step: 24,
};
const kernels = {
  attention: 3e-7,
  attention_backward: 2.4e-7,
  cross_entropy: 1.9e-7,
  contract: 6e-8,
  adamw: 6e-8,
  gradient_norm: 3e-8,
  embed: 0,
  embed_backward: 0,
  reduce_chunks: 0,
};
const parity = { worst: 3e-7, kernel: 'attention', tolerance: 1e-5, rows: 8, kernels };
const equal = { ...parity, worst: 0, kernel: 'contract', tolerance: 1e-6, kernels: { contract: 0, attention: 0 } };
const swiftshader = {
  adapter: 'google swiftshader SwiftShader Device (Subzero)',
  vendor: 'google',
  software: true,
  dispatches_per_step: 24,
};
const ready = { choice: 'webgpu', engine: 'webgpu', gpu: 'ready' };

const engine = {
  untried: {},
  opening: { choice: 'webgpu', gpu: 'opening' },
  checking: { choice: 'webgpu', gpu: 'checking', ...adapter, dispatches_per_step: null },
  ready: {
    ...ready,
    ...adapter,
    parity,
    notice:
      'Since step 212 WebGPU trains (intel gen-12lp Intel(R) Iris(R) Xe Graphics (TGL GT2)); from there on the last digits may differ from other machines’.',
  },
  software: { ...ready, ...swiftshader, parity: equal },
  none: {
    choice: 'webgpu',
    gpu: 'refused',
    error: 'This browser offers no WebGPU here.',
    notice: 'WebAssembly trains this model, because WebGPU cannot: This browser offers no WebGPU here.',
  },
  refused: {
    choice: 'webgpu',
    gpu: 'refused',
    ...adapter,
    dispatches_per_step: null,
    parity: { ...parity, worst: 0.0021, kernel: 'softmax', kernels: { ...kernels, softmax: 0.0021 } },
    error:
      'The graphics device computes softmax with a relative error of 0.0021, above 0.00001; so WebAssembly trains.',
    notice:
      'The graphics device computes softmax with a relative error of 0.0021, above 0.00001; so WebAssembly trains.',
  },
  recovered: {
    ...ready,
    ...adapter,
    parity: equal,
    recoveries: 1,
    notice: 'The graphics device stopped working and was replaced; since step 350 WebGPU trains again.',
    error:
      'The graphics device could not make what this configuration needs: Error while parsing WGSL: :12:5 error: unresolved value\n    sum += arena[at_b];\n           ^^^^^',
  },
};
for (const [name, report] of Object.entries(engine)) states[`engine_${name}`] = reported(report);

const shots = [
  ...['running', 'back', 'forks', 'branches'].flatMap((name) =>
    ['wide', 'tablet', 'phone'].flatMap((size) =>
      ['light', 'dark'].map((scheme) => [size, scheme, name, '#preset=demo&speed=max&steps=500', 'timeline']),
    ),
  ),
  ...Object.keys(engine).flatMap((name) => [
    ['wide', 'light', `engine_${name}`, '#preset=demo&speed=max&steps=30'],
    ['tablet', 'light', `engine_${name}`, '#preset=demo&speed=max&steps=30'],
    ['phone', 'dark', `engine_${name}`, '#preset=demo&speed=max&steps=30'],
  ]),
  ['wide', 'dark', 'engine_ready', '#preset=demo&speed=max&steps=30'],
  ['narrow', 'light', 'engine_recovered', '#preset=demo&speed=max&steps=30'],
  ['wide', 'light', 'before', '#preset=demo&speed=max'],
  ['wide', 'light', 'running', '#preset=demo'],
  ['wide', 'light', 'after', '#preset=demo&speed=max'],
  ['wide', 'light', 'hovered', '#preset=demo&speed=max&targets=1'],
  ['wide', 'light', 'text', '#preset=demo&speed=max&steps=30'],
  ['phone', 'dark', 'text', '#preset=demo&speed=max&steps=30'],
  ['wide', 'light', 'experiments', '#preset=demo&speed=max&steps=30'],
  ['phone', 'dark', 'experiments', '#preset=demo&speed=max&steps=30'],
  ...['share', 'tour', 'glossary'].flatMap((state) => [
    ['wide', 'light', state, '#preset=demo&speed=max&steps=30'],
    ['tablet', 'dark', state, '#preset=demo&speed=max&steps=30'],
    ['phone', 'dark', state, '#preset=demo&speed=max&steps=30'],
  ]),
  ...['wide', 'tablet', 'phone'].flatMap((size) =>
    ['light', 'dark'].flatMap((scheme) => [
      [size, scheme, 'many', '#preset=smeared&steps=150&probe_every=10&speed=max'],
      [size, scheme, 'pair', '#preset=demo&steps=300&speed=max&b=preset%3Ddemo%26steps%3D300%26n_heads%3D3'],
    ]),
  ),
  ['wide', 'light', 'error', '#preset=demo&nonsense=1&n_heads=99'],
  ['wide', 'light', 'broken', '#preset=demo&speed=max'],
  ['tablet', 'dark', 'broken', '#preset=demo&speed=max'],
  ['phone', 'light', 'broken', '#preset=demo&speed=max'],
  ['phone', 'dark', 'alarms', '#preset=demo&speed=max&task=repeat_fixed&n_layers=1'],
  ['wide', 'light', 'stopped', '#preset=demo&speed=max&lr=1000&warmup_steps=0'],
  ['wide', 'light', 'after', '#preset=demo&speed=max&task=repeat_fixed&n_layers=1', 'shortcut'],
  ['wide', 'dark', 'before', '#preset=demo&speed=max'],
  ['wide', 'dark', 'after', '#preset=demo&speed=max'],
  ['tablet', 'light', 'after', '#preset=demo&speed=max'],
  ['tablet', 'dark', 'hovered', '#preset=demo&speed=max'],
  ['phone', 'light', 'before', '#preset=demo&speed=max'],
  ['phone', 'dark', 'after', '#preset=demo&speed=max'],
  ['narrow', 'light', 'error', '#preset=demo&nonsense=1'],
  ['wide', 'light', 'after', '#preset=demo&speed=max&n_heads=16&steps=100', '16heads'],
  ['phone', 'light', 'after', '#preset=demo&speed=max&n_heads=16&steps=100', '16heads'],
  ['wide', 'dark', 'after', '#preset=demo&speed=max&n_heads=1&n_layers=1&steps=700', '1head'],
  ['wide', 'light', 'after', '#preset=demo&speed=max&n_layers=4&steps=100', '4layers'],
  ['wide', 'light', 'after', '#preset=main&speed=max&steps=50', 'main'],
];

/** Tall pages in pieces that can be looked at without a magnifying glass. */
async function shoot(page, name) {
  const { width } = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const piece = Math.max(1700, 2 * width);
  for (let y = 0, part = 1; y < height; y += piece, part++) {
    const clip = { x: 0, y, width, height: Math.min(piece, height - y) };
    await page.screenshot({ path: join(folder, `${name}-${part}.png`), fullPage: true, clip });
  }
}

const { address, close } = await serve(new URL('../dist', import.meta.url).pathname);
const browser = await launch();
const wanted = process.argv[3] ?? '';
for (const [size, scheme, state, hash, extra = ''] of shots) {
  const name = [size, scheme, state, extra].filter(Boolean).join('-');
  if (!name.includes(wanted)) continue;
  const page = await browser.newPage({
    viewport: { width: widths[size], height: size === 'wide' ? 1000 : 800 },
    colorScheme: scheme,
    deviceScaleFactor: size === 'wide' || size === 'tablet' ? 1 : 2,
  });
  await page.goto(address + hash);
  await states[state](page);
  // The picture after the last step is pulled in the next animation frames.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 200)))),
  );
  await shoot(page, name);
  console.log(name);
  await page.close();
}
await browser.close();
close();
