// A session that goes back in its run. The stub's signature counts the training steps in the state, and names a learning rate.
import { beforeEach, describe, expect, test } from 'vitest';
import { Session } from '../src/session.ts';
import { StubCore, TestClock } from './stub.ts';
import { StubGraphics } from './stub_gpu.ts';

let core: StubCore;
let clock: TestClock;
let session: Session;

beforeEach(async () => {
  core = new StubCore();
  clock = new TestClock();
  session = new Session(core, clock, async () => new StubGraphics(clock));
  session.open({ config: { steps: 1000 }, engine: 'wasm' });
  await advance(100);
  frame();
});

const frame = () => session.frame({ shown: -1, buffer: null });

async function advance(steps: number): Promise<void> {
  let done = false;
  const answer = session.advance({ steps }).then(() => {
    done = true;
  });
  await clock.play(() => done, 5000);
  await answer;
}

async function seek(step: number, exact = true): Promise<void> {
  await session.seek({ step, exact });
  await clock.play(() => frame().past.goal === null, 5000);
}

describe('going back', () => {
  test.each([0, 1, 10, 37, 99, 100])(
    'step %i is shown again to the bit, and the furthest one is not lost',
    async (step) => {
      await seek(step);
      expect(frame()).toMatchObject({ step, playing: false, signature: `signature-${step}` });
      expect(frame().past).toMatchObject({ back: step < 100, frontier: 100 });
      await seek(100);
      expect(frame()).toMatchObject({ step: 100, signature: 'signature-100' });
      expect(frame().past.back).toBe(false);
    },
  );

  test.each([-5, Number.NaN, 1e9, 100.4])('a step that is none (%d) does no harm', async (step) => {
    await seek(step);
    expect(frame().step).toBeGreaterThanOrEqual(0);
    expect(frame().step).toBeLessThanOrEqual(100);
    await seek(100);
    expect(frame().signature).toBe('signature-100');
  });

  test('the records of the run are told once, not again while it is shown again', async () => {
    await seek(20);
    await advance(90);
    expect(frame().step).toBe(110);
    expect(frame().past.frontier).toBe(110);
    await seek(50);
    await seek(110);
    await advance(6);
    expect(frame().records.map(({ step }) => step)).toEqual([112, 116]);
  });

  test('what would take long shows a kept state at once and trains up to the step in slices', async () => {
    session.open({ config: { batch: 64, d_model: 4096, n_ctx: 256, steps: 1000 }, engine: 'wasm' });
    await advance(9);
    await session.seek({ step: 5, exact: true });
    expect(frame()).toMatchObject({ step: 0, playing: false });
    expect(frame().past.goal).toBe(5);
    await clock.play(() => frame().past.goal === null);
    expect(frame()).toMatchObject({ step: 5, playing: false, signature: 'signature-5' });
    clock.run(50);
    expect(frame().step).toBe(5);
  });

  test('while a finger moves, a kept state nearby will do', async () => {
    session.open({ config: { batch: 64, d_model: 4096, n_ctx: 256, steps: 1000 }, engine: 'wasm' });
    await advance(29);
    await session.seek({ step: 25, exact: false });
    expect(frame()).toMatchObject({ step: 20, playing: false });
    expect(frame().past.goal).toBeNull();
  });

  test('playing on from an earlier step reaches the furthest one and goes on as one run', async () => {
    await seek(30);
    session.play({ steps_per_second: null });
    await clock.play(() => frame().step >= 130, 5000);
    await session.pause();
    const { step, signature, past } = frame();
    expect(signature).toBe(`signature-${step}`);
    expect(past).toMatchObject({ back: false, frontier: step });
  });

  test('a model that trains slowly is played from state to state, but never beyond the step that was asked for', async () => {
    session.open({ config: { batch: 64, d_model: 4096, n_ctx: 256, steps: 1000 }, engine: 'wasm' });
    await advance(40);
    await session.seek({ step: 10, exact: true });
    await advance(13);
    expect(frame()).toMatchObject({ step: 23, signature: 'signature-23' });
    session.play({ steps_per_second: 60 });
    await clock.play(() => frame().step !== 23);
    expect(frame().step).toBe(30);
  });

  test('a slow playback lets one step through per interval', async () => {
    await seek(30);
    session.play({ steps_per_second: 10 });
    const { time } = clock;
    await clock.play(() => frame().step >= 34);
    expect(clock.time - time).toBeGreaterThan(200);
    expect(frame().step).toBe(34);
  });

  test('a run-away while training on is told, and what was before it can still be shown', async () => {
    core.bad_step = 120;
    session.play({ steps_per_second: null });
    await clock.play(() => frame().stopped !== null, 5000);
    expect(frame().past.frontier).toBe(119);
    await seek(40);
    expect(frame().signature).toBe('signature-40');
  });
});

