// The second executor in a real browser, on SwiftShader (a software adapter): parity only, never timings.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkParity, checkPatches, matrix, patchMatrix, small } from '../matrix.mjs';

/** Every kernel that one of the tests has compared. */
const seen = new Set();

/** `alone`: by kernels whose invocations work alone, as on this software adapter; else by those of graphics devices. */
function resultOf(page, address, config, alone = false) {
  const asked = encodeURIComponent(JSON.stringify(config));
  return resultAt(page, `${address}parity.html?alone=${Number(alone)}&config=${asked}`);
}

async function resultAt(page, address) {
  // The page is loaded only when it has its result.
  await page.goto(address, { waitUntil: 'commit' });
  const handle = await page.waitForFunction(() => window.parityResult, undefined, { timeout: 400_000 });
  return handle.jsonValue();
}

/** Chromium's software adapter does: these tests then run the shuffles, and those with default limits the plain sums. */
function offersSubgroups(page) {
  return page.evaluate(async () => (await navigator.gpu.requestAdapter()).features.has('subgroups'));
}

const kWays = [
  ['', false],
  [', invocations alone', true],
];

const parityTests = kWays.flatMap(([way, alone]) =>
  Object.entries(matrix).map(([name, config]) => ({
    name: `WebGPU agrees with WebAssembly${way}: ${name}`,
    gpu: true,
    async run(page, address) {
      const result = await resultOf(page, address, config, alone);
      checkParity(result);
      assert.deepEqual([result.software, result.alone], [true, alone]);
      assert.equal(result.subgroups, await offersSubgroups(page));
      for (const kernel of Object.keys(result.kernels)) seen.add(kernel);
      if (process.env.PARITY) console.log(JSON.stringify(result));
    },
  })),
);

/** Small errors put into the WGSL on its way to the page, and the kernel that the comparison must then name. */
const mutations = [
  ['sums[2] += column * row.z;', 'sums[2] += 1.0001 * column * row.z;', 'contract'],
  ['if (k >= terms)', 'if (k > terms)', 'contract'],
  [
    'seen, Product(vec2<u32>(1u, size(5u)), kArena)',
    'seen - 1u, Product(vec2<u32>(1u, size(5u)), kArena)',
    'attention',
  ],
  ['select(share.length - t0, t0 + rows', 'select(share.length - t0 - 1u, t0 + rows', 'attention_backward'],
  ['return two + subgroupShuffleXor(two, 1u);', 'return two + two;', 'cross_entropy'],
  ['terms_w[to] = dy *', 'terms_w[to] = 1.001 * dy *', 'norm_backward'],
  ['alpha_terms[row] = term;', 'alpha_terms[row] = 1.001 * term;', 'smear_backward'],
  ['(b << turn)', '(b << (turn ^ 1u))', 'draw_repeat'],
  ['loss /= f32(size(2u));', 'loss /= f32(size(2u) + 1u);', 'measure'],
  ['lane += x * arena[other + i];', 'lane += 1.0001 * x * arena[other + i];', 'measure'],
  ['poly = poly * r + 1.0 / 24.0;', 'poly = poly * r + 1.0 / 20.0;', 'cross_entropy'],
  ['kept - hyper(2u)', 'kept - 1.01 * hyper(2u)', 'adamw'],
  ['sum += arena[offset(2u) + (block', 'sum = arena[offset(2u) + (block', 'embed_backward'],
];

/** And into kernels whose invocations work alone. */
const mutationsAlone = [
  ['plus(sums[7][1], row[1].w, y)', 'plus(sums[7][1], 1.0001 * row[1].w, y)', 'contract'],
  ['quadBroadcast(mine, 2u)', 'quadBroadcast(mine, 3u)', 'contract'],
  ['if (left > 1u) { arena[first.y]', 'if (left > 2u) { arena[first.y]', 'contract'],
  ['plus((*sums)[9], a[1].x, b[1])', 'plus((*sums)[9], 1.0001 * a[1].x, b[1])', 'attention_backward'],
  ['sums = turned(sums, before(seen, k, e));', 'sums = turned(sums, e);', 'attention'],
  ['(four_scratch(row + k) - inner)', '(four_scratch(row + k) - 1.001 * inner)', 'attention_backward'],
  [
    'arena[to + u32(arena[offset(0u) + row]) * width] +=',
    'arena[to + u32(arena[offset(0u) + row]) * width] =',
    'embed_backward',
  ],
];

