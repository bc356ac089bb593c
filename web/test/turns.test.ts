import { describe, expect, it } from 'vitest';
import { kApart, Seldom, type Teller, Turns } from '../src/panels/turns.ts';

/** Tellers that count, under a clock that is set by hand. */
function stage(weights: number[]) {
  const state = { now: 0, playing: true };
  const turns = new Turns(
    () => state.playing,
    () => state.now,
  );
  const tellers = weights.map((weight) => {
    const teller = {
      weight,
      told: 0,
      drawn: 0,
      requestUpdate: () => void teller.told++,
      draw: () => void teller.drawn++,
    };
    turns.join(teller satisfies Teller);
    return teller;
  });
  const run = (pictures: number, apart: number) => {
    const most = { weight: 0 };
    for (let i = 0; i < pictures; i++) {
      const before = tellers.map(({ told }) => told);
      state.now += apart;
      turns.frame();
      const weight = tellers.reduce((sum, { told }, k) => sum + (told - before[k]) * weights[k], 0);
      if (i > 0) most.weight = Math.max(most.weight, weight);
    }
    return most.weight;
  };
  return { state, turns, tellers, run };
}

describe('turns', () => {
  it('gives every panel its words about ten times a second, and its drawing with every picture', () => {
    const { tellers, run } = stage([1, 1, 4, 2, 3, 1, 1, 1, 1, 1]);
    run(600, 1000 / 60);
    for (const { told, drawn } of tellers) {
      expect(drawn).toBe(600);
      expect(told).toBeGreaterThanOrEqual(70);
      expect(told).toBeLessThanOrEqual(100);
    }
  });

  it('never lets one picture pay for all', () => {
    const { run } = stage([1, 1, 4, 2, 3, 1, 1, 1, 1, 1]);
    expect(run(600, 1000 / 60)).toBeLessThanOrEqual(6);
  });

  it('lets nobody wait where pictures are rare', () => {
    const { tellers, run } = stage([1, 1, 4, 2, 3]);
    run(50, 2 * kApart);
    for (const { told } of tellers) expect(told).toBe(50);
  });

  it('tells all at once at rest', () => {
    const { state, tellers, run } = stage([1, 4, 3]);
    state.playing = false;
    run(5, 1);
    for (const { told, drawn } of tellers) expect([told, drawn]).toEqual([5, 0]);
  });

  it('lets what is off the screen wait, and tells it at once when it is seen again', () => {
    const { turns, tellers, run } = stage([1, 4]);
    turns.see(tellers[1], false);
    run(240, 1000 / 60);
    expect(tellers[0].told).toBeGreaterThanOrEqual(30);
    expect(tellers[1].told).toBeLessThanOrEqual(5);
    expect(tellers[1].drawn).toBe(0);
    const before = tellers[1].told;
    turns.see(tellers[1], true);
    expect(tellers[1].told).toBe(before + 1);
  });

  it('forgets who has left', () => {
    const { turns, tellers, run } = stage([1, 1]);
    turns.leave(tellers[0]);
    run(20, 20);
    expect(tellers[0].told).toBe(0);
    expect(tellers[1].told).toBeGreaterThan(2);
  });
});

describe('seldom', () => {
  it('keeps what it said for a second while the run goes on, and not at rest', () => {
    let now = 0;
    const seldom = new Seldom(() => now);
    expect(seldom.key(true, [1])).toEqual([1]);
    now = 999;
    expect(seldom.key(true, [2])).toEqual([1]);
    expect(seldom.key(false, [3])).toEqual([3]);
    now = 2000;
    expect(seldom.key(true, [4])).toEqual([4]);
  });
});
