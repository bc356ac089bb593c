// Whole training steps on WebGPU (SwiftShader), driven by hand through engines.html: what is drawn, what leaves, what stops.
import assert from 'node:assert/strict';
import { small } from '../matrix.mjs';

async function open(page, address) {
  await page.goto(`${address}engines.html`);
  await page.evaluate(() => window.engines);
}

/** Sizes that leave the last workgroup, period and row ragged, up to the largest context. */
const draws = [
  small,
  { ...small, without_replacement: true, d_vocab: 7, batch: 1 },
  { task: 'repeat_fixed', n_ctx: 70, batch: 7, period_max: 69 },
  { task: 'repeat_fixed', n_ctx: 9, batch: 33, period_max: 5, without_replacement: true, d_vocab: 5 },
  { n_ctx: 256, batch: 3, d_vocab: 300, period_min: 1, period_max: 255, without_replacement: true },
  { task: 'bigram', n_ctx: 13, batch: 9, d_vocab: 2 },
  { task: 'bigram', n_ctx: 256, batch: 2, d_vocab: 300 },
];

/** Tokens and targets that both engines draw differently, over seeds and steps; and how many rows differ between steps. */
async function drawAll({ config, seeds, steps }) {
  const { core, openGpu, Executor } = await window.engines;
  const gpu = await openGpu();
  let wrong = 0;
  const different = new Set();
  for (const seed of seeds) {
    const trainer = core.create({ d_model: 8, n_heads: 1, n_layers: 1, ...config, seed });
    const program = trainer.program();
    const executor = await Executor.create(gpu, program);
    const n = program.batch * program.length;
    for (const step of steps) {
      executor.runAlone(program.draw, { step, hyper: trainer.hyper() });
      const [tokens, targets] = await Promise.all([program.tokens, program.targets].map((at) => executor.read(at, n)));
      const wanted = trainer.batch(step);
      for (let i = 0; i < n; i++) wrong += (tokens[i] !== wanted[0][i]) + (targets[i] !== wanted[1][i]);
      different.add(tokens.join());
    }
    executor.dispose();
    trainer.dispose();
  }
  return { wrong, different: different.size };
}

/** A trainer's executor that holds its arena, and inputs from its present step on. */
const together = `async (config) => {
  const { core, openGpu, Executor } = await window.engines;
  const gpu = await openGpu({ alone: false });
  const trainer = core.create(config);
  const program = trainer.program();
  const make = async () => {
    const executor = await Executor.create(gpu, program);
    executor.write(0, trainer.arena());
    return executor;
  };
  const input = (step) => ({ step, hyper: trainer.hyper(step) });
  const inputs = (first, n) => Array.from({ length: n }, (_, i) => input(first + i));
  const { parameters, moment1, moment2 } = program.regions;
  const bits = (arrays) => arrays.map((floats) => new Uint32Array(floats.buffer.slice(0)).join()).join();
  return { core, gpu, trainer, program, make, inputs, state: [parameters, moment1, moment2], bits, Executor };
}`;

/** Runs f({...what `together` gives}) in the page. */
const inPage = (page, config, f) => page.evaluate(`(${together})(${JSON.stringify(config)}).then(${f})`);

const runsAway = async ({ trainer, program, make, inputs, state, bits }) => {
  const ten = inputs(0, 10);
  ten[3].hyper.fill(1e30, 0, 3);
  const [whole, part] = [await make(), await make()];
  const all = await whole.train(ten, state);
  const four = await part.train(ten.slice(0, 4), state);
  // Back to a good state: still nothing moves, until it is revived.
  state.forEach((region) => {
    whole.write(region[0], trainer.arena(region));
  });
  const held = await whole.train(inputs(4, 1), state);
  whole.revive();
  const revived = await whole.train(inputs(4, 1), state);
  const poisoned = await make();
  poisoned.write(program.regions.parameters[0], Float32Array.of(Number.NaN));
  const none = await poisoned.train(inputs(0, 3), [[state[0][0] + 1, state[0][1] - 1], state[1], state[2]]);
  const start = [trainer.arena([state[0][0] + 1, state[0][1] - 1]), trainer.arena(state[1]), trainer.arena(state[2])];
  return {
    applied: all.results.map(({ applied }) => applied),
    finite: all.results.map(({ loss, gradient_norm }) => Number.isFinite(loss) && Number.isFinite(gradient_norm)),
    same: bits(all.read) === bits(four.read),
    held: [held.results[0].applied, bits(held.read) === bits(state.map((region) => trainer.arena(region)))],
    revived: [revived.results[0].applied, bits(revived.read) !== bits(held.read)],
    poisoned: [none.results.map(({ applied }) => applied), bits(none.read) === bits(start)],
  };
};

const overlaps = async ({ make, inputs, state, bits }) => {
  const [six, twice, ones] = [await make(), await make(), await make()];
  const whole = await six.train(inputs(0, 6), state);
  const three = await (await make()).train(inputs(0, 3), state);
  const [first, second] = await Promise.all([twice.train(inputs(0, 3), state), twice.train(inputs(3, 3), state)]);
  const single = await Promise.all(inputs(0, 6).map((input) => ones.train([input], state)));
  return {
    first: bits(first.read) === bits(three.read),
    second: bits(second.read) === bits(whole.read),
    single: bits(single[5].read) === bits(whole.read),
    moved: bits(first.read) !== bits(second.read),
    losses: [...first.results, ...second.results].every(({ loss }, i) => loss === whole.results[i].loss),
    refused: await Promise.all([0, 17].map((n) => six.train(inputs(0, n)).catch((error) => error.message))),
  };
};

