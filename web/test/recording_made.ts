// A recording for tests, small and whole, and made again with whatever is changed in its text; its checksum is always right.
import { readOpening, readStates } from '../element/recording.ts';

export const kSignature = '0123456789abcdef';
const scores = { previous_token: 0.1, induction: 0.2, duplicate_token: 0, first_token: 0, entropy: 1, confidence: 1 };
export const head = { layer: 0, head: 0, role: 'none yet', ...scores };
export const record = (step: number) => ({
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
export const text = {
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

export function file(change: object = {}, maps = 12, states = 4): Uint8Array {
  const words = new TextEncoder().encode(JSON.stringify({ ...text, ...change }));
  const bytes = new Uint8Array(24 + words.length + maps + states);
  bytes.set(words, 24);
  bytes.set(new TextEncoder().encode('IREC'));
  const covered = bytes.subarray(24, 24 + words.length + maps);
  const view = new DataView(bytes.buffer);
  [1, words.length, maps, states, crc32(covered)].forEach((word, i) => void view.setUint32(4 + 4 * i, word, true));
  return bytes;
}

export const readAll = (bytes: Uint8Array) => readStates(readOpening(bytes), bytes);
