import { expect, test } from 'vitest';
import { Batch } from '../src/many/batch.ts';
import { asCsv, asJson } from '../src/many/files.ts';
import { consecutive, drawn, readCount } from '../src/many/seeds.ts';
import { histogram, onsetsOf, quartiles } from '../src/many/summary.ts';
import { Trace } from '../src/many/trace.ts';
import { Pool } from '../src/pool/pool.ts';
import { manyStrings } from '../src/strings_many.ts';
import { record, StubCore } from './stub.ts';
import { StubPort } from './stub_side.ts';

const seedsWith = (...onsets: (number | null)[]) => onsets.map((induction) => ({ onset: { induction } }));

test('quartiles of five seeds are the second, third and fourth', () => {
  const onsets = onsetsOf(seedsWith(300, 100, 200, 500, 400));
  expect(quartiles(onsets)).toEqual({ lower: 200, median: 300, upper: 400 });
});

test('a seed that never formed a head is later than every step', () => {
  expect(quartiles(onsetsOf(seedsWith(100, null, 200, 300, null)))).toEqual({ lower: 200, median: 300, upper: null });
  expect(quartiles(onsetsOf(seedsWith(100, null, null)))).toEqual({ lower: null, median: null, upper: null });
});

test('without any seed there are no quartiles', () => {
  expect(quartiles(onsetsOf([]))).toEqual({ lower: null, median: null, upper: null });
});

test('bins are whole numbers of probes, hold every onset once, and the last step too', () => {
  const bins = histogram([0, 25, 25, 999, 1000], 1000, 25);
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(5);
  expect(bins.every(({ from, to }) => from % 25 === 0 && to % 25 === 0)).toBe(true);
  expect(bins.at(-1)?.to).toBeGreaterThan(1000);
  expect(bins.length).toBeLessThanOrEqual(24);
  expect(bins[0].count).toBe(3);
});

test('the words say how many formed, and a dash where no quartile is known', () => {
  expect(manyStrings.verdict(0, 4, false)).toBe('None of 4 seeds formed an induction head: the median onset is –.');
  expect(manyStrings.verdict(1, 1, true)).toBe('So far 1 of 1 seed formed an induction head.');
  expect(manyStrings.spread(null, 100, null, 4)).toContain('–');
  expect(manyStrings.spread(250, 200, 300, 8)).toBe(
    'The median onset is step 250, the middle half between 200 and 300.',
  );
});

test('seeds are consecutive and wrap, or drawn without repeating', () => {
  expect(consecutive(98, 4, 99)).toEqual([98, 99, 0, 1]);
  let n = 0;
  // Every number comes twice.
  expect(drawn(3, 99, () => Math.floor(n++ / 2) / 100)).toEqual([0, 1, 2]);
});

test.each([
  ['8', 8],
  [' 64 ', 64],
  ['1', null],
  ['65', null],
  ['8.5', null],
  ['eight', null],
])('%s as a number of seeds is %s', (text, n) => {
  expect(readCount(text)).toBe(n);
});

test('a trace of a million steps stays small, and keeps its ends', () => {
  const trace = new Trace();
  for (let step = 0; step < 5000; step++) trace.add(record(step));
  expect(trace.step.length).toBeLessThanOrEqual(256);
  expect([trace.step[0], trace.step.at(-1)]).toEqual([0, 4999]);
  expect(trace.loss).toHaveLength(trace.step.length);
});

function batchOf(seeds: number[], ports: (core: StubCore) => void = () => undefined, size = 2) {
  const made: StubPort[] = [];
  const pool = new Pool(() => {
    const core = new StubCore();
    ports(core);
    const port = new StubPort(core);
    made.push(port);
    return port;
  }, size);
  const course = (seed: number) => ({ seed });
  const hooks: { changed(): void } = { changed: () => undefined };
  const batch = new Batch(pool, { seeds, steps: 10, course, data: null }, () => hooks.changed());
  return { batch, made, pool, hooks };
}

