// Empty submits arrive while an answer of the graphics device is awaited, and only then.
import { afterEach, expect, test, vi } from 'vitest';
import { Nudge } from '../src/gpu/nudge.ts';

afterEach(() => {
  vi.useRealTimers();
});

function answerLater() {
  let give: (value: number) => void = () => undefined;
  let refuse: (error: Error) => void = () => undefined;
  const answer = new Promise<number>((resolve, reject) => {
    give = resolve;
    refuse = reject;
  });
  return { answer, give, refuse };
}

test('a device is nudged until the last of the awaited answers is there', async () => {
  vi.useFakeTimers();
  const submit = vi.fn();
  const nudge = new Nudge({ submit });
  const [one, two] = [answerLater(), answerLater()];
  const both = [nudge.during(one.answer), nudge.during(two.answer)];
  expect(submit).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(20);
  expect(submit).toHaveBeenCalledTimes(7);
  expect(submit).toHaveBeenLastCalledWith([]);
  one.give(1);
  expect(await both[0]).toBe(1);
  vi.advanceTimersByTime(4);
  expect(submit).toHaveBeenCalledTimes(8);
  two.give(2);
  expect(await both[1]).toBe(2);
  vi.advanceTimersByTime(1000);
  expect(submit).toHaveBeenCalledTimes(8);
});

test('an answer that fails ends the nudging and is passed on', async () => {
  vi.useFakeTimers();
  const submit = vi.fn();
  const { answer, refuse } = answerLater();
  const waiting = new Nudge({ submit }).during(answer);
  refuse(new Error('lost'));
  await expect(waiting).rejects.toThrow('lost');
  vi.advanceTimersByTime(1000);
  expect(submit).toHaveBeenCalledTimes(1);
});
