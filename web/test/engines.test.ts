// Training on a graphics device, scheduled by the session: the device is a stub that counts steps.
import { beforeEach, describe, expect, test } from 'vitest';
import { begin, clock, core, frame, graphics, open, play, session } from './with_device.ts';

beforeEach(begin);

const steps = () => graphics.submits.flatMap((submit) => submit.steps);

/** A paused run at step 0 with the device ready. */
async function onGpu(config = {}) {
  open('webgpu', config);
  await clock.play(() => session.engine().engine === 'webgpu');
  expect(session.engine()).toMatchObject({ engine: 'webgpu', gpu: 'ready' });
}

/** 0, 1, … n − 1. */
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('on a graphics device', () => {
  test('advance does exactly so many steps, each once and in order', async () => {
    await onGpu();
    const done = session.advance({ steps: 37 });
    await clock.play();
    expect(await done).toMatchObject({ step: 37, playing: false });
    expect(steps()).toEqual(upTo(37));
    expect(frame().signature).toBe('signature-37');
  });

  test('a device that cannot draw gets the batch of each step, another one none', async () => {
    core.given = true;
    await onGpu();
    const done = session.advance({ steps: 21 });
    await clock.play();
    await done;
    expect(graphics.submits.flatMap((submit) => submit.batches)).toEqual(upTo(21));
    core.given = false;
    graphics.submits = [];
    open('webgpu');
    const drawn = session.advance({ steps: 3 });
    await clock.play();
    await drawn;
    expect(graphics.submits.flatMap((submit) => submit.batches)).toEqual([]);
  });

  test('every probe sees exactly its step, and is told once', async () => {
    await onGpu({ probe_every: 7 });
    const done = session.advance({ steps: 30 });
    await clock.play();
    await done;
    const { records } = frame();
    expect(records.map(({ step }) => step)).toEqual([0, 7, 14, 21, 28]);
    for (const { step, loss } of records) expect(loss).toBe(step);
    expect(frame().records).toEqual([]);
  });

  test('the trainer is never more than fifty steps behind what was sent, and submits overlap', async () => {
    await onGpu({ probe_every: 100 });
    graphics.latency = 30;
    let behind = 0;
    let most = 0;
    play();
    await clock.play(() => {
      const { step } = session.signature();
      behind = Math.max(behind, (steps().at(-1) ?? -1) + 1 - step);
      most = Math.max(most, ...graphics.submits.map((submit) => submit.steps.length));
      return step >= 400;
    });
    expect(behind).toBeGreaterThan(8);
    expect(behind).toBeLessThanOrEqual(50);
    expect(most).toBe(8);
  });

  test('a slow device gets one step per submit', async () => {
    await onGpu({ probe_every: 100 });
    graphics.latency = 300;
    play();
    await clock.play(() => frame().step >= 10);
    expect(graphics.submits.every((submit) => submit.steps.length === 1)).toBe(true);
  });

  test('the run ends at its number of steps', async () => {
    await onGpu({ steps: 50 });
    play();
    await clock.play();
    expect(frame()).toMatchObject({ step: 50, playing: false, finished: true });
    expect(steps()).toEqual(upTo(50));
  });

  test('pause waits for what was begun, and nothing is begun afterwards', async () => {
    await onGpu();
    play();
    await clock.play(() => steps().length >= 20);
    const paused = session.pause();
    const sent = steps().length;
    // What is on its way would still change it.
    expect(frame()).toMatchObject({ playing: false, signature: null });
    await clock.play();
    expect(await paused).toMatchObject({ step: sent, playing: false });
    expect(frame().signature).toBe(`signature-${sent}`);
    expect(steps()).toEqual(upTo(sent));
    play();
    await clock.play(() => steps().length > sent + 30);
    expect(steps()).toEqual(upTo(steps().length));
  });

  test('play during the pause goes on, without a step lost or repeated', async () => {
    await onGpu();
    play();
    await clock.play(() => steps().length >= 20);
    const paused = session.pause();
    play();
    await clock.play(() => steps().length >= 60);
    expect(await paused).toMatchObject({ playing: true });
    expect(steps()).toEqual(upTo(steps().length));
  });

  test('a slow rate sends one step at a time, and a frame shows each', async () => {
    await onGpu();
    play(10);
    const seen = new Set<number>();
    await clock.play(() => seen.add(frame().step).size > 5);
    expect([...seen]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(clock.time).toBeGreaterThan(400);
  });

  test('a live knob applies from the next submit on, and says at which step that is', async () => {
    await onGpu();
    play();
    await clock.play(() => steps().length >= 20);
    const sent = graphics.submits.length;
    const done = session.set({ knobs: { lr: 0.5 } });
    await clock.play(() => graphics.submits.length > sent);
    const { at } = await done;
    const before = graphics.submits.findIndex((submit) => submit.steps[0] === at);
    expect(before).toBe(sent);
    await clock.play(() => graphics.submits.length > before + 3);
    const rates = graphics.submits.map((submit) => submit.rates);
    expect(new Set(rates.slice(0, before).flat())).toEqual(new Set([Math.fround(0.01)]));
    expect(new Set(rates.slice(before).flat())).toEqual(new Set([0.5]));
  });

  test('numbers that run away stop the run with its sentence at the last good state; play goes on from there', async () => {
    await onGpu();
    graphics.bad_step = 33;
    play();
    await clock.play();
    const { step, stopped, playing, records } = frame();
    expect(playing).toBe(false);
    expect(stopped).toBe(`The loss became infinite at step 33; the model is back at step ${step}.`);
    expect(step).toBeLessThanOrEqual(33);
    expect(step).toBeGreaterThanOrEqual(33 - 50);
    expect(records.at(-1)).toMatchObject({ step, loss: step });
    graphics.bad_step = -1;
    const sent = steps().length;
    play();
    await clock.play(() => frame().step > 60);
    expect(steps()[sent]).toBe(step);
    expect(frame().stopped).toBeNull();
  });

  test('a state that is not finite is not taken, though no loss told', async () => {
    await onGpu({ probe_every: 10 });
    graphics.overflow_step = 15;
    play();
    await clock.play();
    expect(frame()).toMatchObject({ step: 10, playing: false });
    expect(frame().stopped).toMatch(/infinite at step 20/);
  });

  test('what another has trained in between is given to the device', async () => {
    await onGpu();
    await session.measure({ steps: 3 });
    const done = session.advance({ steps: 5 });
    await clock.play();
    await done;
    expect(steps()).toEqual([3, 4, 5, 6, 7]);
    expect(frame().signature).toBe('signature-8');
  });

  test('another run begins on WebAssembly and moves to the device that is open already', async () => {
    await onGpu();
    play();
    await clock.play(() => steps().length > 20);
    open('webgpu', { n_heads: 2 });
    expect(frame()).toMatchObject({ step: 0, engine: 'wasm', playing: false });
    await clock.play(() => session.engine().engine === 'webgpu');
    expect(graphics.opened).toBe(1);
    expect(frame().records.map(({ step }) => step)).toEqual([]);
  });
});
