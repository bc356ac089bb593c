import { beforeEach, describe, expect, test } from 'vitest';
import { Session } from '../src/session.ts';
import { StubCore, TestClock } from './stub.ts';
import { StubGraphics } from './stub_gpu.ts';

let core: StubCore;
let clock: TestClock;
let session: Session;

beforeEach(() => {
  core = new StubCore();
  clock = new TestClock();
  session = new Session(core, clock, async () => new StubGraphics(clock));
  session.open({ config: {}, engine: 'wasm' });
});

const frame = (shown = -1) => session.frame({ shown, buffer: null });

describe('running', () => {
  test('play goes on until steps is reached, then says finished', () => {
    session.play({ steps_per_second: null });
    clock.run();
    expect(frame()).toMatchObject({ step: 10, playing: false, finished: true });
  });

  test('play after the end goes on past it', () => {
    session.play({ steps_per_second: null });
    clock.run();
    session.play({ steps_per_second: null });
    clock.run(5);
    expect(frame().step).toBeGreaterThan(10);
    expect(frame()).toMatchObject({ playing: true, finished: false });
  });

  test('pause stops at once: waiting slices do nothing', async () => {
    session.play({ steps_per_second: null });
    clock.run(1);
    const { step } = await session.pause();
    clock.run();
    expect(step).toBeGreaterThan(0);
    expect(frame().step).toBe(step);
  });

  test('advance does exactly so many steps, then answers', async () => {
    const done = session.advance({ steps: 3 });
    await clock.play();
    expect(await done).toMatchObject({ step: 3, playing: false });
  });

  test('advance is answered when another run is opened', async () => {
    const done = session.advance({ steps: 1000 });
    await clock.play(() => frame().step > 0);
    session.open({ config: {}, engine: 'wasm' });
    expect(await done).toMatchObject({ playing: false });
  });

  test('a run-away loss stops with its sentence and keeps the step', () => {
    core.bad_step = 6;
    session.play({ steps_per_second: null });
    clock.run();
    expect(frame()).toMatchObject({ step: 5, playing: false, stopped: 'The loss became infinite.' });
  });

  test('a slow rate lets one step through per interval', () => {
    session.play({ steps_per_second: 10 });
    clock.run(3);
    expect(frame().step).toBe(3);
    expect(clock.time).toBeGreaterThan(200);
  });
});

describe('opening', () => {
  test('a refused config leaves the old run as it was', () => {
    session.play({ steps_per_second: null });
    clock.run();
    expect(() => session.open({ config: { n_heads: 99 }, engine: 'wasm' })).toThrow('n_heads is too large.');
    expect(frame().step).toBe(10);
    expect(core.disposed).toBe(0);
  });

  test('a new run lets the old one go and begins with a probe of step 0', () => {
    session.open({ config: {}, engine: 'wasm' });
    expect(core.disposed).toBe(1);
    expect(frame().records.map(({ step }) => step)).toEqual([0]);
  });
});

describe('frames', () => {
  test('probes come every probe_every steps and are handed over once', () => {
    session.play({ steps_per_second: null });
    clock.run();
    expect(frame().records.map(({ step }) => step)).toEqual([0, 4, 8]);
    expect(frame().records).toEqual([]);
  });

  test('records that nobody fetches thin out, and the last is there', async () => {
    await session.set({ knobs: { steps: 5000, probe_every: 1 } });
    session.play({ steps_per_second: null });
    clock.run(10_000);
    const { records } = frame();
    expect(records.length).toBeLessThanOrEqual(1024);
    expect(records[0].step).toBe(0);
    expect(records.at(-1)?.step).toBe(5000);
  });

  test('a picture that is still true is not sent again', () => {
    const first = frame();
    expect(first.view).not.toBeNull();
    expect(frame(first.version).view).toBeNull();
  });

  test('a picture lies in one buffer, the offered one when it fits', () => {
    const buffer = frame().view?.pattern.buffer as ArrayBuffer;
    const { maps, ...arrays } = session.frame({ shown: -1, buffer }).view ?? { maps: undefined };
    expect(maps).toBeNull();
    for (const part of Object.values(arrays)) expect(part.buffer).toBe(buffer);
  });

  test('a prompt changes the picture, null brings the example back', () => {
    session.prompt({ tokens: [3, 3, 3] });
    expect(Array.from(frame().view?.tokens ?? [])).toEqual([3, 3, 3]);
    session.prompt({ tokens: null });
    expect(Array.from(frame().view?.tokens ?? [])).toEqual([1, 2, 1, 2]);
  });

  test('the signature is there when paused, not while playing', () => {
    expect(frame().signature).toBe('signature-0');
    session.play({ steps_per_second: null });
    expect(frame().signature).toBeNull();
  });
});
