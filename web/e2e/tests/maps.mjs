// Attention maps painted by the graphics device (SwiftShader here: pixels only, never timings) against the same maps drawn by JavaScript.
import assert from 'node:assert/strict';
import { disguiseAdapter, statusOf, untilStatus } from '../browser.mjs';

async function resultOf(page, address, query) {
  await page.goto(`${address}maps.html?${new URLSearchParams(query)}`);
  const handle = await page.waitForFunction(() => window.mapsResult, undefined, { timeout: 400_000 });
  return handle.jsonValue();
}

/** One level per channel, for a browser that manages colours on their way; both ways round a share to the same of 256 colours. */
const kLevel = 1;

const sizes = [
  [1, 1, 2],
  [2, 4, 32],
  [2, 3, 13],
  [4, 16, 77],
  [1, 16, 256],
];

const sameTest = {
  name: 'maps: the graphics device paints the pixels that JavaScript draws, in several sizes and both schemes',
  gpu: true,
  async run(page, address) {
    await page.addInitScript(disguiseAdapter);
    for (const [layers, heads, T] of sizes) {
      for (const scheme of ['light', 'dark']) {
        const result = await resultOf(page, address, { layers, heads, T, scheme });
        const told = `${layers} layers, ${heads} heads, ${T} tokens, ${scheme}: ${JSON.stringify(result)}`;
        assert.equal(result.problem, undefined, told);
        assert.deepEqual([result.width, result.height], [heads * T, layers * T], told);
        assert.ok(result.worst <= kLevel, told);
        assert.ok(result.colours >= Math.min(2, T), told);
      }
    }
  },
};

/** Small errors put into the WGSL on its way to the page: the first try or the comparison must see each. */
const mutations = [
  ['cell.y) * maps.length + cell.x', 'cell.x) * maps.length + cell.y'],
  ['maps.offsets[tile.y]', 'maps.offsets[0]'],
  ['tile.x * maps.length', '0u * maps.length'],
  ['share * 255.0 + 0.5', 'share * 250.0 + 0.5'],
  ['u32(min(index, 255.0))', 'u32(index)&255u'],
];

/** A share halfway between two of the 256 colours may go to either; neighbours are at most so many levels apart. */
const kNeighbour = 2;

const untilPainted = (page, width) =>
  page.waitForFunction((w) => document.querySelector('ip-page').app.view.maps?.width === w, width);

/** Painted maps on the page, then the same maps drawn from the numbers: largest difference of a level, and colours seen. */
function compareOnPage(page) {
  return page.evaluate(async () => {
    const { app } = document.querySelector('ip-page');
    const canvases = [...document.querySelectorAll('.map canvas')];
    const pixels = () => canvases.flatMap((c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]);
    const redraw = async () => {
      app.tell('frame');
      await document.querySelector('ip-heads').updateComplete;
    };
    await redraw();
    const painted = pixels();
    const { maps } = app.view;
    app.view.maps = null;
    await redraw();
    const drawn = pixels();
    app.view.maps = maps;
    const worst = painted.reduce((most, level, i) => Math.max(most, Math.abs(level - drawn[i])), 0);
    const different = painted.filter((level, i) => level !== drawn[i]).length;
    return { worst, different, n: drawn.length, levels: new Set(painted).size };
  });
}

async function checkOnPage(page, what) {
  const result = await compareOnPage(page);
  const told = `${what}: ${JSON.stringify(result)}`;
  assert.ok(result.worst <= kNeighbour, told);
  assert.ok(result.different < result.n / 1000, told);
  assert.ok(result.levels > 20, told);
}

async function pauseAt(page) {
  await page.click('#play');
  await untilStatus(page, (status) => !status.playing);
  // The picture of the last step has come when the signature is there.
  await page.waitForSelector('#signature');
}

