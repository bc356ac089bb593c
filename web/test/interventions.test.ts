// Changes of a running model: what the worker says of them, and that a graphics device follows them.

import type { Course } from '@core/loader.mjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { begin, clock, core, frame, graphics, open, play, running, session, until } from './with_device.ts';

beforeEach(begin);

const steps = () => graphics.submits.flatMap((submit) => submit.steps);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
const broken = ['ablate 1.2 zero'];
const intervene = (interventions: string[]) => session.intervene({ interventions });

/** A run whose learning rate changes at step 20, and which loses a head from step 37 to step 52. */
const course = (): Course => ({
  steps: 100_000,
  probe_every: 100,
  phases: [
    { at: 0, steps: 100_000, interventions: [] },
    { at: 20, schedule_from: 0, steps: 100_000, lr: 0.5, interventions: [] },
    { at: 37, schedule_from: 0, steps: 100_000, lr: 0.5, interventions: broken },
    { at: 52, schedule_from: 0, steps: 100_000, lr: 0.5, interventions: [] },
  ],
});

describe('an intervention', () => {
  test('is answered with the losses of the same parameters before and after, and another picture', async () => {
    open('wasm');
    const { version } = frame();
    const { at, before, after } = await intervene(broken);
    expect([at, before.loss_rep, after.loss_rep, before.loss]).toEqual([0, 1, 2, after.loss]);
    expect(frame().version).toBeGreaterThan(version);
  });

  test('says whether another branch begins with it: it does where an earlier step is on show', async () => {
    open('wasm');
    expect((await intervene(broken)).forked).toBe(false);
    play();
    await clock.play(() => frame().step >= 60);
    await session.pause();
    await session.seek({ step: 10, exact: true });
    await clock.play(() => frame().step === 10);
    expect((await intervene([])).forked).toBe(true);
  });

  test('while training goes on holds from the step that is told, and training does not stop', async () => {
    open('wasm');
    play();
    await clock.play(() => frame().step >= 5);
    const { at } = await intervene(broken);
    await clock.play(() => frame().step > at + 20);
    expect(frame().playing).toBe(true);
  });

  test('that has no place is refused with its sentence, and the old ones are held on', async () => {
    open('wasm');
    await intervene(broken);
    await expect(intervene(['ablate 9.9 zero'])).rejects.toThrow('There is no head 9.9.');
    expect((await intervene([])).before.loss_rep).toBe(2);
  });

  test('that meets a run opened meanwhile is not held in that one', async () => {
    open('wasm');
    const late = intervene(broken);
    open('wasm');
    await expect(late).rejects.toThrow(/Another run/);
    expect((await intervene([])).before.loss_rep).toBe(1);
  });
});

describe('a run with changes', () => {
  test('frames carry what has come into force, once', async () => {
    session.open({ config: course(), engine: 'wasm' });
    const done = session.advance({ steps: 30 });
    await clock.play();
    await done;
    expect(frame().in_force?.config.lr).toBe(0.5);
    expect(frame().in_force).toBeNull();
  });

  test('later changes can be forgotten, and what was changed before stays', async () => {
    session.open({ config: course(), engine: 'wasm' });
    const first = session.advance({ steps: 25 });
    await clock.play();
    await first;
    expect((await session.forget_later()).config.lr).toBe(0.5);
    const done = session.advance({ steps: 20 });
    await clock.play();
    await done;
    expect((await intervene([])).before.loss_rep).toBe(1);
  });
});

describe('on a graphics device', () => {
  test('no submit goes beyond a change, and each step is done once, with the knobs of its phase', async () => {
    session.open({ config: course(), engine: 'webgpu' });
    await until('webgpu');
    play();
    await clock.play(() => frame().step > 90);
    const sent = graphics.submits.filter((submit) => submit.steps[0] < 90);
    for (const change of [20, 37, 52])
      for (const { steps } of sent) expect(steps.includes(change - 1) && steps.includes(change)).toBe(false);
    for (const { steps, rates } of sent)
      expect(rates).toEqual(steps.map((step) => (step < 20 ? Math.fround(0.01) : 0.5)));
    expect(new Set(steps()).size).toBe(steps().length);
    expect(session.engine().error).toBeNull();
  });

  test('another Program is compared anew, and the device trains on; WebAssembly does meanwhile', async () => {
    session.open({ config: course(), engine: 'webgpu' });
    await until('webgpu');
    const { notice } = session.engine();
    core.made.length = 0;
    play();
    await clock.play(() => frame().step > 37 && session.engine().engine === 'webgpu' && steps().some((s) => s > 45));
    // The comparison's own trainer, with what is held.
    expect(core.made).toHaveLength(1);
    expect(graphics.opened).toBe(1);
    expect(session.engine()).toMatchObject({ engine: 'webgpu', gpu: 'ready', notice, recoveries: 0 });
  });

  test('an intervention in mid-run waits for what was begun; not a step is lost or done twice', async () => {
    await running();
    const before = steps().length;
    const answer = intervene(broken);
    await clock.play(() => session.engine().engine === 'wasm');
    const { at } = await answer;
    expect(steps()).toEqual([...upTo(at)].slice(steps()[0]));
    expect(steps().length).toBeGreaterThanOrEqual(before);
    await until('webgpu');
    await clock.play(() => frame().step > at + 60);
    expect(session.engine()).toMatchObject({ gpu: 'ready', error: null, recoveries: 0 });
    const paused = session.pause();
    await clock.play();
    await paused;
    expect(frame().signature).toBe(`signature-${frame().step}`);
  });

  test('one that fails on the new Program is told as any failing device is', async () => {
    await running();
    graphics.difference = 0.1;
    void intervene(broken);
    await clock.play(() => session.engine().gpu === 'refused');
    const { step } = frame();
    await clock.play(() => frame().step > step + 20);
    expect(session.engine()).toMatchObject({ engine: 'wasm', gpu: 'refused' });
  });
});