/** Has every kernel that a mutation concerns. */
const mutated = { ...small, norm: 'layer', smeared_keys: true };

const mutationTests = kWays.map(([way, alone]) => ({
  name: `WebGPU: a small error in a kernel${way} is found, and the kernel named`,
  gpu: true,
  async run(page, address) {
    for (const [right, wrong, kernel] of alone ? mutationsAlone : mutations) {
      let put = false;
      // The WGSL lies in whichever script the bundler put it.
      await page.route('**/assets/*.js', async (route) => {
        const { pathname } = new URL(route.request().url());
        const text = readFileSync(new URL(`../..${pathname}`, import.meta.url), 'utf8');
        put ||= text.includes(right);
        await route.fulfill({ contentType: 'text/javascript', body: text.replace(right, wrong) });
      });
      const { kernels, over } = await resultOf(page, address, mutated, alone);
      await page.unroute('**/assets/*.js');
      assert.ok(put, `the page has no '${right}'`);
      assert.ok(over.includes(kernel), `${kernel} with '${wrong}' differs by ${kernels[kernel]} only`);
    }
  },
}));

const patchTests = Object.entries(patchMatrix).map(([name, config]) => ({
  name: `WebGPU patches as WebAssembly does: ${name}`,
  gpu: true,
  async run(page, address) {
    const asked = encodeURIComponent(JSON.stringify(config));
    checkPatches(await resultAt(page, `${address}parity.html?patch=1&config=${asked}`), config);
  },
}));

export const tests = [
  ...parityTests,
  ...patchTests,
  ...mutationTests,
  {
    name: 'WebGPU agrees with WebAssembly: batches from outside',
    gpu: true,
    async run(page, address) {
      const config = encodeURIComponent(JSON.stringify(small));
      const result = await resultAt(page, `${address}parity.html?config=${config}&given=1`);
      checkParity(result);
      assert.ok('draw_given' in result.kernels);
      seen.add('draw_given');
    },
  },
  {
    name: 'WebGPU agrees with WebAssembly: together they have run every kernel',
    gpu: true,
    async run() {
      const list = readFileSync(new URL('../../../core/kernels/kernels.def', import.meta.url), 'utf8');
      const kernels = [...list.matchAll(/^KERNEL\((\w+)\)/gm)].map(([, name]) => name);
      kernels.push('draw_repeat', 'draw_repeat_fixed', 'draw_bigram', 'draw_given');
      assert.deepEqual([...seen].sort(), kernels.sort());
    },
  },
  {
    name: 'WebGPU: a device that is lost in the middle is one sentence',
    gpu: true,
    async run(page, address) {
      await page.addInitScript(() => {
        const { requestDevice } = GPUAdapter.prototype;
        const { submit } = GPUQueue.prototype;
        let device = null;
        let submits = 0;
        GPUAdapter.prototype.requestDevice = async function (...given) {
          device = await requestDevice.apply(this, given);
          return device;
        };
        GPUQueue.prototype.submit = function (...given) {
          submits += 1;
          if (submits === 20) device.destroy();
          return submit.apply(this, given);
        };
      });
      const { problem } = await resultOf(page, address, small);
      assert.match(problem, /^The graphics device (was lost|gave nothing back)/);
    },
  },
  ...kWays.flatMap(([way, alone]) =>
    ['S', 'M'].map((size) => ({
      name: `WebGPU agrees with WebAssembly${way}: size ${size} on a device with default limits`,
      gpu: true,
      async run(page, address) {
        const asked = `size=${size}&limits=default&steps=2&alone=${Number(alone)}`;
        const result = await resultAt(page, `${address}parity.html?${asked}`);
        checkParity(result);
        assert.equal(result.subgroups, false);
      },
    })),
  ),
  {
    name: 'WebGPU: a configuration beyond the limits is one sentence',
    gpu: true,
    async run(page, address) {
      const { problem } = await resultAt(page, `${address}parity.html?size=L&limits=default`);
      assert.match(problem, /^This configuration needs \d+ MiB in one piece; the graphics device gives \d+ MiB\.$/);
    },
  },
  {
    name: 'without an adapter for WebGPU the parity page says so in one sentence',
    async run(page, address) {
      const { problem } = await resultOf(page, address, small);
      assert.match(problem, /WebGPU/);
    },
  },
];