const onThePage = {
  name: 'maps: the page shows what the device painted, equal to the pattern, in both schemes and for another length',
  gpu: true,
  options: { colorScheme: 'light' },
  async run(page, address) {
    await page.goto(`${address}#preset=demo&batch=4&steps=100000&probe_every=10&lr=0.01`);
    await untilStatus(page, (status) => status.step >= 5);
    await page.workers()[0].evaluate(disguiseAdapter);
    await page.evaluate(() => document.querySelector('ip-page').app.chooseEngine('webgpu'));
    await untilPainted(page, 4 * 32);
    const { step } = await statusOf(page);
    await page.waitForFunction((before) => window.playground.status().step > before + 20, step);
    await pauseAt(page);
    await checkOnPage(page, 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await untilPainted(page, 4 * 32);
    await checkOnPage(page, 'dark');
    await page.fill('#prompt', 'abcdabcdabcd');
    await page.press('#prompt', 'Enter');
    await page.waitForFunction(() => document.querySelector('.map canvas').width === 12);
    await page.click('#play');
    await untilPainted(page, 4 * 12);
    await pauseAt(page);
    await checkOnPage(page, 'twelve tokens');
  },
};

const whileSwitching = {
  name: 'maps: while the engine changes in mid-run no map is blank, and none outlives the engine that painted it',
  gpu: true,
  async run(page, address) {
    await page.goto(`${address}#preset=demo&batch=4&steps=100000&probe_every=10`);
    await untilStatus(page, (status) => status.step >= 5);
    await page.workers()[0].evaluate(disguiseAdapter);
    await page.evaluate(() => {
      const { app } = document.querySelector('ip-page');
      window.seen = { pictures: 0, painted: 0, blank: 0, stale: 0 };
      const { take } = app;
      app.take = function (frame) {
        take.call(this, frame);
        document.querySelector('ip-heads').updateComplete.then(() => {
          const canvas = document.querySelector('.map canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          window.seen.pictures += 1;
          window.seen.painted += Number(this.view.maps !== null);
          window.seen.blank += Number(new Set(new Uint32Array(data.buffer)).size < 3);
          // A map of the graphics device beside a later picture of WebAssembly.
          window.seen.stale += Number(frame.view !== null && this.view !== frame.view);
          window.seen.stale += Number(frame.view !== null && frame.engine === 'wasm' && this.view.maps !== null);
        });
      };
    });
    const choose = (engine) =>
      page.evaluate((choice) => document.querySelector('ip-page').app.chooseEngine(choice), engine);
    for (let i = 0; i < 2; i++) {
      await choose('webgpu');
      await untilPainted(page, 4 * 32);
      await choose('wasm');
      await page.waitForFunction(() => document.querySelector('ip-page').app.view.maps === null);
    }
    const seen = await page.evaluate(() => window.seen);
    const told = JSON.stringify(seen);
    assert.ok(seen.pictures > 10 && seen.painted >= 2, told);
    assert.equal(seen.blank, 0, told);
    assert.equal(seen.stale, 0, told);
  },
};

export const tests = [
  onThePage,
  whileSwitching,
  sameTest,
  {
    name: 'maps: a small error in the painting shader is seen in the pixels',
    gpu: true,
    async run(page, address) {
      await page.addInitScript(disguiseAdapter);
      for (const [right, wrong] of mutations) {
        let put = false;
        await page.route('**/assets/*.js', async (route) => {
          const response = await route.fetch();
          const text = await response.text();
          put ||= text.includes(right);
          await route.fulfill({ response, body: text.replace(right, wrong) });
        });
        const result = await resultOf(page, address, { layers: 2, heads: 3, T: 13 });
        await page.unroute('**/assets/*.js');
        assert.ok(put, `the page has no '${right}'`);
        const seen = result.worst > kLevel || /in their colours/.test(result.problem);
        assert.ok(seen, `'${wrong}' changes nothing: ${JSON.stringify(result)}`);
      }
    },
  },
  {
    name: 'maps: a browser that hands on blank pictures, or has no WebGPU on an OffscreenCanvas, is told by one sentence',
    gpu: true,
    async run(page, address) {
      await page.addInitScript(disguiseAdapter);
      await page.addInitScript(() => {
        const { transferToImageBitmap, getContext } = OffscreenCanvas.prototype;
        OffscreenCanvas.prototype.transferToImageBitmap = function () {
          transferToImageBitmap.call(this).close();
          const blank = new OffscreenCanvas(this.width, this.height);
          blank.getContext('2d');
          return transferToImageBitmap.call(blank);
        };
        OffscreenCanvas.prototype.getContext = function (kind, ...given) {
          const refused = kind === 'webgpu' && location.search.includes('T=9');
          return refused ? null : getContext.call(this, kind, ...given);
        };
      });
      const blank = await resultOf(page, address, {});
      assert.match(blank.problem, /^The graphics device does not paint the maps in their colours here\.$/);
      const none = await resultOf(page, address, { T: 9 });
      assert.match(none.problem, /no WebGPU on an OffscreenCanvas/);
    },
  },
  {
    name: 'maps: a software adapter is not asked to paint',
    gpu: true,
    async run(page, address) {
      const { problem } = await resultOf(page, address, {});
      assert.equal(problem, 'A software adapter is not asked to paint the maps.');
    },
  },
];
