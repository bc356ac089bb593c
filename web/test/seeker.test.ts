import { expect, test } from 'vitest';
import { Seeker } from '../src/seeker.ts';

test('of many requests only the one at work and the last are asked for', async () => {
  const asked: number[] = [];
  const seeker = new Seeker(
    async (step) => {
      asked.push(step);
      await null;
      return step;
    },
    () => undefined,
  );
  for (let step = 0; step < 100; step++) void seeker.go(step, false);
  await seeker.go(100, true);
  expect(asked).toEqual([0, 100]);
  expect(seeker.aim(100, null)).toBe(100);
});

test('what was asked for counts as long as the step shown for it is on show', async () => {
  const seeker = new Seeker(
    async () => 40,
    () => undefined,
  );
  await seeker.go(43, true);
  expect([seeker.aim(40, null), seeker.aim(41, null)]).toEqual([43, 41]);
  seeker.forget();
  expect(seeker.aim(40, null)).toBe(40);
});
