// The second executor in a real browser, on SwiftShader (a software adapter): parity only, never timings.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** Relative to the largest entry of what a kernel writes. exp and log are approximations whose steps a driver may fuse. */
const kTolerance = 1e-6;
const kTranscendental = 1e-5;
const kWithExp = /^(attention|softmax|cross_entropy|smear)/;
/** After twenty training steps rounding differences have grown; the loss may still differ by this, relative. */
const kLossTolerance = 1e-4;

/** Without a warm-up the optimiser's first changes are large enough to be seen. */
const small = {
  n_layers: 2,
  n_heads: 3,
  d_model: 21,
  d_vocab: 11,
  n_ctx: 13,
  batch: 11,
  period_min: 2,
  period_max: 5,
  warmup_steps: 0,
};

/** Together they run every kernel, with odd sizes and a batch that is no multiple of the chunks. */
const configs = {
  'rotary, no norm, adamw': { positions: 'rotary', norm: 'none', optimizer: 'adamw' },
  'rotary, smeared, rms, adam, clipped': {
    positions: 'rotary',
    smeared_keys: true,
    norm: 'rms',
    optimizer: 'adam',
    grad_clip: 0.1,
  },
  'learned, layer norm, tied, sgd': { positions: 'learned', norm: 'layer', tied_embedding: true, optimizer: 'sgd' },
  'sinusoidal, rms, tied, adamw': { positions: 'sinusoidal', norm: 'rms', tied_embedding: true, optimizer: 'adamw' },
  'shortformer, no norm, adamw': { positions: 'shortformer', norm: 'none', optimizer: 'adamw' },
  'shortformer, smeared, layer norm, tied, adam': {
    positions: 'shortformer',
    smeared_keys: true,
    norm: 'layer',
    tied_embedding: true,
    optimizer: 'adam',
  },
  'alibi, rms, adamw, one head': { positions: 'alibi', norm: 'rms', n_heads: 1, optimizer: 'adamw' },
  'alibi, smeared, sgd, clipped': { positions: 'alibi', smeared_keys: true, optimizer: 'sgd', grad_clip: 0.05 },
  'no positions, layer norm, one layer, batch of one': { positions: 'none', norm: 'layer', n_layers: 1, batch: 1 },
  'no positions, d_head 1, smeared': { positions: 'none', d_head: 1, smeared_keys: true },
  'rows longer than a workgroup': { positions: 'learned', norm: 'rms', n_ctx: 70, batch: 3, d_model: 40, d_head: 17 },
  'the default': { batch: 32, n_ctx: 32, d_model: 32, n_heads: 4, d_vocab: 16, period_min: 4, period_max: 16 },
};

/** Every kernel that one of the tests has compared. */
const seen = new Set();

async function resultOf(page, address, config) {
  await page.goto(`${address}parity.html?config=${encodeURIComponent(JSON.stringify(config))}`);
  const handle = await page.waitForFunction(() => window.parityResult, undefined, { timeout: 120_000 });
  return handle.jsonValue();
}

function checkKernels(kernels) {
  const wrong = Object.entries(kernels).filter(
    ([kernel, off]) => !(off <= (kWithExp.test(kernel) ? kTranscendental : kTolerance)),
  );
  assert.deepEqual(wrong, [], 'kernels over tolerance');
  for (const kernel of Object.keys(kernels)) seen.add(kernel);
}

function checkLosses({ cpu, gpu }) {
  assert.equal(gpu.length, cpu.length);
  cpu.forEach((loss, i) => {
    assert.ok(
      Math.abs(gpu[i] - loss) <= kLossTolerance * Math.abs(loss),
      `the loss of step ${i}: ${loss} and ${gpu[i]}`,
    );
  });
}

const parityTests = Object.entries(configs).map(([name, config]) => ({
  name: `WebGPU agrees with WebAssembly: ${name}`,
  gpu: true,
  async run(page, address) {
    const result = await resultOf(page, address, { ...small, ...config });
    assert.equal(result.problem, undefined);
    assert.equal(result.software, true);
    checkKernels(result.kernels);
    checkLosses(result.losses);
    if (process.env.PARITY) console.log(JSON.stringify(result));
  },
}));

/** Small errors put into the WGSL on its way to the page, and the kernel that the comparison must then name. */
const mutations = [
  ['sum += arena[at_b] * arena[at_a];', 'sum += 1.0001 * arena[at_b] * arena[at_a];', 'contract'],
  ['for (var q = t; q < length; q++)', 'for (var q = t + 1u; q < length; q++)', 'attention_backward'],
  ['sqrt(total)', 'sqrt(total * 1.0001)', 'gradient_norm'],
  ['poly = poly * r + 1.0 / 24.0;', 'poly = poly * r + 1.0 / 20.0;', 'cross_entropy'],
  ['kept - hyper(2u)', 'kept - 1.01 * hyper(2u)', 'adamw'],
  ['to + u32(arena[offset(0u) + row]) * width] +=', 'to + u32(arena[offset(0u) + row]) * width] =', 'embed_backward'],
];

const mutationTest = {
  name: 'WebGPU: a small error in a kernel is found, and the kernel named',
  gpu: true,
  async run(page, address) {
    for (const [right, wrong, kernel] of mutations) {
      let put = false;
      await page.route('**/parity*.js', async (route) => {
        const response = await route.fetch();
        const text = await response.text();
        put = text.includes(right);
        await route.fulfill({ response, body: text.replace(right, wrong) });
      });
      const { kernels } = await resultOf(page, address, small);
      await page.unroute('**/parity*.js');
      assert.ok(put, `the page has no '${right}'`);
      assert.ok(kernels[kernel] > kTranscendental, `${kernel} with '${wrong}' differs by ${kernels[kernel]} only`);
    }
  },
};

export const tests = [
  ...parityTests,
  mutationTest,
  {
    name: 'WebGPU agrees with WebAssembly: together they have run every kernel',
    gpu: true,
    async run() {
      const list = readFileSync(new URL('../../../core/kernels/kernels.def', import.meta.url), 'utf8');
      const kernels = [...list.matchAll(/^KERNEL\((\w+)\)/gm)].map(([, name]) => name);
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
  {
    name: 'WebGPU: a configuration beyond the limits is one sentence',
    gpu: true,
    async run(page, address) {
      const { problem } = await resultOf(page, address, { n_ctx: 256, batch: 64, n_heads: 16, d_model: 64 });
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