describe('forks', () => {
  test('a knob set at an earlier step begins a branch; the old future waits', async () => {
    await seek(60);
    expect(await session.set({ knobs: { lr: 0.5 } })).toMatchObject({ at: 60 });
    await advance(10);
    const forked = frame();
    expect(forked.past).toMatchObject({ back: false, frontier: 70 });
    expect(forked.past.tree?.branches).toMatchObject([
      { parent: null, frontier: 100 },
      { from: 60, frontier: 70, knobs: { lr: 0.5 } },
    ]);
    const [main, fork] = forked.past.tree?.branches ?? [];
    await session.select({ branch: main.id, step: null });
    expect(frame()).toMatchObject({ step: 100, signature: 'signature-100' });
    await session.select({ branch: fork.id, step: null });
    expect(frame()).toMatchObject({ step: 70, signature: forked.signature });
    await seek(40);
    expect(frame().signature?.startsWith('signature-40')).toBe(true);
    await seek(65);
    await advance(5);
    expect(frame().signature).toBe(forked.signature);
  });

  test('undo goes back to where it began and forgets it', async () => {
    await seek(60);
    await session.set({ knobs: { lr: 0.5 } });
    await advance(10);
    await session.undo_fork();
    expect(frame()).toMatchObject({ step: 60, signature: 'signature-60' });
    expect(frame().past.frontier).toBe(100);
    await seek(100);
    expect(frame().signature).toBe('signature-100');
  });

  test('a fork that the core refuses changes nothing', async () => {
    await seek(60);
    core.refuse_course = true;
    await expect(session.fork({ knobs: {}, course: {} })).rejects.toThrow('refused');
    expect(frame()).toMatchObject({ step: 60, signature: 'signature-60' });
    expect(frame().past).toMatchObject({ back: true, frontier: 100 });
  });

  test('records that nobody fetched belong to their branch', async () => {
    await advance(8);
    await session.seek({ step: 60, exact: true });
    await session.set({ knobs: { lr: 0.5 } });
    expect(frame().records).toEqual([]);
    await advance(4);
    expect(frame().records.map(({ step }) => step)).toEqual([64]);
    await session.undo_fork();
    expect(frame().records.map(({ step }) => step)).toEqual([104, 108]);
  });

  test('a fork tells the probes before it that nobody had fetched, and so does the run that it comes off', async () => {
    await advance(8);
    await session.fork({ knobs: { lr: 0.5 }, course: {} });
    expect(frame().records.map(({ step }) => step)).toEqual([104, 108]);
    await session.undo_fork();
    expect(frame().records.map(({ step }) => step)).toEqual([104, 108]);
  });

  test('a branch that there is not is refused with a sentence', async () => {
    await expect(session.select({ branch: -7, step: null })).rejects.toThrow('There is no branch -7.');
  });
});

describe('a graphics device', () => {
  test('what it computed is shown in kept states only', async () => {
    session.choose_engine({ choice: 'webgpu' });
    await clock.play(() => session.engine().engine === 'webgpu');
    await advance(60);
    await session.seek({ step: 143, exact: true });
    const { step, past } = frame();
    expect(past.goal).toBeNull();
    expect(past.tree?.kept).toContain(step);
    expect(step).toBeLessThanOrEqual(143);
    await session.seek({ step: 97, exact: true });
    expect(frame()).toMatchObject({ step: 97, signature: 'signature-97' });
    await advance(70);
    expect(frame()).toMatchObject({ step: 167, signature: 'signature-167' });
  });
});
