import type { Course, ProbeRecord } from '@core/loader.mjs';
import { expect, test } from 'vitest';
import { Client } from '../src/client.ts';
import { bestOf, joinSteps, lastCommon } from '../src/pair/curves.ts';
import { changeLines, differences } from '../src/pair/differ.ts';
import { assign, matchHeads, overlap, profileSimilarity } from '../src/pair/match_heads.ts';
import { Second } from '../src/pair/second.ts';
import { encodeSecond, fromLink, readSecond } from '../src/pair/second_address.ts';
import { tellPair } from '../src/pair/tell.ts';
import { Series } from '../src/series.ts';
import { defaultSettings, effectiveConfig, withKnob } from '../src/state.ts';
import { decodeHash, encodeHash } from '../src/url.ts';
import { record, StubCore, schema } from './stub.ts';
import { StubPort } from './stub_side.ts';

const T = 6;

/** Each query looks `back` tokens back, as far as there are any. */
function looksBack(back: number): Float32Array {
  const pattern = new Float32Array(T * T);
  for (let query = 0; query < T; query++) pattern[query * T + Math.max(0, query - back)] = 1;
  return pattern;
}

/** Evenly at everything before. */
function uniform(): Float32Array {
  const pattern = new Float32Array(T * T);
  for (let query = 0; query < T; query++) pattern.fill(1 / (query + 1), query * T, query * T + query + 1);
  return pattern;
}

test('a pattern shares all its attention with itself, and none with one that looks elsewhere', () => {
  expect(overlap(looksBack(1), looksBack(1), T)).toBe(1);
  expect(overlap(looksBack(0), looksBack(1), T)).toBe(0);
  // Uniform over q + 1 tokens puts 1 / (q + 1) where the other looks: the mean over q = 1 … 5.
  expect(overlap(uniform(), looksBack(0), T)).toBeCloseTo((1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6) / 5, 6);
});

test('heads in another order are matched to themselves', () => {
  const heads = [
    looksBack(0),
    looksBack(1),
    looksBack(2),
    uniform(),
    uniform(),
    looksBack(3),
    looksBack(1),
    looksBack(4),
  ];
  // B's head at each place is A's of that number; layers stay.
  const order = [2, 0, 3, 1, 6, 4, 7, 5];
  const count = { n_layers: 2, n_heads: 4 };
  const pairs = matchHeads(count, count, (a, b) => overlap(heads[a], heads[order[b]], T));
  expect(pairs).toHaveLength(8);
  for (const { layer, a, b, similarity } of pairs) {
    expect(order[4 * layer + Number(b)]).toBe(4 * layer + Number(a));
    expect(similarity).toBeCloseTo(1, 6);
  }
});

test('two equal models are matched head by head, also where heads are alike', () => {
  const count = { n_layers: 1, n_heads: 3 };
  expect(matchHeads(count, count, () => 0.5).map(({ a, b }) => [a, b])).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
  ]);
});

test('the best pairing as a whole, not the best pair first', () => {
  // Greedy takes 0.9 and is left with 0; the other pairing has 0.8 + 0.8.
  const gain = [
    [0.9, 0.8],
    [0.8, 0],
  ];
  expect(assign(gain)).toEqual([1, 0]);
});

test('the assignment is the best of all permutations', () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  const permutations = (n: number): number[][] =>
    n === 0 ? [[]] : permutations(n - 1).flatMap((p) => Array.from({ length: n }, (_, i) => p.toSpliced(i, 0, n - 1)));
  for (let trial = 0; trial < 20; trial++) {
    const gain = Array.from({ length: 5 }, () => Array.from({ length: 5 }, random));
    const total = (p: (number | null)[]) => p.reduce<number>((sum, j, i) => sum + gain[i][j as number], 0);
    const best = Math.max(...permutations(5).map(total));
    // Sums of five numbers in another order.
    expect(total(assign(gain))).toBeCloseTo(best, 12);
  }
});

test('where one model has more heads or layers, those left over stand alone', () => {
  const pairs = matchHeads({ n_layers: 1, n_heads: 3 }, { n_layers: 2, n_heads: 2 }, (a, b) => (a === b + 1 ? 1 : 0));
  expect(pairs.filter(({ layer }) => layer === 0).map(({ a, b }) => [a, b])).toEqual([
    [0, null],
    [1, 0],
    [2, 1],
  ]);
  expect(pairs.filter(({ layer }) => layer === 1)).toEqual([
    { layer: 1, a: null, b: 0, similarity: null },
    { layer: 1, a: null, b: 1, similarity: null },
  ]);
});

