// Whatever comes from outside, made up by the thousand (fast-check): what was written is read as it was, nothing throws, nothing hangs, and
// nothing gets into the prototypes. A failure prints the seed and the smallest input that shows it.
import type { KnobValue } from '@core/loader.mjs';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { kMethods, kName, kVersion, readMessage } from '../element/messages.ts';
import { withChange } from '../src/changes.ts';
import { Client, type Port } from '../src/client.ts';
import type { Reply, Request } from '../src/protocol.ts';
import { type Line, serve } from '../src/serve.ts';
import type { Session } from '../src/session.ts';
import { defaultSettings, kEngines, kSpeeds, type Settings, withKnob } from '../src/state.ts';
import { Vocabulary } from '../src/tokens.ts';
import { decodeHash, encodeHash } from '../src/url.ts';
import { schema } from './stub.ts';

/** Inputs per property. */
const kRuns = { numRuns: Number(import.meta.env.VITE_PROPERTY_RUNS ?? 500) };
/** An input that takes longer has found a loop; honest ones take less than 10 ms, and a loaded machine stalls for a second. In ms. */
const kHang = 30_000;

const evil = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '<img src=x onerror=alert(1)>',
  '\0',
  '%',
  'é\u202e',
);
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), evil);
const anything = fc.anything({
  withBigInt: true,
  withNullPrototype: true,
  withMap: true,
  withSparseArray: true,
  withDate: true,
});

/** Where messages are cloned, a prototype's functions do not arrive, and a name is a name. */
const message = fc.oneof(
  anything,
  fc.dictionary(fc.oneof(text, fc.constantFrom('id', 'kind', 'body', 'call', 'args', 'name', 'version')), anything),
);

const value = (name: string) => {
  const knob = schema.knobs.find((one) => one.name === name);
  if (!knob) throw new Error(name);
  const { min = 0, max = 0 } = knob;
  if (knob.type === 'integer') return fc.integer({ min, max });
  // There is no −0 in an address.
  if (knob.type === 'real') return fc.double({ min, max, noNaN: true }).map((real) => real + 0);
  return knob.type === 'boolean' ? fc.boolean() : fc.constantFrom(...(knob.options ?? []));
};
const knobs = (names: string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, value(name)])), { requiredKeys: [] });
const line = fc.constantFrom('ablate 0.1 zero', 'clamp 1.0 uniform', 'path 0.0 1.1 k', 'freeze 1.2');

const settings: fc.Arbitrary<Settings> = fc
  .record({
    preset: fc.constantFrom(...schema.presets.map(({ name }) => name)),
    chosen: knobs(schema.knobs.map(({ name }) => name)),
    changes: fc.array(
      fc.record({ at: fc.nat(2000), knobs: knobs(['lr', 'steps']), interventions: fc.option(fc.uniqueArray(line)) }),
      { maxLength: 5 },
    ),
    view: fc.record({
      prompt: fc.option(text),
      head: fc.option(fc.tuple(fc.nat(99), fc.nat(99)).map(([layer, head]) => `${layer}.${head}`)),
      speed: fc.constantFrom(...kSpeeds.keys()),
      engine: fc.constantFrom(...kEngines),
      step: fc.option(fc.nat(1_000_000)),
      targets: fc.boolean(),
      b: fc.option(text),
    }),
  })
  .map(({ preset, chosen, changes, view }) => {
    let made: Settings = { ...defaultSettings(schema), preset, ...view };
    for (const [name, one] of Object.entries(chosen)) made = withKnob(schema, made, name, one as KnobValue);
    for (const change of [...changes].sort((a, b) => a.at - b.at)) made = withChange(schema, made, change.at, change);
    return made;
  });

/** Parts that look like an address, and parts that do not. */
const hash = fc
  .array(
    fc.oneof(
      fc.tuple(fc.oneof(fc.constantFrom('at', 'b', 'preset', 'prompt', 'head', 'lr', 'seed', 'norm'), text), text),
      fc.tuple(
        fc.constant('at'),
        fc.oneof(
          text,
          fc.tuple(fc.nat(), text).map(([at, rest]) => `${at}:${rest}`),
        ),
      ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => `#${parts.map(([name, rest]) => `${name}=${rest}`).join('&')}`);

function inTime(act: () => void): void {
  const began = performance.now();
  act();
  expect(performance.now() - began).toBeLessThan(kHang);
}

vi.setConfig({ testTimeout: 600_000 });
afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBe(undefined);
});

test('any settings come back from their address', () => {
  fc.assert(
    fc.property(settings, (made) => {
      expect(decodeHash(encodeHash(made), schema)).toEqual({ settings: made, problems: [] });
    }),
    kRuns,
  );
});

test('any address is read in time, its faults are single sentences, and what is left of it comes back', () => {
  fc.assert(
    fc.property(fc.oneof(hash, fc.string({ unit: 'binary', maxLength: 200 })), (given) => {
      inTime(() => {
        const { settings: read, problems } = decodeHash(given, schema);
        for (const problem of problems) expect(problem).toMatch(/^[^\n]{1,400}[.!]$/s);
        expect(decodeHash(encodeHash(read), schema)).toEqual({ settings: read, problems: [] });
      });
    }),
    kRuns,
  );
});

