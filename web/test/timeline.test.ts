// The page's hand on the past, with a worker that only answers.
import type { KnobValue } from '@core/loader.mjs';
import { beforeEach, expect, test } from 'vitest';
import { CallError, type Client } from '../src/client.ts';
import { describeStep } from '../src/panels/timeline_keys.ts';
import { lanesOf } from '../src/panels/timeline_lanes.ts';
import { type BranchFacts, type Frame, kNoPast, kNotBegun, type PastFacts, type Status } from '../src/protocol.ts';
import { Refusals } from '../src/refusals.ts';
import { Series } from '../src/series.ts';
import { defaultSettings, type Settings } from '../src/state.ts';
import { Timeline } from '../src/timeline.ts';
import { record, schema } from './stub.ts';

let asked: [string, unknown][];
let refusal: string | null;
let owner: ReturnType<typeof makeOwner>;
let timeline: Timeline;

function makeOwner() {
  return {
    schema,
    config: {} as Record<string, KnobValue>,
    settings: defaultSettings(schema),
    series: new Series(),
    status: kNotBegun as Status,
    refused: new Refusals(),
    surgery: { told: (one: ReturnType<typeof record>) => one },
    client: {
      call: async (kind: string, body: unknown) => {
        asked.push([kind, body]);
        if (kind === 'fork' && refusal) throw new CallError(refusal, [{ knob: 'n_heads', message: refusal }]);
        const { step = 50 } = (body ?? {}) as { step?: number };
        return { step, playing: false, finished: false, stopped: null };
      },
    } as unknown as Client,
    setStatus(status: Status) {
      this.status = status;
    },
    setView(part: Partial<Settings>) {
      this.settings = { ...this.settings, ...part };
    },
    play: async () => undefined,
    tell: () => undefined,
    fail: () => undefined,
    poke: () => undefined,
  };
}

beforeEach(() => {
  asked = [];
  refusal = null;
  owner = makeOwner();
  timeline = new Timeline(owner);
});

const main: BranchFacts = { id: 1, parent: null, from: 0, frontier: 50, knobs: {}, inexact_from: null };
const forked: BranchFacts = { ...main, id: 2, parent: 1, from: 20, frontier: 20, knobs: { lr: 0.5 } };

function frame(past: Partial<PastFacts>, branches: BranchFacts[], steps: number[] = []): void {
  const tree = { branches, kept: [], states: 0, bytes: 0, most_bytes: 0 };
  const facts = { ...kNoPast, branch: 1, frontier: 50, tree, ...past };
  owner.status = { ...owner.status, step: facts.back ? 20 : facts.frontier };
  timeline.take({ ...owner.status, past: facts, records: steps.map((step) => record(step)) } as unknown as Frame);
}

test('looking back keeps what was recorded after; only a run that went back loses it', () => {
  frame({}, [main], [0, 25, 50]);
  frame({ back: true }, [main]);
  expect(owner.series.latest?.step).toBe(0);
  expect(owner.series.step).toEqual([0, 25, 50]);
  frame({ frontier: 30 }, [main]);
  expect(owner.series.step).toEqual([0, 25]);
});

test('a fork begins with its parent’s records, and each branch comes back with its own records and settings', () => {
  frame({}, [main], [0, 25, 50]);
  frame({ back: true }, [main]);
  owner.setView({ changes: [{ at: 20, knobs: { lr: 0.5 }, interventions: null }] });
  frame({ branch: 2, frontier: 28 }, [main, forked], [25]);
  expect(owner.series.step).toEqual([0, 25]);
  expect(timeline.fresh?.id).toBe(2);
  expect(timeline.name(forked)).toBe('from step 20: lr 0.5');
  frame({}, [main, forked]);
  expect(owner.series.step).toEqual([0, 25, 50]);
  expect(owner.settings.changes).toEqual([]);
  frame({ branch: 2, frontier: 28 }, [main, forked]);
  expect(owner.settings.changes).toHaveLength(1);
});

test('a knob makes a fork when one looks back, otherwise only when that was asked for', async () => {
  frame({}, [main]);
  expect(await timeline.takes('norm', 'rms', 'rms')).toBe(false);
  timeline.arm(true);
  expect(await timeline.takes('norm', 'rms', 'rms')).toBe(true);
  expect(asked.map(([kind]) => kind)).toEqual(['pause', 'fork']);
  expect(asked[1][1]).toMatchObject({
    knobs: { norm: 'rms' },
    course: { phases: [{ at: 0 }, { at: 50, norm: 'rms' }] },
  });
  expect(owner.settings.changes).toMatchObject([{ at: 50, knobs: { norm: 'rms' } }]);
});

test('what no run can change on its way begins a new run, or is refused beside the knob where a fork was asked for', async () => {
  refusal = 'n_heads may not differ between phases.';
  frame({ back: true }, [main]);
  expect(await timeline.takes('n_heads', 2, '2')).toBe(false);
  timeline.arm(true);
  expect(await timeline.takes('n_heads', 2, '2')).toBe(true);
  expect(owner.refused.get('n_heads')?.message).toBe(refusal);
  expect(owner.settings.changes).toEqual([]);
});

test('an address that names a step is trained up to it, and is kept', async () => {
  expect(await timeline.opened()).toBe(false);
  owner.setView({ step: 50 });
  expect(await timeline.opened()).toBe(true);
  expect(asked).toEqual([['advance', { steps: 50 }]]);
  expect(owner.settings.step).toBe(50);
});

test('a step is called by what lies on either side of it', () => {
  const onset = { kind: 'induction' as const, step: 375, head: {} as never };
  expect(describeStep(320, [onset])).toBe('step 320, before the induction head');
  expect(describeStep(375, [onset])).toBe('step 375, after the induction head');
});

test('lines of branches begin where they left what is on show', () => {
  const other = { ...main, id: 3, parent: 1, from: 40, frontier: 60 };
  const lanes = lanesOf([main, { ...forked, frontier: 30 }, other], 2);
  expect(lanes.map(({ branch, start }) => [branch.id, start])).toEqual([
    [1, 20],
    [3, 40],
  ]);
  // It comes out of the line of the run itself, which the axis no longer shows there.
  expect(lanes[1].path.startsWith(`M40 ${lanes[0].at}V`)).toBe(true);
});