const head = (change: Partial<ProbeRecord['heads'][number]>): ProbeRecord['heads'][number] => ({
  layer: 0,
  head: 0,
  previous_token: 0,
  induction: 0,
  duplicate_token: 0,
  first_token: 0,
  entropy: 0,
  role: 'none yet',
  confidence: 0,
  evidence: '',
  token_k_composition: null,
  ...change,
});

test('score profiles are alike when all scores are', () => {
  expect(profileSimilarity(head({ induction: 1 }), head({ induction: 1 }))).toBe(1);
  expect(profileSimilarity(head({ induction: 1 }), head({ induction: null }))).toBe(0.75);
});

test('the knobs in which two runs differ, in the order of the schema', () => {
  const a = defaultSettings(schema);
  const b = withKnob(schema, withKnob(schema, a, 'lr', 0.02), 'n_heads', 2);
  const found = differences(schema.knobs, effectiveConfig(schema, a), effectiveConfig(schema, b));
  expect(found.map(({ knob, a: of_a, b: of_b }) => [knob.name, of_a, of_b])).toEqual([
    ['n_heads', 4, 2],
    ['lr', 0.01, 0.02],
  ]);
});

test('changes on the way are told one after the other', () => {
  const changes = [
    { at: 4, knobs: { lr: 0.1 }, interventions: ['ablate 1.2 zero'] },
    { at: 8, knobs: {}, interventions: [] },
  ];
  expect(changeLines(changes, (step) => `${step}:`, 'lifted')).toBe('4: lr=0.1, ablate 1.2 zero; 8: lifted');
});

/** A client whose worker checks with the stub. */
function client(): Client {
  const core = new StubCore();
  const port = {
    onmessage: null as ((event: MessageEvent) => void) | null,
    onerror: null,
    postMessage({ id, kind, body }: { id: number; kind: 'check'; body: { config: Course } }) {
      queueMicrotask(() =>
        this.onmessage?.({ data: { id, kind, answer: { problems: core.problems(body.config) } } } as MessageEvent),
      );
    },
  };
  return new Client(port as unknown as ConstructorParameters<typeof Client>[0], () => undefined);
}

test('the second run goes into the address and comes back', async () => {
  const a = defaultSettings(schema);
  const b = { ...withKnob(schema, { ...a, preset: 'smeared' }, 'seed', 3), prompt: 'abc', targets: true };
  const text = encodeSecond(schema, b);
  expect(text).toBe('preset=smeared&seed=3');
  const decoded = decodeHash(encodeHash({ ...a, b: text }), schema);
  expect(decoded.problems).toEqual([]);
  expect(decoded.settings.b).toBe(text);
  const read = await readSecond(client(), schema, String(decoded.settings.b));
  expect(read.problems).toEqual([]);
  expect(read.settings).toMatchObject({ preset: 'smeared', knobs: { seed: 3 }, b: null });
});

test('what is changed on the way belongs to the second run too', async () => {
  const changes = [{ at: 4, knobs: { lr: 0.02 }, interventions: ['ablate 1.2 zero'] }];
  const text = encodeSecond(schema, { ...defaultSettings(schema), changes });
  const { settings } = decodeHash(encodeHash({ ...defaultSettings(schema), b: text }), schema);
  expect((await readSecond(client(), schema, String(settings.b))).settings?.changes).toEqual(changes);
});

test.each([['%%%'], ['nonsense'], ['nonsense=1'], ['preset=nowhere'], ['']])(
  'of a second run %j nothing can be used',
  async (text) => {
    expect((await readSecond(client(), schema, text)).settings).toBeNull();
  },
);

test('of a second run that is partly wrong the rest applies, and it is said', async () => {
  const { settings, problems } = await readSecond(client(), schema, 'preset=demo&seed=3&n_heads=99&colour=red');
  expect(settings?.knobs).toEqual({ seed: 3 });
  expect(problems).toHaveLength(2);
  expect(problems.every((problem) => problem.startsWith('In the second run: '))).toBe(true);
});

test('a pasted link may be a whole address or its settings, and nothing else', () => {
  expect(fromLink(schema, ' https://example.org/x/#preset=demo&seed=3 ')).toBe('preset=demo&seed=3');
  expect(fromLink(schema, 'preset=smeared')).toBe('preset=smeared');
  expect(fromLink(schema, 'https://example.org/?q=1')).toBeNull();
  expect(fromLink(schema, 'hello')).toBeNull();
});

