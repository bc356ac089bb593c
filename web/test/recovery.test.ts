// Which engine trains: choosing, checking, falling back and recovering. The device is a stub.
import { beforeEach, describe, expect, test } from 'vitest';
import { kLarge, operationsPerStep } from '../src/engine/cost.ts';
import type { EngineChoice } from '../src/protocol.ts';
import { Session } from '../src/session.ts';
import { StubCore, TestClock } from './stub.ts';
import { StubGraphics } from './stub_gpu.ts';

let clock: TestClock;
let core: StubCore;
let graphics: StubGraphics;
let session: Session;
let loaded: number;

beforeEach(() => {
  clock = new TestClock();
  graphics = new StubGraphics(clock);
  loaded = 0;
  core = new StubCore();
  session = new Session(core, clock, async () => {
    loaded++;
    return graphics;
  });
});

const large = { d_model: 4096, n_ctx: 256, batch: 64 };
const frame = () => session.frame({ shown: -1, buffer: null });
const open = (engine: EngineChoice, config = {}) =>
  session.open({ config: { steps: 100_000, ...config }, tokens: null, engine });
const play = () => session.play({ steps_per_second: null });
const until = (engine: string) => clock.play(() => session.engine().engine === engine);
const settled = () => clock.play(() => ['ready', 'refused'].includes(session.engine().gpu));

/** Playing on the device. */
async function running() {
  open('webgpu');
  play();
  await until('webgpu');
  const { step } = frame();
  await clock.play(() => frame().step > step + 60);
}

