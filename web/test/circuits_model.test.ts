import type { CircuitCore, CircuitTrainer } from '@core/circuits_loader.mjs';
import type { Trainer } from '@core/loader.mjs';
import { beforeEach, expect, test } from 'vitest';
import { Circuits } from '../src/circuits.ts';
import { StubCore, TestClock } from './stub.ts';

const question = { layer: 1, head: 0, through: null };

/** The second module, whose answers tell which step its copy is at. */
class StubCircuits extends StubCore {
  opened = 0;
  data: string[] = [];
  override open(bytes: Uint8Array): CircuitTrainer {
    this.opened++;
    const trainer = super.open(bytes);
    return Object.assign(trainer, {
      headCircuit: () => ({ step: trainer.step }),
      attribution: () => ({ step: trainer.step }),
    }) as unknown as CircuitTrainer;
  }
  override readData(data?: unknown) {
    this.data.push(String(data));
    return super.readData();
  }
}

let page: StubCore;
let other: StubCircuits;
let trainer: Trainer;
let loads: number;
let offline: boolean;
let circuits: Circuits;

beforeEach(() => {
  page = new StubCore();
  other = new StubCircuits();
  trainer = page.create({});
  loads = 0;
  offline = false;
  const load = async () => {
    loads++;
    if (offline) throw new Error('offline');
    return other as unknown as CircuitCore;
  };
  circuits = new Circuits(load, () => trainer, new TestClock());
});

test('the module is loaded when it is first asked, and its copy is always at the step of the trainer', async () => {
  expect(loads).toBe(0);
  trainer.train(3);
  expect(await circuits.head(question)).toMatchObject({ ...question, step: 3 });
  trainer.train(2);
  expect(await circuits.attribution({ tokens: [1, 2], position: 0, composed: null })).toMatchObject({ step: 5 });
  expect([loads, other.opened]).toEqual([1, 1]);
});

test('another run, or another Program of the same, is opened anew and the old copy let go', async () => {
  await circuits.head(question);
  trainer.intervene(['ablate 1.0 zero']);
  await circuits.head(question);
  trainer = page.create({});
  await circuits.head(question);
  expect([other.opened, other.disposed]).toEqual([3, 2]);
});

test('a reader\u2019s own data is handed over before the run on it is opened, once', async () => {
  circuits.data = { data: 'abc', name: 'a.txt', config: {} };
  await circuits.head(question);
  await circuits.head(question);
  expect(other.data).toEqual(['abc']);
});

test('what could not be loaded is tried again', async () => {
  offline = true;
  await expect(circuits.head(question)).rejects.toThrow('offline');
  offline = false;
  await circuits.head(question);
  expect(loads).toBe(2);
});
