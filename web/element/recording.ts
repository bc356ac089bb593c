// A recording: what `induction record` wrote (native/recording.hpp says how it lies in the file). It comes from anywhere, so every size is
// checked before anything of that size is made, and what is wrong is said in one sentence.
import type { Course, ProbeRecord } from '@core/loader.mjs';

/** What a page takes, in bytes: as much as it keeps of a run (src/history.ts). */
const kMost = 64 * 2 ** 20;
const kHead = 24;
const kVersion = 1;
const kMostHeads = 4096;

export interface Sizes {
  text: number;
  maps: number;
  states: number;
  crc: number;
  /** Bytes of the file up to the first state, and of all of it. */
  opening: number;
  whole: number;
}

interface Recorded {
  step: number;
  /** Of parameters, optimiser state and step. */
  signature: string;
}

/** What can be shown without training. */
export interface Opening {
  sizes: Sizes;
  course: Course;
  n_layers: number;
  n_heads: number;
  tokens: number[];
  labels: string[];
  /** Only keys up to the query are there. */
  causal: boolean;
  frames: Recorded[];
  states: (Recorded & { bytes: number })[];
  records: ProbeRecord[];
  /** Of all frames. */
  maps: Uint8Array;
}

export interface State extends Recorded {
  bytes: Uint8Array;
}

function refuse(why: string): never {
  throw new Error(`The recording cannot be used: ${why}.`);
}

export function isRecording(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && String.fromCharCode(...bytes.subarray(0, 4)) === 'IREC';
}

/** Of a file's first 24 bytes. */
export function readSizes(bytes: Uint8Array): Sizes {
  if (bytes.length < kHead) refuse(`it has ${bytes.length} bytes, and its head alone takes ${kHead}`);
  if (!isRecording(bytes)) refuse("it does not begin with 'IREC', as files of induction record do");
  const view = new DataView(bytes.buffer, bytes.byteOffset, kHead);
  const [version, text, maps, states, crc] = [4, 8, 12, 16, 20].map((at) => view.getUint32(at, true));
  if (version !== kVersion) refuse(`its version is ${version}, and this page reads version ${kVersion}`);
  const opening = kHead + text + maps;
  const whole = opening + states;
  if (whole > kMost) refuse(`it says that it has ${whole} bytes, more than the ${kMost} that a page takes`);
  return { text, maps, states, crc, opening, whole };
}

/** Bytes up to the first state. */
export function readOpening(bytes: Uint8Array): Opening {
  const sizes = readSizes(bytes);
  if (bytes.length < sizes.opening) refuse(`it ends after ${bytes.length} bytes of ${sizes.whole}`);
  const covered = bytes.subarray(kHead, sizes.opening);
  if (crc32(covered) !== sizes.crc) refuse('it is damaged (its checksum is another)');
  const maps = covered.slice(sizes.text);
  return { ...checked(textOf(covered.subarray(0, sizes.text)), sizes), maps, sizes };
}

/** Every byte. Their signatures are checked where they are loaded. */
export function readStates({ states, sizes }: Opening, bytes: Uint8Array): State[] {
  if (bytes.length !== sizes.whole) refuse(`it has ${bytes.length} bytes and says that it has ${sizes.whole}`);
  let at = sizes.opening;
  return states.map(({ step, signature, bytes: length }) => {
    at += length;
    return { step, signature, bytes: bytes.slice(at - length, at) };
  });
}

function textOf(bytes: Uint8Array): Record<string, unknown> {
  let text: unknown;
  try {
    text = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    refuse('its text is no JSON');
  }
  if (!isObject(text)) refuse('its text is no JSON object');
  return text;
}

