// A recording comes from anywhere: whatever its bytes, it is read or refused with one sentence.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { differs, isRecording, readOpening, readSizes } from '../element/recording.ts';
import { file, head, kSignature, readAll, record, text } from './recording_made.ts';

test('a recording is read whole, and its states are cut out of it', () => {
  const bytes = file();
  expect(isRecording(bytes)).toBe(true);
  expect(readOpening(bytes)).toMatchObject({ n_layers: 1, causal: true, tokens: [1, 2, 1], maps: new Uint8Array(12) });
  expect(readAll(bytes)).toEqual([{ step: 9, signature: kSignature, bytes: new Uint8Array(4) }]);
});

test('parts that do not fit together are refused with a sentence that says which', () => {
  const cases: [object, RegExp][] = [
    [{ course: null }, /'course'/],
    [{ n_layers: 0 }, /'n_layers'/],
    [{ n_heads: 1e9 }, /'n_heads'/],
    [{ tokens: [1] }, /'tokens'/],
    [{ cells: 'all' }, /12 bytes of maps, and 2 pictures take 18/],
    [{ frames: [] }, /maps/],
    [{ frames: [...text.frames].reverse() }, /'frames' do not rise/],
    [{ frames: [{ step: 0, signature: 'x' }] }, /no signature/],
    [{ states: [{ step: 9, signature: kSignature, bytes: -4 }] }, /states/],
    [{ records: [] }, /'records'/],
    [{ records: [{ ...record(0), heads: [] }] }, /'records'/],
    [{ records: [{ ...record(0), heads: [{ ...head, role: 'toString' }] }] }, /'records'/],
    [{ records: [record(9), record(0)] }, /'records' do not rise/],
  ];
  for (const [change, sentence] of cases) expect(() => readAll(file(change)), JSON.stringify(change)).toThrow(sentence);
});

test('a size that no page takes is refused by the head alone', () => {
  const bytes = file().slice(0, 24);
  new DataView(bytes.buffer).setUint32(16, 0xffffffff, true);
  expect(() => readSizes(bytes)).toThrow(/more than the 67108864/);
  new DataView(bytes.buffer).setUint32(4, 2, true);
  expect(() => readSizes(bytes)).toThrow(/version is 2, and this page reads version 1/);
});

test('cut anywhere, or with any bit changed in what is checked, it is refused with one sentence', () => {
  const whole = file();
  for (let length = 0; length < whole.length; length++)
    expect(() => readAll(whole.slice(0, length))).toThrow(/^The recording cannot be used: .*\.$/);
  const checked = whole.length - 4;
  for (let bit = 0; bit < 8 * checked; bit++) {
    const bytes = whole.slice();
    bytes[bit >> 3] ^= 1 << (bit & 7);
    expect(() => readAll(bytes), `bit ${bit}`).toThrow(/^The recording cannot be used: .*\.$/);
  }
});

test('of another run is said by the first knob that differs; its length may differ where the schedule is constant', () => {
  const course = text.course as never;
  expect(differs(course, { ...text.course, steps: 5 } as never)).toBe(null);
  expect(differs(course, { ...text.course, seed: 3 } as never)).toBe(
    'it is of another run: seed is 0 there and 3 here',
  );
  const cosine = { ...text.course, schedule: 'cosine' };
  expect(differs(cosine as never, { ...cosine, steps: 5 } as never)).toMatch(/steps is 9 there and 5 here/);
});

vi.setConfig({ testTimeout: 600_000 });

/** Something else somewhere inside, or a part that is not there. */
function changedAt(whole: unknown, path: number[], value: unknown): unknown {
  if (path.length === 0 || whole === null || typeof whole !== 'object') return value;
  const names = Object.keys(whole);
  const name = names[path[0] % Math.max(1, names.length)] ?? 'extra';
  const copy: Record<string, unknown> = Array.isArray(whole) ? ([...whole] as never) : { ...whole };
  copy[name] = changedAt(copy[name], path.slice(1), value);
  return copy;
}

const evil = fc.constantFrom<unknown>(
  '__proto__',
  '<img src=x onerror=alert(1)>',
  '\0',
  -0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  { toString: 1, valueOf: 1 },
  null,
);
/** Mostly what fits. */
const near = (n: number) => fc.oneof({ weight: 4, arbitrary: fc.constant(n) }, { weight: 1, arbitrary: fc.nat(3 * n) });
const change = fc.record({
  path: fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
  value: fc.oneof(evil, fc.jsonValue({ maxDepth: 3 }), fc.integer(), fc.constant(undefined)),
});

test('with anything in its text, and a checksum that is right, it is read as a recording or refused with one sentence', () => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), near(12), near(4), (changes, maps, states) => {
      const made = changes.reduce((whole: unknown, { path, value }) => changedAt(whole, path, value), text) as object;
      try {
        const { n_layers, n_heads, tokens, labels, frames, records } = readOpening(file(made, maps, states));
        readAll(file(made, maps, states));
        read += 1;
        for (const size of [n_layers, n_heads, tokens.length, frames.length, records.length])
          expect(Number.isInteger(size) && size > 0 && size < 1e6).toBe(true);
        for (const label of labels) expect(typeof label).toBe('string');
      } catch (error) {
        expect((error as Error).message).toMatch(/^The recording cannot be used: .*\.$/);
      }
    }),
    { numRuns: Number(import.meta.env.VITE_PROPERTY_RUNS ?? 500) },
  );
  expect(read).toBeGreaterThan(0);
});
