// What is held on heads, read from its lines and changed by what a reader does.
import type { Alarm } from '@core/loader.mjs';
import { describe, expect, test } from 'vitest';
import { nextClick } from '../src/alarm_next.ts';
import { ablatedHeads, allAblated, headOf, heldOn, restored, teamOf, toggled } from '../src/held.ts';
import { strings } from '../src/strings.ts';

const lines = ['ablate 1.2 zero', 'freeze 1.2', 'clamp 0.1 match', 'path 0.1 k 1.3 0', 'freeze W_U'];

describe('lines held in the model', () => {
  test('are read head by head; a path and parameters by name are of no head', () => {
    expect(heldOn(lines, '1.2')).toEqual({ ablated: 'zero', clamped: null, frozen: true });
    expect(heldOn(lines, '0.1')).toEqual({ ablated: null, clamped: 'match', frozen: false });
    expect(heldOn(lines, '1.3')).toEqual({ ablated: null, clamped: null, frozen: false });
    expect(lines.map(headOf)).toEqual(['1.2', '1.2', '0.1', null, null]);
    expect([...ablatedHeads(lines)]).toEqual(['1.2']);
  });

  test('a patched head is of its own; patched at all positions its pattern says nothing about its output', () => {
    const patched = ['patch 1.2 all 3-7-1', 'patch 0.1 4 3-7-1-3-7'];
    expect(patched.map(headOf)).toEqual(['1.2', '0.1']);
    expect([...ablatedHeads(patched)]).toEqual(['1.2']);
    expect(restored(patched, '1.2')).toEqual(patched.slice(1));
    expect(toggled(patched, '0.1', { do: 'ablate', how: 'mean' })).toEqual([patched[0], 'ablate 0.1 mean']);
    expect(strings.story_held(patched)).toBe('Held on heads 1.2 and 0.1.');
  });

  test('a given copy is of its own, and is told with its factor', () => {
    expect(headOf('copy 1.0 8')).toBe('1.0');
    expect(restored(['copy 1.0 8', 'freeze W_U'], '1.0')).toEqual(['freeze W_U']);
    expect(strings.story_held(['copy 1.0 8'])).toBe('Head 1.0 given a copy (× 8).');
  });

  test('head 1.1 is not head 1.10', () => {
    expect(heldOn(['ablate 1.10 zero'], '1.1').ablated).toBeNull();
    expect(restored(['ablate 1.10 zero', 'ablate 1.1 zero'], '1.1')).toEqual(['ablate 1.10 zero']);
  });

  test('the same again takes it back; an ablation takes the place of a clamp, and freezing goes with either', () => {
    const clamped = toggled([], '0.1', { do: 'clamp', to: 'previous' });
    const ablated = toggled(clamped, '0.1', { do: 'ablate', how: 'mean' });
    const frozen = toggled(ablated, '0.1', { do: 'freeze' });
    expect(frozen).toEqual(['ablate 0.1 mean', 'freeze 0.1']);
    expect(toggled(frozen, '0.1', { do: 'ablate', how: 'mean' })).toEqual(['freeze 0.1']);
    expect(restored(lines, '1.2')).toEqual(lines.slice(2));
  });

  test('a team is ablated whatever was held on it, and stays frozen where it was', () => {
    const heads = [
      { layer: 1, head: 2, role: 'induction' },
      { layer: 0, head: 1, role: 'induction' },
      { layer: 0, head: 0, role: 'none yet' },
    ];
    const team = teamOf({ heads });
    expect(team).toEqual(['1.2', '0.1']);
    expect(allAblated(lines, team)).toEqual([
      'freeze 1.2',
      'path 0.1 k 1.3 0',
      'freeze W_U',
      'ablate 1.2 zero',
      'ablate 0.1 zero',
    ]);
  });
});

