// An experiment in the page, with helpers that answer at once or when told to.
import { expect, test } from 'vitest';
import type { Clock } from '../src/engine/clock.ts';
import type { ExperimentReport, News, Order } from '../src/experiment_protocol.ts';
import { runArm } from '../src/experiment_run.ts';
import { ExperimentRunner, type Helper, helperCount, jobsOf } from '../src/experiment_runner.ts';
import { measureName, quartilesText } from '../src/strings_experiments.ts';

const facts = {
  name: 'norm',
  seeds: 5,
  shown: ['t50'],
  measures: ['t50'],
  arms: ['a', 'b'].map((name) => ({ name, course: {}, steps: 4 })),
};

/** A report that says how many results it was made of. */
function reportOf(results: string[][]): ExperimentReport {
  const arms = results.map((lines, i) => ({
    name: facts.arms[i].name,
    knobs: {},
    course: {},
    summary: { t50: { count: lines.length, never: 0, q1: 1, median: 1, q3: 1 } },
    runs: [],
  }));
  return { experiment: 'norm', claim: '', verdict: 'unclear', evidence: '', version: '', machine_seconds: 0, arms };
}

/** Helpers that keep their orders; `answer` has one of them do its oldest one. */
function stage(seeds: number, n: number) {
  const helpers: (Helper & { orders: Order[]; ended: boolean })[] = [];
  const makeHelper = () => {
    const helper = {
      orders: [] as Order[],
      ended: false,
      onmessage: null,
      onerror: null,
      postMessage: (order: Order) => void helper.orders.push(order),
      terminate: () => {
        helper.ended = true;
      },
    };
    helpers.push(helper);
    return helper as Helper;
  };
  const runner = new ExperimentRunner('{}', seeds, makeHelper, () => undefined);
  runner.begin(n);
  const say = (i: number, news: News) => helpers[i].onmessage?.({ data: news } as MessageEvent<News>);
  const answer = (i: number): void => {
    const order = helpers[i].orders.shift();
    if (order?.kind === 'read') say(i, { kind: 'read', facts });
    if (order?.kind === 'run') say(i, { kind: 'result', job: order.job, line: JSON.stringify(order.job) });
    if (order?.kind === 'report') say(i, { kind: 'report', report: reportOf(order.results) });
  };
  return { runner, helpers, say, answer };
}

test('runs go by seed first, so that all arms can be compared early', () => {
  expect(jobsOf(2, 2)).toEqual([
    { arm: 0, seed: 0 },
    { arm: 1, seed: 0 },
    { arm: 0, seed: 1 },
    { arm: 1, seed: 1 },
  ]);
});

test('an experiment takes a second worker only where there are cores to spare', () => {
  expect([undefined, 1, 2, 3, 4, 16].map(helperCount)).toEqual([1, 1, 1, 1, 2, 2]);
});

test('two helpers make every run once, and the last report has them all', () => {
  const { runner, helpers, answer } = stage(3, 2);
  for (let i = 0; runner.state === 'running' && i < 100; i++) answer(i % 2);
  expect(runner.state).toBe('done');
  expect(runner.runs_done).toBe(6);
  expect(runner.report?.arms.map(({ summary }) => summary.t50.count)).toEqual([3, 3]);
  expect(helpers.every(({ ended }) => ended)).toBe(true);
});

test('progress counts finished runs and the shares of running ones', () => {
  const { runner, say, answer } = stage(1, 1);
  answer(0);
  say(0, { kind: 'progress', step: 1, end: 4 });
  expect(runner.share).toBe(0.125);
  answer(0);
  expect(runner.share).toBe(0.5);
});

test('stopping keeps what is done, ends the workers, and late news change nothing', () => {
  const { runner, helpers, answer, say } = stage(2, 1);
  for (let i = 0; i < 4; i++) answer(0);
  const { report } = runner;
  expect(report).not.toBeNull();
  runner.stop();
  say(0, { kind: 'result', job: { arm: 0, seed: 1 }, line: '{}' });
  expect([runner.state, runner.report, helpers[0].ended]).toEqual(['stopped', report, true]);
});

test('a failure is told, also one of the worker itself', () => {
  const refused = stage(1, 1);
  refused.say(0, { kind: 'failure', message: 'the experiment has no verdict' });
  expect([refused.runner.state, refused.runner.problem]).toEqual(['failed', 'the experiment has no verdict']);
  const crashed = stage(1, 2);
  crashed.helpers[1].onerror?.({ message: 'out of memory' } as ErrorEvent);
  expect([crashed.runner.state, crashed.runner.problem]).toEqual(['failed', 'out of memory']);
});

test('an arm is trained in slices that let messages through, and disposed of', async () => {
  let now = 0;
  let yields = 0;
  const clock: Clock = {
    now: () => now,
    soon: (task) => {
      yields++;
      task();
    },
    later: () => undefined,
  };
  const trial = {
    step: 0,
    end: 100,
    disposed: false,
    advance() {
      now += 10;
      return this.step < this.end && ++this.step > 0;
    },
    result: (seconds: number) => `${seconds} s`,
    dispose() {
      this.disposed = true;
    },
  };
  const told: number[] = [];
  // 100 steps and the look at the end, of 10 ms each; two fill a slice.
  expect(await runArm(trial, clock, (step) => told.push(step))).toBe('1.01 s');
  expect(yields).toBe(50);
  expect(told.length).toBeGreaterThan(3);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(trial.disposed).toBe(true);
});

test('quartiles in words: never, undefined, one number, three', () => {
  const q = (count: number, never: number, ...rest: (number | null)[]) =>
    quartilesText({ count, never, q1: rest[0] ?? null, median: rest[1] ?? null, q3: rest[2] ?? null });
  expect(q(0, 0)).toBe('–');
  expect(q(5, 5)).toBe('never');
  expect(q(5, 0, 250, 250, 250)).toBe('250');
  expect(q(5, 2, 1175, null, null)).toBe('never (1\u202f175–never)');
  expect(q(2, 0, 256.25, 262.5, 268.75)).toBe('262.5 (256–269)');
  expect(q(5, 0, 0.35, 0.39, 0.4123)).toBe('0.390 (0.350–0.412)');
});

test('measures have words, and those without keep their path', () => {
  expect(measureName('onset.induction')).toBe('induction head at step');
  expect(measureName('unseen.accuracy_rep')).toBe('unseen: accuracy, repeated tokens');
  expect(measureName('held_out.flipped.accuracy_query')).toBe('flipped labels: accuracy, query');
  expect(measureName('last.t50')).toBe('half right at step of its last phase');
  expect(measureName('best.previous_token')).toBe('best previous token score');
  expect(measureName('without.layer_0.rise')).toBe('without.layer_0.rise');
});
