// The page's executor in Node, on Dawn: the comparison that the browsers run, on the same configurations. No times.
// On Linux it runs on Chromium's SwiftShader, elsewhere on the machine's own adapter.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { drawnConfig } from '../e2e/drawn.mjs';
import { checkParity, checkPatches, matrix, patchMatrix, small } from '../e2e/matrix.mjs';
import { deviceKeeper, gpuEntry, UnsupportedError } from './adapter.mjs';
import { loadCircuits, loadEngine, loadProcessor } from './bundle.mjs';

const software = process.platform === 'linux';
let unsupported = false;
let entry = await gpuEntry({ software }).catch((error) => {
  // Only a system that the package was not made for is a reason to skip; anything else must be repaired.
  const built = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
  if (!(error instanceof UnsupportedError) || built.includes(`${process.platform}-${process.arch}`)) throw error;
  unsupported = error.message;
  console.log(`not run: ${error.message}`);
});
const engine = await loadEngine();
const core = await loadProcessor();
const seen = new Set();

// No more than every device has; by the kernels of graphics devices, and by those for processors, whose invocations work alone.
const keeper = deviceKeeper(() => engine.openGpu({ entry, default_limits: true, alone: false }));
const keeperAlone = deviceKeeper(() => engine.openGpu({ entry, default_limits: true, alone: true }));

// Node does not end while Dawn lives.
after(() => {
  keeper.close();
  keeperAlone.close();
  entry = null;
  setImmediate(() => process.exit());
});

for (const [name, config] of Object.entries(matrix)) {
  test(`Node agrees with WebAssembly: ${name}`, { skip: unsupported }, async () => {
    const result = await keeper.use((gpu) => engine.compareEngines(core, gpu, config));
    checkParity(result);
    if (software) assert.match(result.adapter, /SwiftShader/);
    assert.equal(result.software, software);
    for (const kernel of Object.keys(result.kernels)) seen.add(kernel);
  });
  test(`Node agrees with WebAssembly, invocations alone: ${name}`, { skip: unsupported }, async () => {
    checkParity(await keeperAlone.use((gpu) => engine.compareEngines(core, gpu, config)));
  });
}

// How many: DRAWN=300 tries more of them.
for (let number = 0; number < Number(process.env.DRAWN ?? 24); number++) {
  const config = drawnConfig(core, number);
  const { task, positions, norm, optimizer } = config;
  test(`Node agrees with WebAssembly: drawn number ${number}, ${task}, ${positions}, norm ${norm}, ${optimizer}`, {
    skip: unsupported,
  }, async () => {
    // Three training steps: more would tell how fast two roundings part at a drawn learning rate.
    for (const each of [keeper, keeperAlone])
      checkParity(await each.use((gpu) => engine.compareEngines(core, gpu, config, { steps: 3 })));
  });
}

for (const [name, config] of Object.entries(patchMatrix)) {
  test(`Node patches as WebAssembly does: ${name}`, { skip: unsupported }, async () => {
    const circuits = await loadCircuits();
    checkPatches(await keeper.use((gpu) => engine.comparePatches(circuits, gpu, config)), config);
  });
}

test('Node agrees with WebAssembly: batches from outside', { skip: unsupported }, async () => {
  const [drawn, given] = await keeper.use(async (gpu) => [
    await engine.compareEngines(core, gpu, small),
    await engine.compareEngines(core, gpu, small, { given: true }),
  ]);
  checkParity(given);
  assert.deepEqual(given.losses.gpu, drawn.losses.gpu);
  assert.ok('draw_given' in given.kernels && 'draw_repeat' in drawn.kernels);
  seen.add('draw_given');
});

test('Node agrees with WebAssembly: together they have run every kernel', { skip: unsupported }, () => {
  const list = readFileSync(new URL('../../core/kernels/kernels.def', import.meta.url), 'utf8');
  const kernels = [...list.matchAll(/^KERNEL\((\w+)\)/gm)].map(([, name]) => name);
  kernels.push('draw_repeat', 'draw_repeat_fixed', 'draw_bigram', 'draw_given');
  assert.deepEqual([...seen].sort(), kernels.sort());
});

test('Node: a small error in a kernel is found, and the kernel named', { skip: unsupported }, async () => {
  keeper.close();
  await keeper.use(async ({ device }) => {
    const { createShaderModule } = device;
    device.createShaderModule = function ({ code }) {
      const wrong = code.replace('sqrt(block_sum(', 'sqrt(1.0002 * block_sum(');
      assert.notEqual(wrong, code, 'the mutation found nothing to change');
      return createShaderModule.call(this, { code: wrong });
    };
  });
  const { over } = await keeper.use((gpu) => engine.compareEngines(core, gpu, small));
  keeper.close();
  assert.deepEqual(over, ['measure']);
});
