// A recording comes from anywhere: whatever its bytes, it is read or refused with one sentence.
import { expect, test } from 'vitest';
import { differs, isRecording, readOpening, readSizes, readStates } from '../element/recording.ts';

const kSignature = '0123456789abcdef';
const scores = { previous_token: 0.1, induction: 0.2, duplicate_token: 0, first_token: 0, entropy: 1, confidence: 1 };
const head = { layer: 0, head: 0, role: 'none yet', ...scores };
const record = (step: number) => ({
  step,
  loss: 2,
  loss_new: 2,
  loss_rep: null,
  loss_by_position: [],
  alarms: [],
  unseen: null,
  onset: { previous_token: null, induction: null },
  heads: [head],
});
const text = {
  course: { seed: 0, steps: 9, schedule: 'constant', lr: 0.01 },
  n_layers: 1,
  n_heads: 1,
  tokens: [1, 2, 1],
  labels: ['a'],
  cells: 'causal',
  frames: [0, 9].map((step) => ({ step, signature: kSignature })),
  states: [{ step: 9, signature: kSignature, bytes: 4 }],
  records: [record(0), record(9)],
};

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function file(change: object = {}, maps = 12, states = 4): Uint8Array {
  const words = new TextEncoder().encode(JSON.stringify({ ...text, ...change }));
  const bytes = new Uint8Array(24 + words.length + maps + states);
  bytes.set(words, 24);
  bytes.set(new TextEncoder().encode('IREC'));
  const covered = bytes.subarray(24, 24 + words.length + maps);
  const view = new DataView(bytes.buffer);
  [1, words.length, maps, states, crc32(covered)].forEach((word, i) => void view.setUint32(4 + 4 * i, word, true));
  return bytes;
}

const readAll = (bytes: Uint8Array) => readStates(readOpening(bytes), bytes);

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