describe('choosing', () => {
  test('auto leaves a small model on WebAssembly and asks for no device', async () => {
    open('auto');
    play();
    await clock.play(() => frame().step > 50);
    expect(loaded).toBe(0);
    expect(session.engine()).toMatchObject({ choice: 'auto', engine: 'wasm', gpu: 'untried', notice: null });
  });

  test('auto moves a large model to a graphics processor in mid-run, and no step is lost', async () => {
    open('auto', large);
    play();
    expect(frame().engine).toBe('wasm');
    await until('webgpu');
    const { step } = frame();
    expect(session.engine().notice).toContain(`Since step ${step} WebGPU trains`);
    await clock.play(() => frame().step > step + 30);
    const done = session.pause();
    await clock.play();
    expect(frame().signature).toBe(`signature-${(await done).step}`);
  });

  test('auto never takes a software adapter: nothing to tell, the reason for the panel', async () => {
    graphics.software = true;
    open('auto', large);
    await settled();
    expect(session.engine()).toMatchObject({ engine: 'wasm', gpu: 'refused', software: true, notice: null });
    expect(session.engine().error).toMatch(/software one \(stub adapter\)/);
  });

  test('the reader may choose a software adapter, and it is named as one', async () => {
    graphics.software = true;
    open('webgpu');
    await settled();
    expect(session.engine()).toMatchObject({ engine: 'webgpu', gpu: 'ready', software: true });
    expect(session.engine().notice).toMatch(/software adapter/);
  });

  test('wasm asks for no device', async () => {
    open('wasm', large);
    play();
    await clock.play(() => frame().step > 50);
    expect(loaded).toBe(0);
  });

  test('switching back and forth in mid-run loses no step, and each change is told', async () => {
    await running();
    const versions = [frame().engine_version];
    session.choose_engine({ choice: 'wasm' });
    await until('wasm');
    const { step } = frame();
    expect(session.engine().notice).toBe(`Since step ${step} WebAssembly trains.`);
    await clock.play(() => frame().step > step + 20);
    versions.push(frame().engine_version);
    session.choose_engine({ choice: 'webgpu' });
    await until('webgpu');
    versions.push(frame().engine_version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    const last = frame().step;
    await clock.play(() => frame().step > last + 20);
    const done = session.pause();
    await clock.play();
    expect(frame().signature).toBe(`signature-${(await done).step}`);
  });

  test('a choice overtaken by another one has no effect', async () => {
    open('webgpu');
    session.choose_engine({ choice: 'wasm' });
    await clock.play();
    expect(session.engine()).toMatchObject({ choice: 'wasm', engine: 'wasm', gpu: 'untried' });
  });

  test('the default size is small, size M is large', () => {
    const size = (n_heads: number, d: number, T: number, d_head: number) =>
      operationsPerStep({ config: { n_layers: 2, n_heads, d_model: d, d_vocab: d, n_ctx: T, batch: 32 }, d_head });
    expect(size(4, 32, 32, 8)).toBeLessThan(kLarge);
    // docs/performance.md: 0.555 GFLOP.
    expect(size(4, 64, 64, 16) / 1e9).toBeCloseTo(0.554, 2);
    expect(size(4, 64, 64, 16)).toBeGreaterThan(kLarge);
  });
});

describe('refusing', () => {
  test('no device: one sentence, WebAssembly trains, the error is kept', async () => {
    graphics.refusal = 'This browser offers no WebGPU here.';
    open('webgpu');
    play();
    await settled();
    const { engine, gpu, notice, error } = session.engine();
    expect({ engine, gpu, error }).toEqual({ engine: 'wasm', gpu: 'refused', error: graphics.refusal });
    expect(notice).toBe('WebAssembly trains this model, because WebGPU cannot: This browser offers no WebGPU here.');
    const { step } = frame();
    await clock.play(() => frame().step > step + 20);
  });

  test('a device over tolerance never trains, also when auto chose it; its figures are kept', async () => {
    graphics.difference = 2e-6;
    for (const choice of ['webgpu', 'auto'] as const) {
      open(choice, large);
      await settled();
      expect(session.engine()).toMatchObject({ engine: 'wasm', gpu: 'refused' });
      expect(session.engine().parity).toMatchObject({ worst: 2e-6, kernel: 'norm', tolerance: 1e-6, rows: 8 });
      expect(session.engine().notice).toMatch(/computes norm with a relative error of 0\.0000020/);
    }
    expect(graphics.submits).toEqual([]);
  });

  test('a difference that is no number is over tolerance', async () => {
    graphics.difference = Number.NaN;
    open('webgpu');
    await settled();
    expect(session.engine().gpu).toBe('refused');
  });

  test('the comparison is of few rows, at a rate that nothing runs away with', async () => {
    open('webgpu', { lr: 1000, batch: 64 });
    await settled();
    expect(core.made.at(-1)).toMatchObject({ lr: 0.001, batch: 8 });
  });

  test('the same configuration is compared once per device', async () => {
    open('webgpu');
    await settled();
    graphics.difference = 1;
    open('webgpu');
    await settled();
    expect(session.engine()).toMatchObject({ engine: 'webgpu', parity: { worst: 0, rows: 4 } });
    open('webgpu', { n_heads: 2 });
    await settled();
    expect(session.engine().gpu).toBe('refused');
  });
});

describe('recovering', () => {
  test('a lost device: on from the trainer, at most fifty steps back, then on a new device', async () => {
    await running();
    const sent = 1 + (graphics.submits.at(-1)?.steps.at(-1) ?? 0);
    frame();
    graphics.lose();
    await until('wasm');
    const { step, playing } = frame();
    expect(playing).toBe(true);
    expect(step).toBeGreaterThanOrEqual(sent - 50);
    expect(session.engine().notice).toContain(`goes on from step ${step} on WebAssembly`);
    await until('webgpu');
    expect(session.engine()).toMatchObject({ recoveries: 1, error: 'The graphics device was lost.' });
    expect(session.engine().notice).toContain('was replaced; since step');
    const from = frame().step;
    await clock.play(() => frame().step > from + 60);
    const done = session.pause();
    await clock.play();
    expect(frame().signature).toBe(`signature-${(await done).step}`);
  });

  test('no probe is told twice, and none is missing', async () => {
    open('webgpu');
    session.set({ knobs: { probe_every: 5 } });
    play();
    await until('webgpu');
    await clock.play(() => graphics.submits.length > 20);
    graphics.lose();
    await clock.play(() => session.engine().recoveries === 1);
    const from = frame().step;
    session.set({ knobs: { probe_every: 5 } });
    await clock.play(() => session.signature().step > from + 40);
    const seen = frame().records.map(({ step }) => step);
    const first = Math.floor(from / 5) * 5 + 5;
    expect(seen.length).toBeGreaterThan(5);
    expect(seen).toEqual(seen.map((_, i) => first + 5 * i));
  });

  test('a device lost while paused is replaced too, and the step stands', async () => {
    await running();
    const paused = session.pause();
    await clock.play();
    const { step } = await paused;
    graphics.lose();
    await clock.play(() => session.engine().recoveries === 1);
    expect(frame()).toMatchObject({ step, playing: false, engine: 'webgpu', signature: `signature-${step}` });
  });

  test('advance reaches its goal over a lost device', async () => {
    await running();
    const paused = session.pause();
    await clock.play();
    const { step } = await paused;
    const done = session.advance({ steps: 100 });
    await clock.play(() => frame().step > step + 30);
    graphics.lose();
    await clock.play();
    expect(await done).toMatchObject({ step: step + 100, playing: false });
  });

  test('a device that falls silent is given up by ticks, not by time, and pause still answers', async () => {
    await running();
    graphics.latency = Number.POSITIVE_INFINITY;
    const before = graphics.submits.length;
    await clock.play(() => graphics.submits.length > before);
    clock.time += 3_600_000;
    await clock.play(() => session.engine().engine === 'wasm', 5);
    expect(session.engine().engine).toBe('webgpu');
    const paused = session.pause();
    graphics.latency = 10;
    await clock.play();
    expect(await paused).toMatchObject({ playing: false });
    expect(session.engine()).toMatchObject({ recoveries: 1 });
    expect(session.engine().error).toMatch(/has not answered/);
  });

  test('the fourth loss ends on WebAssembly, which trains on', async () => {
    await running();
    for (let i = 0; i < 20; i++) {
      graphics.lose(`Loss ${i}.`);
      await clock.play(() => session.engine().gpu !== 'ready', 5);
      await settled();
    }
    expect(session.engine()).toMatchObject({ engine: 'wasm', gpu: 'refused', recoveries: 3, error: 'Loss 3.' });
    expect(session.engine().notice).toContain('stopped working 4 times in this run');
    expect(graphics.opened).toBe(4);
    const { step } = frame();
    await clock.play(() => frame().step > step + 50);
  });

  test('no new device to be had: tried three times, then WebAssembly', async () => {
    await running();
    graphics.refusal = 'This browser found no graphics adapter for WebGPU.';
    graphics.lose();
    await clock.play(() => session.engine().gpu === 'refused');
    expect(graphics.opened).toBe(4);
    expect(session.engine()).toMatchObject({ recoveries: 0, error: graphics.refusal });
    session.choose_engine({ choice: 'webgpu' });
    graphics.refusal = null;
    await until('webgpu');
  });
});
