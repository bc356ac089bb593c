import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Checkpoints } from '../src/pool/checkpoints.ts';
import { Pool, PoolClosed } from '../src/pool/pool.ts';
import { SideCrash } from '../src/pool/side.ts';
import { SideSession } from '../src/pool/side_session.ts';
import { StubCore } from './stub.ts';
import { StubPort } from './stub_side.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function poolOf(size: number) {
  const ports: StubPort[] = [];
  const pool = new Pool(() => {
    ports.push(new StubPort(new StubCore()));
    return ports[ports.length - 1];
  }, size);
  return { pool, ports };
}

test('there are never more workers than the pool has room for', async () => {
  const { pool, ports } = poolOf(2);
  let now = 0;
  let most = 0;
  const job = async () => {
    most = Math.max(most, ++now);
    await null;
    await null;
    now--;
  };
  await Promise.all([1, 2, 3, 4, 5].map(() => pool.run(job)));
  expect([most, ports.length]).toEqual([2, 2]);
});

test('a worker without a job ends after a while', async () => {
  const { pool, ports } = poolOf(1);
  await pool.run(async () => undefined);
  expect(pool.count).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect([pool.count, ports[0].terminated]).toEqual([0, true]);
});

test('a crash is retried once on a new worker, a second one is told', async () => {
  const { pool, ports } = poolOf(1);
  const again: string[] = [];
  const job = pool.run(
    (side) => {
      ports[ports.length - 1].die(`crash ${ports.length}`);
      return side.call('signature', null);
    },
    (why) => again.push(why),
  );
  await expect(job).rejects.toThrow(SideCrash);
  expect([again, ports.length, pool.count]).toEqual([['crash 1'], 2, 0]);
});

test('a refusal is no crash: the worker goes on', async () => {
  const { pool, ports } = poolOf(1);
  const job = pool.run((side) => side.call('open', { course: { n_heads: 99 }, keep: false }));
  await expect(job).rejects.toThrow('n_heads is too large.');
  await pool.run(async () => undefined);
  expect(ports).toHaveLength(1);
});

test('a worker that died while nobody asked it anything is not lent', async () => {
  const { pool, ports } = poolOf(1);
  await pool.run(async () => undefined);
  ports[0].die('gone');
  const again: string[] = [];
  await pool.run(
    (side) => side.call('open', { course: {}, keep: false }),
    (why) => again.push(why),
  );
  expect([again, ports.length, pool.count]).toEqual([[], 2, 1]);
});

test('closing ends the workers and their jobs', async () => {
  const { pool, ports } = poolOf(1);
  const job = pool.run((side) => side.call('signature', null));
  const waiting = pool.run(async () => undefined);
  const outcomes = Promise.allSettled([job, waiting]);
  await null;
  pool.close();
  for (const outcome of await outcomes) expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(PoolClosed);
  expect([pool.count, ports[0].terminated]).toEqual([0, true]);
});

test('checkpoints hold their memory, and step 0', () => {
  const kept = new Checkpoints(1000);
  for (let step = 0; step < 1000; step += 10) kept.add(step, new Uint8Array(100));
  expect(kept.steps.length).toBeLessThanOrEqual(11);
  expect(kept.steps[0]).toBe(0);
  expect(kept.before(5)).not.toBeNull();
});

test('without checkpoints a run that goes back begins at its seed', () => {
  let time = 0;
  const session = new SideSession(new StubCore(), () => time++);
  session.open({ course: { seed: 7 }, keep: false });
  session.train({ to: 9, ms: 1000 });
  expect(session.back({ to: 5 }).step).toBe(0);
  session.train({ to: 5, ms: 1000 });
  expect(session.signature()).toEqual({ step: 5, signature: 'signature-5' });
});

test('a slice ends when its time is over', () => {
  let time = 0;
  const session = new SideSession(new StubCore(), () => time++);
  session.open({ course: {}, keep: false });
  // The clock is looked at once per step, and once before.
  expect(session.train({ to: 1000, ms: 5 }).step).toBe(4);
});
