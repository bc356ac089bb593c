// Which knobs the page shows.
import type { Knob } from '@core/loader.mjs';
import { expect, test } from 'vitest';
import { type Circumstances, kFirst, knobsOnShow, matches } from '../src/panels/which_knobs.ts';

const knob = (name: string, doc = '') => ({ name, doc }) as Knob;
const group = Array.from({ length: kFirst + 6 }, (_, i) => knob(`k${i}`));
const all = group.map(({ name }) => name);
const given = (change: Partial<Circumstances>): Circumstances => ({
  shown: new Set(all),
  kept: new Set(),
  search: '',
  more: false,
  idle: false,
  ...change,
});
const names = (change: Partial<Circumstances>) => knobsOnShow(group, given(change)).list.map(({ name }) => name);

test('the first that do something are on show, the others are counted', () => {
  const shown = new Set(all.slice(2));
  expect(names({ shown })).toEqual(all.slice(2, kFirst + 2));
  expect(knobsOnShow(group, given({ shown }))).toMatchObject({ more: 4, idle: 2 });
});

test('one or two more are not worth a button', () => {
  const shown = new Set(all.slice(0, kFirst + 2));
  expect(knobsOnShow(group, given({ shown }))).toMatchObject({ list: group.slice(0, kFirst + 2), more: 0 });
});

test('on demand come the rest, and those that do nothing, each in its place', () => {
  const shown = new Set(all.slice(2));
  expect(names({ shown, more: true })).toEqual(all.slice(2));
  expect(names({ shown, more: true, idle: true })).toEqual(all);
});

test('what is kept is on show also where it does nothing, and counted nowhere', () => {
  const shown = new Set(all.slice(2));
  const kept = new Set(['k0', all[all.length - 1]]);
  expect(names({ shown, kept })).toEqual(['k0', ...all.slice(2, kFirst + 2), all[all.length - 1]]);
  expect(knobsOnShow(group, given({ shown, kept }))).toMatchObject({ more: 3, idle: 1 });
});

test('a search finds every knob by words of its name, its options or its help', () => {
  const rate = { ...knob('grad_clip', 'Largest norm.'), options: ['cosine'] };
  for (const words of ['clip', 'grad clip', 'largest NORM', 'grad norm', 'cosine'])
    expect(matches(rate, words)).toBe(true);
  expect(matches(rate, 'grad warm')).toBe(false);
  expect(names({ shown: new Set(), search: 'k11' })).toEqual(['k11']);
});
