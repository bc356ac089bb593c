// What is kept of a run outside its worker, and a new worker that goes on from it. The stub's signature counts the steps in the state.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../src/app.ts';
import { type Answer, type Frame, kNoPast } from '../src/protocol.ts';
import { Safe } from '../src/safe.ts';
import { Series } from '../src/series.ts';
import { Session } from '../src/session.ts';
import { record, StubCore, TestClock } from './stub.ts';
import { StubGraphics } from './stub_gpu.ts';

const slow = { batch: 64, d_model: 4096, n_ctx: 256, steps: 1000 };
let clock: TestClock;
let session: Session;

function open(config: object): void {
  clock = new TestClock();
  session = new Session(new StubCore(), clock, async () => new StubGraphics(clock));
  session.open({ config, engine: 'wasm' });
}

/** As it was told last. */
let tree: Frame['past']['tree'];

function frame() {
  const told = session.frame({ shown: -1, buffer: null });
  tree = told.past.tree ?? tree;
  return told;
}

async function until(answer: Promise<unknown>): Promise<void> {
  let done = false;
  void answer.then(() => {
    done = true;
  });
  await clock.play(() => done, 5000);
  await answer;
}

async function seek(step: number): Promise<void> {
  await until(session.seek({ step, exact: true }));
  await clock.play(() => frame().past.goal === null, 5000);
}

async function kept(): Promise<NonNullable<Answer<'safe'>>> {
  open(slow);
  await until(session.advance({ steps: 45 }));
  const state = session.safe();
  if (!state) throw new Error('nothing was kept');
  open(slow);
  return state;
}

describe('the worker', () => {
  test('keeps nothing of a run that is trained again within seconds, nor while an earlier step is on show, nor without a run', async () => {
    open({ steps: 1000 });
    await until(session.advance({ steps: 45 }));
    expect(session.safe()).toBeNull();
    open(slow);
    await until(session.advance({ steps: 45 }));
    await seek(20);
    expect(session.safe()).toBeNull();
    expect(new Session(new StubCore(), clock, async () => new StubGraphics(clock)).safe()).toBeNull();
  });

  test('a new one goes on from the state, to the same bits, and earlier steps are trained again and then kept', async () => {
    const { branch: _, ...state } = await kept();
    expect(state).toMatchObject({ step: 45, exact: true });
    await session.restore(state);
    expect(frame()).toMatchObject({ step: 45, signature: 'signature-45', playing: false });
    expect(frame().past).toMatchObject({ frontier: 45, back: false, exact: true });
    await until(session.advance({ steps: 15 }));
    expect(frame().signature).toBe('signature-60');
    await seek(37);
    expect(frame()).toMatchObject({ step: 37, signature: 'signature-37' });
    expect(tree?.kept).toEqual([0, 10, 20, 30, 45, 55]);
    await seek(60);
    expect(frame().signature).toBe('signature-60');
  });

  test('of a state that a graphics device made, nothing before it is trained again', async () => {
    const { branch: _, ...state } = await kept();
    await session.restore({ ...state, exact: false });
    expect(frame().past.exact).toBe(false);
    await seek(20);
    expect(frame()).toMatchObject({ step: 0, signature: 'signature-0' });
    await seek(45);
    expect(frame().signature).toBe('signature-45');
  });

  test('a state that the run has passed is refused with a sentence, and nothing is changed', async () => {
    const { branch: _, ...state } = await kept();
    await until(session.advance({ steps: 45 }));
    await expect(session.restore(state)).rejects.toThrow('The run is at step 45 already.');
    expect(frame()).toMatchObject({ step: 45, signature: 'signature-45' });
  });
});

describe('the page', () => {
  let now: number;
  let app: { -readonly [K in 'client' | 'series' | 'status' | 'timeline']: App[K] };
  let safe: Safe;
  const asked = vi.fn();

  beforeEach(() => {
    now = 1000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    asked.mockReset();
    asked.mockImplementation(async () => ({ branch: 7, step: 300, exact: true, bytes: new Uint8Array(1) }));
    const timeline = { names: {}, facts: { ...kNoPast, branch: 7, frontier: 310 } };
    const status = { step: 310, playing: true, finished: false, stopped: null };
    app = { client: { call: asked }, series: new Series(), status, timeline } as unknown as typeof app;
    safe = new Safe(app);
    safe.follow();
  });

  const later = async (ms: number) => {
    now += ms;
    safe.follow();
    await Promise.resolve();
    await Promise.resolve();
  };

  test('asks every ten seconds while it trains, and holds a state when the next picture has brought its probes', async () => {
    await later(9000);
    expect(asked).not.toHaveBeenCalled();
    await later(1000);
    expect(asked).toHaveBeenCalledTimes(1);
    app.series.add(record(300));
    await later(16);
    const held = safe.give();
    expect([...held.keys()]).toEqual([7]);
    expect(held.get(7)).toMatchObject({ step: 300, exact: true });
    expect(held.get(7)?.series.step).toEqual([300]);
    expect(safe.give().size).toBe(0);
  });

  test('does not ask while the run rests or an earlier step is on show', async () => {
    app.status.playing = false;
    await later(20_000);
    app.status.playing = true;
    app.timeline.facts.back = true;
    await later(20_000);
    expect(asked).not.toHaveBeenCalled();
  });

  test('of large states the oldest go, so that all together take at most 64 MiB', () => {
    const held = (mib: number) => ({ step: 1, exact: true, bytes: new Uint8Array(mib * 2 ** 20), series: app.series });
    safe.hold(1, held(20));
    safe.hold(2, held(20));
    safe.hold(1, held(20));
    safe.hold(3, held(30));
    expect([...safe.give().keys()]).toEqual([1, 3]);
    safe.hold(4, held(70));
    expect([...safe.give().keys()]).toEqual([4]);
  });

  test.each([
    ['another run was opened', () => Object.assign(app.timeline, { names: {} })],
    ['the run went back', () => Object.assign(app.timeline.facts, { frontier: 299 })],
    ['another branch is on show', () => Object.assign(app.timeline.facts, { branch: 8 })],
  ])('lets a state go, or does not take it, when %s', async (_, happens) => {
    await later(10_000);
    happens();
    await later(16);
    expect(safe.give().size).toBe(0);
  });
});
