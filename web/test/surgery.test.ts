// Breaking the model from the page: what is asked of the worker, kept in the settings, and told.
import type { Config, HeadScores } from '@core/loader.mjs';
import { beforeEach, expect, test } from 'vitest';
import { CallError, type Client } from '../src/client.ts';
import { Series } from '../src/series.ts';
import { defaultSettings, type Settings } from '../src/state.ts';
import { Surgery } from '../src/surgery.ts';
import { record, schema } from './stub.ts';

/** Where the run is; what the worker was asked to hold. */
let step: number;
let asked: string[][];
let refusal: string | null;
let owner: ReturnType<typeof makeOwner>;
let surgery: Surgery;

function makeOwner() {
  return {
    schema,
    settings: defaultSettings(schema),
    series: new Series(),
    client: {
      call: async (_: string, { interventions }: { interventions: string[] }) => {
        if (refusal) throw new CallError(refusal, []);
        asked.push(interventions);
        const loss = (lines: number) => record(step, { loss_rep: 0.3 + lines });
        return { at: step, before: loss(0), after: loss(interventions.length), config: {} as Config, shown: [] };
      },
    } as unknown as Client,
    inForce: () => undefined,
    setView(part: Partial<Settings>) {
      this.settings = { ...this.settings, ...part };
    },
    timeline: { back: false },
    tell: () => undefined,
  };
}

beforeEach(() => {
  step = 420;
  asked = [];
  refusal = null;
  owner = makeOwner();
  surgery = new Surgery(owner);
  surgery.begin(null);
});

const ablate = (head: string) => surgery.act(head, { do: 'ablate', how: 'zero' });

test('what a change did is there at once, and the settings say from which step on', async () => {
  await ablate('1.2');
  expect(surgery.effect).toEqual({
    what: 'Head 1.2 ablated (zero)',
    at: 420,
    before: 0.3,
    after: 1.3,
    repeated: true,
  });
  expect(owner.settings.changes).toEqual([{ at: 420, knobs: {}, interventions: ['ablate 1.2 zero'] }]);
  expect(owner.settings.head).toBe('1.2');
  expect(owner.series.latest?.step).toBe(420);
});

test('two changes in one breath come one after the other: none is lost', async () => {
  const first = ablate('1.2');
  await ablate('0.1');
  await first;
  expect(asked).toEqual([['ablate 1.2 zero'], ['ablate 1.2 zero', 'ablate 0.1 zero']]);
});

test('undo and redo walk through every change, and a new change ends redo', async () => {
  await ablate('1.2');
  await ablate('0.1');
  step = 500;
  await surgery.undo();
  expect(surgery.held).toEqual(['ablate 1.2 zero']);
  await surgery.undo();
  expect([surgery.held, surgery.can_undo]).toEqual([[], false]);
  await surgery.redo();
  await surgery.redo();
  expect([surgery.held, surgery.can_redo]).toEqual([['ablate 1.2 zero', 'ablate 0.1 zero'], false]);
  await surgery.undo();
  await ablate('0.3');
  expect(surgery.can_redo).toBe(false);
  // At step 420 as it was, at 500 as it is.
  expect(owner.settings.changes.map(({ at }) => at)).toEqual([420, 500]);
});

test('a refusal says why and changes nothing; the next change takes the sentence away', async () => {
  await ablate('1.2');
  refusal = 'There is no head 9.9.';
  await ablate('9.9');
  expect([surgery.problem, surgery.held]).toEqual(['There is no head 9.9.', ['ablate 1.2 zero']]);
  refusal = null;
  await surgery.hold(() => []);
  expect([surgery.problem, surgery.held]).toEqual([null, []]);
});

test('what is held follows the run through its changes, and back', async () => {
  await ablate('1.2');
  surgery.follow(419);
  expect(surgery.held).toEqual([]);
  surgery.follow(420);
  expect(surgery.held).toEqual(['ablate 1.2 zero']);
});

test('an answer for a run that is gone changes nothing', async () => {
  const late = ablate('1.2');
  owner.series = new Series();
  await late;
  expect([surgery.held, owner.settings.changes]).toEqual([[], []]);
});

test('an ablated head has no role, raises no alarm, and nothing fades while it is', async () => {
  await ablate('1.2');
  const head = (index: number) =>
    ({ layer: 1, head: index, role: 'induction', confidence: 0.9 }) as unknown as HeadScores;
  const alarm = (kind: 'harmless' | 'fading', at: number | null) =>
    ({ alarm: kind, layer: at === null ? null : 1, head: at, evidence: '' }) as const;
  const found = record(450, {
    heads: [head(2), head(3)],
    alarms: [alarm('harmless', 2), alarm('harmless', 3), alarm('fading', null)],
  });
  const told = surgery.told(found);
  expect(told.heads.map(({ role }) => role)).toEqual(['none yet', 'induction']);
  expect(told.alarms).toEqual([alarm('harmless', 3)]);
  expect(surgery.told({ ...found, step: 419 }).alarms).toHaveLength(3);
});
