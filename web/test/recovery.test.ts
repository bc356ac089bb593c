// When a graphics device fails: recovering and falling back. The device is a stub.
import { beforeEach, describe, expect, test } from 'vitest';
import { begin, clock, frame, graphics, open, play, running, session, settled, until } from './with_device.ts';

beforeEach(begin);

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