describe('the sentence about an effect', () => {
  const effect = (before: number, after: number, what = 'Head 1.2 ablated (zero)') =>
    strings.effect({ what, at: 420, before, after, repeated: true }, 16);

  test('has the step and both losses', () => {
    expect(effect(0.31, 0.94)).toBe(
      'Head 1.2 ablated (zero) at step 420: repeated tokens 0.310 → 0.940 nats (+0.630).',
    );
  });

  test('says when almost nothing changes, and when nothing was there to break', () => {
    expect(effect(0.31, 0.315)).toMatch(/Almost nothing changes: other heads do the same work, or can\.$/);
    expect(effect(2.75, 2.74)).toMatch(/Hardly anything is learned yet/);
    expect(effect(0.31, 0.31, 'Head 1.2 frozen')).toMatch(/Frozen parameters change nothing now/);
  });

  test('names what was done: what is new, else what was lifted', () => {
    const { surgery_done: done } = strings;
    expect(done([], ['ablate 1.2 zero', 'ablate 1.3 zero'])).toBe('Heads 1.2 and 1.3 ablated (zero)');
    expect(done(['clamp 0.1 match'], ['ablate 0.1 mean'])).toBe('Head 0.1 ablated (mean)');
    expect(done(['clamp 0.1 match'], [])).toBe('Head 0.1 restored');
    expect(done(['ablate 1.2 zero', 'freeze 1.2'], [])).toBe('Head 1.2 restored');
    expect(done([], ['patch 1.2 all 3-7'])).toBe('Head 1.2 patched');
    expect(done([], ['patch 0.1 4 3-7-1-3-7'])).toBe('Head 0.1 patched at 4');
    expect(done([], ['freeze W_U'])).toBe('“freeze W_U” held');
    expect(done(['freeze W_U'], [])).toBe('“freeze W_U” lifted');
  });
});

test('the story says in one short line which heads are broken', () => {
  const { story_held: told } = strings;
  expect(told([])).toBe('');
  expect(told(['ablate 1.2 zero', 'ablate 1.3 zero'])).toBe('Heads 1.2 and 1.3 ablated (zero).');
  expect(told(['ablate 1.2 zero', 'clamp 0.1 match', 'freeze 0.1'])).toBe('Held on heads 1.2 and 0.1.');
  expect(told(['freeze blocks.0.attn.W_Q', 'freeze blocks.1.attn.W_Q'])).toBe('2 interventions are held.');
});

describe('the next click of an alarm', () => {
  const alarm = (kind: Alarm['alarm'], layer: number | null, head: number | null): Alarm => ({
    alarm: kind,
    layer,
    head,
    evidence: '',
  });
  const config = { task: 'repeat', periods: 0, period_min: 4, lr: 0.01 };

  test('of a model that counts places: other periods, where the task has them', () => {
    const next = (part: object) => nextClick(alarm('position_only', null, null), { ...config, ...part }, []);
    expect(next({ task: 'repeat_fixed' })).toMatchObject({ do: 'knob', name: 'task', value: 'repeat' });
    expect(next({ periods: 3 })).toMatchObject({ do: 'knob', name: 'periods', value: '0' });
    expect(next({})).toMatchObject({ do: 'knob', name: 'period_min', value: '2' });
    expect(next({ task: 'distance' })).toBeNull();
  });

  test('of a harmless head: the whole team, or the head alone where it is all of it', () => {
    const harmless = alarm('harmless', 1, 2);
    expect(nextClick(harmless, config, ['1.2', '1.3'])).toMatchObject({ do: 'ablate', heads: ['1.2', '1.3'] });
    expect(nextClick(harmless, config, ['1.2'])).toMatchObject({ do: 'ablate', heads: ['1.2'] });
    expect(nextClick(alarm('first_token_sink', 0, 1), config, [])).toMatchObject({ do: 'ablate', heads: ['0.1'] });
  });

  test('of what fades: a third of the learning rate', () => {
    expect(nextClick(alarm('fading', null, null), config, [])).toMatchObject({ name: 'lr', value: '0.0033' });
  });
});