/** The text as it must be, for its sizes to fit together. */
function checked(text: Record<string, unknown>, sizes: Sizes): Omit<Opening, 'maps' | 'sizes'> {
  const list = (name: string): unknown[] => {
    const value = text[name];
    return Array.isArray(value) ? value : refuse(`'${name}' is no list`);
  };
  const count = (name: string): number => {
    const value = text[name];
    return isCount(value) && value > 0 && value <= kMostHeads
      ? value
      : refuse(`'${name}' is no number of layers or heads`);
  };
  const { course } = text;
  if (!isObject(course)) refuse("'course' is no object");
  const [n_layers, n_heads] = [count('n_layers'), count('n_heads')];
  const tokens = list('tokens');
  if (tokens.length < 2 || !tokens.every(isCount)) refuse("'tokens' are not two or more tokens");
  const labels = list('labels');
  if (!labels.every((label) => typeof label === 'string')) refuse("'labels' are not texts");
  const causal = text.cells === 'causal';
  const frames = rising('frames', list('frames'));
  const T = tokens.length;
  const cells = n_layers * n_heads * (causal ? (T * (T + 1)) / 2 : T * T);
  if (frames.length === 0 || frames.length * cells !== sizes.maps)
    refuse(`it has ${sizes.maps} bytes of maps, and ${frames.length} pictures take ${frames.length * cells}`);
  const states = rising('states', list('states'));
  const length = states.reduce((sum, { bytes }) => sum + (isCount(bytes) ? bytes : Number.NaN), 0);
  if (length !== sizes.states) refuse(`it has ${sizes.states} bytes of states, and its text says ${length}`);
  const records = list('records').filter(isObject);
  if (!records.every((record) => isRecord(record, n_layers * n_heads))) refuse("'records' are not what probes found");
  if (records.length === 0 || records.some(({ step }, i) => i > 0 && Number(step) <= Number(records[i - 1].step)))
    refuse("the steps of 'records' do not rise");
  // Objects of just these shapes, as far as anything here reads them.
  return { course, n_layers, n_heads, tokens, labels, causal, frames, states, records } as never;
}

function rising(name: string, list: unknown[]): (Recorded & { bytes?: unknown })[] {
  let last = -1;
  return list.map((entry) => {
    if (!isObject(entry) || !isCount(entry.step) || entry.step <= last) refuse(`the steps of '${name}' do not rise`);
    if (typeof entry.signature !== 'string' || !/^[0-9a-f]{16}$/.test(entry.signature))
      refuse(`step ${entry.step} of '${name}' has no signature`);
    last = entry.step;
    return { step: entry.step, signature: entry.signature, bytes: entry.bytes };
  });
}

const kScores = ['previous_token', 'induction', 'duplicate_token', 'first_token', 'entropy', 'confidence'];
const kRoles: unknown[] = ['previous token', 'induction', 'duplicate token', 'first token', 'none yet'];

function isRecord(record: Record<string, unknown>, n: number): boolean {
  const { step, heads, onset, unseen, loss_by_position, alarms } = record;
  const losses = ['loss', 'loss_new', 'loss_rep'].every((name) => isNumber(record[name]));
  const parts =
    isObject(onset) &&
    isNumber(onset.induction) &&
    isNumber(onset.previous_token) &&
    Array.isArray(loss_by_position) &&
    Array.isArray(alarms);
  const head = (each: unknown) =>
    isObject(each) && kRoles.includes(each.role) && kScores.every((s) => isNumber(each[s]));
  return (
    isCount(step) && losses && parts && (unseen === null || isObject(unseen)) && isHeads(heads, n) && heads.every(head)
  );
}

function isHeads(heads: unknown, n: number): heads is unknown[] {
  return Array.isArray(heads) && heads.length === n;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNumber(value: unknown): boolean {
  return value === null || (typeof value === 'number' && Number.isFinite(value));
}

/** As in zip and PNG. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Why the recording is not of this run: the first knob that differs. null: it is. */
export function differs(recorded: Course, wanted: Course): string | null {
  const [a, b] = [flat(recorded), flat(wanted)];
  // Where the schedule does not look at it, the length is only how far a run goes.
  if (a.schedule === 'constant' && !a.phases && !b.phases) a.steps = b.steps;
  const name = [...new Set([...Object.keys(a), ...Object.keys(b)])].find(
    (each) => JSON.stringify(a[each]) !== JSON.stringify(b[each]),
  );
  if (name === undefined) return null;
  const words = (value: unknown) => (value === undefined ? 'not given' : JSON.stringify(value).slice(0, 80));
  return `it is of another run: ${name} is ${words(a[name])} there and ${words(b[name])} here`;
}

function flat(course: Course): Record<string, unknown> {
  return { ...(course as unknown as Record<string, unknown>) };
}
