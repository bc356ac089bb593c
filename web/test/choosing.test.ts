// Which engine trains: choosing, checking and falling back. The device is a stub.
import { beforeEach, describe, expect, test } from 'vitest';
import { kLarge, operationsPerStep } from '../src/engine/cost.ts';
import {
  begin,
  clock,
  core,
  frame,
  graphics,
  loaded,
  open,
  play,
  running,
  session,
  settled,
  until,
} from './with_device.ts';

beforeEach(begin);

const large = { d_model: 4096, n_ctx: 256, batch: 64 };

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