test('all seeds are run to their last step, by as many workers as there may be', async () => {
  const { batch, made } = batchOf([5, 6, 7]);
  await batch.start();
  expect(batch.state).toBe('ended');
  expect(batch.finished.map(({ seed, step, signature }) => [seed, step, signature])).toEqual([
    [5, 10, 'signature-10'],
    [6, 10, 'signature-10'],
    [7, 10, 'signature-10'],
  ]);
  expect(made).toHaveLength(2);
  expect(batch.share).toBe(1);
  // As the page probes: at step 0, and every fourth.
  expect(batch.runs[0].trace.step).toEqual([0, 4, 8]);
});

test('paused, a seed is kept where it is and its worker is free; it goes on from there', async () => {
  const { batch, hooks } = batchOf([5], undefined, 1);
  hooks.changed = () => {
    if (batch.runs[0].step === 3 && batch.state === 'running') batch.pause();
  };
  StubPort.most = 3;
  await batch.start();
  expect([batch.state, batch.runs[0].step, batch.runs[0].state]).toEqual(['paused', 3, 'waiting']);
  hooks.changed = () => undefined;
  await batch.start();
  StubPort.most = Number.POSITIVE_INFINITY;
  expect([batch.state, batch.runs[0].step, batch.runs[0].signature]).toEqual(['ended', 10, 'signature-10']);
  expect(batch.runs[0].trace.step).toEqual([0, 4, 8]);
});

test('cancelled, what is done stays and the rest is given up', async () => {
  const { batch, hooks } = batchOf([1, 2, 3, 4], undefined, 1);
  hooks.changed = () => {
    if (batch.finished.length === 2 && batch.state === 'running') batch.cancel();
  };
  await batch.start();
  expect(batch.state).toBe('ended');
  expect(batch.finished.map(({ seed }) => seed)).toEqual([1, 2]);
});

test('a worker that dies costs its seed one new beginning, and it is said', async () => {
  const { batch, made } = batchOf([1, 2], undefined, 1);
  const started = batch.start();
  for (let i = 0; i < 100 && made.length === 0; i++) await null;
  made[0].die('out of memory');
  await started;
  expect(batch.again).toEqual({ seed: 1, why: 'out of memory' });
  expect(batch.finished).toHaveLength(2);
  expect(made).toHaveLength(2);
});

test('a seed whose workers die twice fails alone', async () => {
  const { batch } = batchOf([1, 2], (core) => {
    const { create } = core;
    core.create = (config) => {
      if ((config as { seed: number }).seed === 1) throw new Error('unreachable');
      return create.call(core, config);
    };
  });
  await batch.start();
  expect(batch.runs.map(({ state }) => state)).toEqual(['failed', 'ended']);
  expect(batch.runs[0].stopped).toBe('unreachable');
});

test('numbers that run away end their seed, with the sentence', async () => {
  const { batch } = batchOf([1], (core) => {
    core.bad_step = 6;
  });
  await batch.start();
  expect([batch.runs[0].state, batch.runs[0].step]).toEqual(['ended', 5]);
  expect(batch.runs[0].stopped).toBe('The loss became infinite.');
});

test('files: a line per seed, and the curves', async () => {
  const { batch } = batchOf([5, 6]);
  await batch.start();
  batch.runs[0].stopped = 'It said "no", and ran';
  const [head, first, second] = asCsv(batch.finished).split('\n');
  expect(head.split(',')).toHaveLength(13);
  expect(first).toMatch(/^5,diverged,10,,,.*,signature-10,"It said ""no"", and ran"$/);
  expect(second).toMatch(/^6,finished,10,/);
  const { results } = JSON.parse(asJson(batch.finished, {}, 'https://example.org/#seed=5'));
  expect(results[1].curves.step).toEqual([0, 4, 8]);
});