test('an address of full length that repeats one part takes no time', () => {
  fc.assert(
    fc.property(fc.oneof(text, hash, fc.constantFrom('at=1:', 'a+', ';', 'patch 1.1 ', '1.', '=')), (part) => {
      const long = (start: string) =>
        `#${start}${part.repeat(Math.ceil(7900 / Math.max(1, part.length)))}`.slice(0, 7999);
      for (const start of ['', 'at=1:', 'at=1:ablate+', 'prompt=', 'b=at=1:'])
        inTime(() => decodeHash(long(start), schema));
    }),
    { numRuns: 100 },
  );
});

test('tokens come back from how they are written, and any text is read or refused', () => {
  const sizes = fc.integer({ min: 2, max: 300 });
  fc.assert(
    fc.property(sizes, fc.array(fc.nat(), { minLength: 2, maxLength: 64 }), text, (size, numbers, foreign) => {
      const vocabulary = new Vocabulary(size);
      const tokens = numbers.map((number) => number % size);
      expect(vocabulary.parse(vocabulary.format(tokens), 64)).toEqual({ tokens });
      inTime(() => vocabulary.parse(foreign.repeat(100), 64));
    }),
    kRuns,
  );
});

const good = fc.constantFrom<[string, unknown[]]>(
  ['play', []],
  ['step', [3]],
  ['seek', [0]],
  ['ablate', ['1.2', null]],
  ['ablate', ['0.0', 'mean']],
  ['setState', [{ version: 1, address: 'preset=demo', step: 5 }]],
  ['report', []],
);

test('a good order is read as it was, from the parent only and in this version only', () => {
  fc.assert(
    fc.property(good, fc.oneof(fc.integer(), fc.string({ maxLength: 99 })), anything, ([call, args], id, version) => {
      const order = { name: kName, version: kVersion, id, call, args };
      expect(readMessage(order, true)).toEqual({ id, call, args });
      expect(readMessage(order, false)).toBe('foreign');
      if (version !== kVersion) expect(readMessage({ ...order, version }, true)).toBe('version');
    }),
    kRuns,
  );
});

test('any message is an order of the list, or one of three reasons', () => {
  const ours = fc.record({
    name: fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(kName) }, { weight: 1, arbitrary: anything }),
    version: fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(kVersion) }, { weight: 1, arbitrary: anything }),
    id: fc.oneof(fc.integer(), anything),
    call: fc.oneof(fc.constantFrom<unknown>(...kMethods), text, anything),
    args: fc.oneof(fc.array(fc.oneof(text, fc.integer(), anything), { maxLength: 3 }), anything),
  });
  fc.assert(
    fc.property(fc.oneof(ours, message), (given) => {
      const read = readMessage(given, true);
      if (typeof read === 'string') expect(['foreign', 'version', 'malformed']).toContain(read);
      else expect(kMethods).toContain(read.call);
      if (typeof read !== 'string' && read.call === 'ablate') expect(typeof read.args[0]).toBe('string');
    }),
    { numRuns: 5 * kRuns.numRuns },
  );
});

const kinds = ['signature', 'frame', 'schema', 'advance'];

test('whatever a worker is sent, it answers a request once under its number, and nothing else', async () => {
  const request = fc.record({ id: fc.integer(), kind: fc.oneof(fc.constantFrom(...kinds), text), body: anything });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(message, request), { maxLength: 5 }), async (sent) => {
      const replies: Reply[] = [];
      const port: Line = { postMessage: (reply) => replies.push(reply), onmessage: null };
      const session = {
        signature: () => ({ step: 1 }),
        frame: () => ({ view: null }),
        schema: () => schema,
        advance: () => Promise.reject(new Error('no')),
      };
      serve(port, Promise.resolve(session as unknown as Session));
      for (const data of sent) await port.onmessage?.({ data } as MessageEvent<Request>);
      const asked = sent.filter((data) => replies.some(({ id }) => id === (data as Request)?.id));
      expect(replies.length).toBeLessThanOrEqual(sent.length);
      for (const { id } of replies) expect(sent.some((data) => (data as Request)?.id === id)).toBe(true);
      for (const data of sent)
        if (
          Number.isSafeInteger((data as Request)?.id) &&
          kinds.includes((data as Request).kind) &&
          'body' in (data as object)
        )
          expect(asked).toContain(data);
    }),
    kRuns,
  );
});

test('whatever comes back, the page settles the call that it belongs to, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 5 }), async (foreign) => {
      const port: Port = { onmessage: null, onerror: null, postMessage: () => undefined };
      const client = new Client(port, () => undefined);
      const answer = client.call('signature', null);
      for (const data of foreign) if ((data as Reply)?.id !== 1) port.onmessage?.({ data } as MessageEvent<Reply>);
      port.onmessage?.({
        data: { id: 1, kind: 'signature', answer: { step: 3, signature: 'abc' } },
      } as MessageEvent<Reply>);
      expect(await answer).toEqual({ step: 3, signature: 'abc' });
    }),
    kRuns,
  );
});