/** Calls of a method of a WebGPU class while f runs. */
// An empty submit carries nothing: it only nudges (gpu/nudge.ts).
const counted = `async (names, f) => {
  const calls = {};
  const undo = names.map(([type, name]) => {
    const plain = globalThis[type].prototype[name];
    calls[name] = 0;
    globalThis[type].prototype[name] = function (...given) {
      calls[name] += name === 'submit' && given[0].length === 0 ? 0 : 1;
      return plain.apply(this, given);
    };
    return () => { globalThis[type].prototype[name] = plain; };
  });
  await f();
  for (const step of undo) step();
  return calls;
}`;

export const tests = [
  ...draws.map((config) => ({
    name: `WebGPU draws the tokens of WebAssembly to the bit: ${JSON.stringify(config)}`,
    gpu: true,
    async run(page, address) {
      await open(page, address);
      // Each seed compiles its kernels anew, which takes a software adapter seconds; one configuration has them all.
      const seeds = config === small ? [0, 1, 77, 4294967295] : [1, 4294967295];
      const steps = [0, 1, 65535, 65536, 70001, 2147483648, 4294967295];
      const { wrong, different } = await page.evaluate(drawAll, { config, seeds, steps });
      assert.equal(wrong, 0);
      // A chain of two tokens may draw the same row twice.
      const all = seeds.length * steps.length;
      assert.ok(different >= 0.7 * all, `${different} different batches of ${all}`);
    },
  })),
  {
    name: 'WebGPU: a training step that is not finite stops itself and all that follow it in the submit, until revived',
    gpu: true,
    async run(page, address) {
      await open(page, address);
      const found = await inPage(page, { ...small, optimizer: 'adamw' }, runsAway);
      assert.deepEqual(found.applied, [true, true, true, true, ...Array(6).fill(false)]);
      assert.deepEqual(found.finite, found.applied);
      assert.ok(found.same, 'parameters and moments moved after the step that ran away');
      assert.deepEqual(found.held, [false, true]);
      assert.deepEqual(found.revived, [true, true]);
      assert.deepEqual(found.poisoned, [[false, false, false], true]);
    },
  },
  {
    name: 'WebGPU: readings leave with their submit, submits may overlap, and their number changes no bit',
    gpu: true,
    async run(page, address) {
      await open(page, address);
      const { refused, ...claims } = await inPage(page, small, overlaps);
      for (const [claim, holds] of Object.entries(claims)) assert.ok(holds, claim);
      for (const message of refused) assert.match(message, /^a submit has 1 to 16 training steps, not \d+$/);
    },
  },
  {
    name: 'WebGPU: a submit of several training steps is one pass, one small write and one copy; at most 30 dispatches per step',
    gpu: true,
    async run(page, address) {
      await open(page, address);
      const { calls, bytes, dispatches } = await inPage(
        page,
        {},
        `async ({ make, inputs }) => {
          const executor = await make();
          await executor.train(inputs(0, 1));
          const { writeBuffer } = GPUQueue.prototype;
          let bytes = 0;
          GPUQueue.prototype.writeBuffer = function (...given) {
            bytes += given[4];
            return writeBuffer.apply(this, given);
          };
          const names = [['GPUCommandEncoder', 'beginComputePass'], ['GPUCommandEncoder', 'copyBufferToBuffer'],
            ['GPUQueue', 'submit'], ['GPUDevice', 'createBuffer'], ['GPUComputePassEncoder', 'dispatchWorkgroups']];
          const calls = await (${counted})(names, () => executor.train(inputs(1, 5)));
          return { calls, bytes, dispatches: executor.dispatches_per_step };
        }`,
      );
      assert.equal(dispatches, 26);
      assert.equal(bytes, 5 * 256);
      assert.deepEqual(calls, {
        beginComputePass: 1,
        copyBufferToBuffer: 1,
        submit: 1,
        createBuffer: 0,
        dispatchWorkgroups: 5 * 26,
      });
    },
  },
  {
    name: 'WebGPU: a prompt reads the parameters straight from the training arena, and a second executor compiles nothing',
    gpu: true,
    async run(page, address) {
      await open(page, address);
      const { calls, apart } = await inPage(
        page,
        { ...small, positions: 'rotary', smeared_keys: true },
        `async ({ trainer, program, make, gpu, Executor }) => {
          trainer.train(5);
          const training = await make();
          const frame = trainer.forward([1, 2, 3, 1, 2, 3, 1]);
          const prompt = trainer.promptProgram();
          let executor;
          const calls = await (${counted})([['GPUDevice', 'createComputePipelineAsync'], ['GPUDevice', 'createShaderModule']],
            async () => { executor = await Executor.create(gpu, prompt); });
          executor.write(0, prompt.arena.fill(0, ...[0, 1].map((i) => prompt.regions.parameters[0] + i * prompt.regions.parameters[1])));
          executor.copyFrom(training, program.regions.parameters, prompt.regions.parameters);
          executor.forward();
          const layers = await Promise.all(prompt.patterns.map((offset) => executor.read(offset, frame.pattern.length / 2)));
          const all = layers.flatMap((layer) => [...layer]);
          return { calls, apart: Math.max(...all.map((x, i) => Math.abs(x - frame.pattern[i]))) };
        }`,
      );
      assert.deepEqual(calls, { createComputePipelineAsync: 0, createShaderModule: 0 });
      assert.ok(apart <= 1e-5, `patterns differ by ${apart}`); // kernels with exp: tolerance.ts
    },
  },
];
