// Attention maps painted by the graphics device (SwiftShader here: pixels only, never timings) against the same maps drawn by JavaScript.
import assert from 'node:assert/strict';
import { disguiseAdapter } from '../browser.mjs';

async function resultOf(page, address, query) {
  await page.goto(`${address}maps.html?${new URLSearchParams(query)}`);
  const handle = await page.waitForFunction(() => window.mapsResult, undefined, { timeout: 60_000 });
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

export const tests = [
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
