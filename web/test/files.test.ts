import { beforeEach, expect, test } from 'vitest';
import { taskFor } from '../src/own_data.ts';
import { Session } from '../src/session.ts';
import { StubCore, TestClock } from './stub.ts';
import { StubGraphics } from './stub_gpu.ts';

let clock: TestClock;
let session: Session;
const frame = () => session.frame({ shown: -1, buffer: null });

beforeEach(() => {
  clock = new TestClock();
  session = new Session(new StubCore(), clock, async () => new StubGraphics(clock));
  session.open({ config: {}, engine: 'wasm' });
});

test('a run goes on from a file at the step that it was saved at', async () => {
  const done = session.advance({ steps: 3 });
  await clock.play();
  await done;
  const { bytes, step } = session.save({ model: false });
  expect(step).toBe(3);
  session.open({ config: {}, engine: 'wasm' });
  expect(frame().step).toBe(0);
  session.open_file({ bytes, knobs: {}, engine: 'wasm' });
  expect(frame()).toMatchObject({ step: 3, signature: 'signature-3', records: [{ step: 3 }] });
});

test('a damaged file leaves the run on show as it is, and playing', () => {
  session.play({ steps_per_second: null });
  clock.run(2);
  const { step } = frame();
  expect(() => session.open_file({ bytes: Uint8Array.of(0), knobs: {}, engine: 'wasm' })).toThrow('damaged');
  expect(frame().playing).toBe(true);
  clock.run(2);
  expect(frame().step).toBeGreaterThan(step);
});

test.each([
  ['[[1, 2], [3]]', 'tokens'],
  ['[1, 2, 3]', 'tokens'],
  ['\x93NUMPY', 'tokens'],
  ['[Verse 1] She sells', 'text'],
  ['plain words', 'text'],
])('%s is data of the task %s', (data, task) => {
  expect(taskFor(data)).toBe(task);
  expect(taskFor(Uint8Array.from([...data].map((sign) => sign.charCodeAt(0))))).toBe(task);
});