test('curves of runs with other probes stand on one axis', () => {
  const { step, of_a, of_b } = joinSteps([0, 4, 8], [0, 6]);
  expect(step).toEqual([0, 4, 6, 8]);
  expect(of_a([1, 2, 3])).toEqual([1, 2, null, 3]);
  expect(of_b([7, null])).toEqual([7, null, null, null]);
  expect(
    bestOf(
      [
        [1, null],
        [0, null],
      ],
      2,
    ),
  ).toEqual([1, null]);
});

function seriesWith(onset: number | null, steps: number[], loss_rep: number): Series {
  const series = new Series();
  for (const step of steps) {
    const induction = onset !== null && onset <= step ? onset : null;
    series.add(
      record(step, { loss_rep, heads: [head({ induction: 0.5 })], onset: { previous_token: null, induction } }),
    );
  }
  return series;
}

test.each([
  [4, null, 8, 'A copies since step 4; B does not yet. At step 8 a repeated token costs A 0.400 nats and B 2.30.'],
  [null, 4, 8, 'B copies since step 4; A does not yet.'],
  [null, null, 8, 'Neither copies yet.'],
  [4, 8, 8, 'Both copy: A since step 4, B since step 8, 4 steps later.'],
  [4, 4, 8, 'Both copy since step 4.'],
  [8, null, 4, 'A copies since step 8; B is only at step 4, catching up.'],
])('A copies since %s, B since %s and is at step %s', (a, b, step_b, text) => {
  const steps = [0, 4, 8].filter((step) => step <= step_b);
  const told = tellPair({ a: seriesWith(a, [0, 4, 8], 0.4), b: seriesWith(b, steps, 2.3), step_a: 8, step_b });
  expect(told.startsWith(text)).toBe(true);
});

test('losses are compared at the last step that both were measured at', () => {
  expect(lastCommon(seriesWith(null, [0, 4, 8], 1), seriesWith(null, [0, 3, 4], 1))).toEqual({ step: 4, a: 1, b: 2 });
});

async function settle(done: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !done(); i++) await null;
}

function second(core = new StubCore()) {
  const ports: StubPort[] = [];
  let time = 0;
  const run = new Second(
    () => {
      const port = new StubPort(core);
      ports.push(port);
      return port;
    },
    () => undefined,
    // Every look at the clock is a second later: no picture has to wait.
    () => (time += 1000),
  );
  return { run, ports };
}

test('B goes to the step at which A is, forwards and back, and shows itself there', async () => {
  const { run } = second();
  await run.open({ course: {}, data: null });
  run.follow(9, [1, 2]);
  await settle(() => run.step === 9 && run.view !== null);
  expect((await run.signature()).signature).toBe('signature-9');
  // The stub's patterns are filled with the step.
  await settle(() => run.view?.pattern[0] === 9);
  expect(run.view?.pattern[0]).toBe(9);
  expect(run.series.step).toEqual([0, 4, 8]);
  run.follow(5, [1, 2]);
  await settle(() => run.step === 5 && run.view?.pattern[0] === 5);
  expect([run.step, run.view?.pattern[0]]).toEqual([5, 5]);
  expect(run.series.step).toEqual([0, 4]);
  expect(run.series.latest?.step).toBe(4);
});

test('another B begins at step 0 and catches up; nothing of the old one is left', async () => {
  const { run } = second();
  await run.open({ course: { seed: 1 }, data: null });
  run.follow(8, null);
  await settle(() => run.step === 8);
  const opening = run.open({ course: { seed: 2 }, data: null });
  await opening;
  await settle(() => run.step === 8);
  expect([run.step, run.run?.config.seed]).toEqual([8, 2]);
  expect(run.series.step).toEqual([0, 4, 8]);
});

test('a B whose worker dies begins again once, then it is said', async () => {
  const { run, ports } = second();
  await run.open({ course: {}, data: null });
  run.follow(4, null);
  ports[0].die('gone');
  await settle(() => run.step === 4);
  expect([ports.length, run.step, run.problem]).toEqual([2, 4, null]);
  run.follow(8, null);
  ports[1].die('gone again');
  await settle(() => run.problem !== null);
  expect([run.problem, run.run]).toEqual(['gone again', null]);
});

test('a B that the core refuses is a sentence', async () => {
  const { run } = second();
  await run.open({ course: { n_heads: 99 }, data: null });
  expect(run.problem).toBe('n_heads is too large.');
});
