// Which states of a run are kept.
import { describe, expect, test } from 'vitest';
import { History, kMostBytes, kMostForks, kMostStates } from '../src/history.ts';

const kept = (step: number, bytes = 10) => ({ step, bytes: new Uint8Array(bytes) });

function runTo(history: History, from: number, to: number, every: number, bytes = 10): void {
  for (let step = from; step <= to; step += every) history.keep(kept(step, bytes));
  history.current.frontier = to;
}

describe('kept states', () => {
  test('are never more than the most, and the first and the last stay', () => {
    const history = new History(kept(0), {});
    runTo(history, 10, 20_000, 10);
    const steps = history.steps();
    expect(steps.length).toBe(kMostStates);
    expect([steps[0], steps.at(-1)]).toEqual([0, 20_000]);
  });

  test('never take more bytes than the most: large models keep fewer', () => {
    const large = kMostBytes / 8;
    const history = new History(kept(0, large), {});
    runTo(history, 10, 1000, 10, large);
    expect(history.bytes).toBeLessThanOrEqual(kMostBytes);
    expect(history.count).toBe(8);
    expect(history.steps()[0]).toBe(0);
  });

  test('of a model with room for no more than three are none', () => {
    const history = new History(kept(0, kMostBytes / 3), {});
    history.keep(kept(10, kMostBytes / 3));
    expect(history.too_large).toBe(true);
    expect(history.bytes).toBe(0);
  });

  test('lie more densely near an onset than elsewhere at that age', () => {
    const history = new History(kept(0), {});
    history.current.onsets.push(6000);
    runTo(history, 10, 20_000, 10);
    const gap = (at: number) => {
      const i = history.steps().findIndex((step) => step >= at);
      return history.steps()[i + 1] - history.steps()[i];
    };
    expect(gap(6000)).toBeLessThanOrEqual(gap(5500) / 2);
  });

  test('are due as soon as they may at first and near an onset, later at a hundredth of their step', () => {
    const history = new History(kept(0), {});
    const stepsTo = (from: number, to: number) => {
      for (let step = from; step <= to; step++) if (history.due(step, 10)) history.keep(kept(step));
      return history.steps();
    };
    expect(stepsTo(1, 30)).toEqual([0, 10, 20, 30]);
    const late = stepsTo(31, 5000);
    expect(5000 - (late.at(-1) ?? 0)).toBeLessThan(52);
    expect((late.at(-1) ?? 0) - (late.at(-2) ?? 0)).toBe(52);
    history.current.onsets.push(5010);
    const near = stepsTo(5001, 5050);
    expect((near.at(-1) ?? 0) - (near.at(-2) ?? 0)).toBe(10);
  });

  test('lie relatively as densely late as early: the largest gap is a small share of its step', () => {
    const history = new History(kept(0), {});
    runTo(history, 10, 20_000, 10);
    const steps = history.steps();
    const shares = steps.slice(1).map((step, i) => (step - steps[i]) / (200 + step));
    // 400 states over 4.6 e-folds are 1.2 % apart; thinning halves and doubles that.
    expect(Math.max(...shares)).toBeLessThan(0.06);
  });
});

describe('branches', () => {
  test('a fork shares what came before it with its parent', () => {
    const history = new History(kept(0), {});
    runTo(history, 10, 50, 10);
    history.fork(kept(25), {}, { lr: 1 });
    runTo(history, 35, 45, 10);
    expect(history.steps()).toEqual([0, 10, 20, 25, 35, 45]);
    expect(history.before(24)?.step).toBe(20);
    expect(history.before(34)?.step).toBe(25);
    expect(history.after(20)?.step).toBe(25);
    expect(history.exact(24)).toBe(true);
  });

  test('beyond the most, the oldest that nothing came from is forgotten, never the run itself or what is on show', () => {
    const history = new History(kept(0), {});
    for (let i = 1; i <= kMostForks + 5; i++) {
      const [main] = history.branches;
      history.current = main;
      history.fork(kept(i), {}, {});
    }
    expect(history.branches.length).toBe(kMostForks + 1);
    expect(history.branches[0].parent).toBeNull();
    expect(history.branches.at(-1)).toBe(history.current);
    expect(history.branches[1].from).toBe(6);
  });

  test('a run that goes back forgets what lay after', () => {
    const history = new History(kept(0), {});
    runTo(history, 10, 50, 10);
    history.current.onsets.push(40);
    history.goBack(25);
    expect(history.steps()).toEqual([0, 10, 20]);
    expect(history.current.onsets).toEqual([]);
    expect(history.current.frontier).toBe(25);
  });

  test('what a graphics device has computed is not made again by WebAssembly', () => {
    const history = new History(kept(0), {});
    runTo(history, 10, 50, 10);
    history.current.inexact_from = 20;
    expect([history.exact(20), history.exact(21)]).toEqual([true, false]);
  });
});
