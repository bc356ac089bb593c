import { expect, test } from 'vitest';
import { pieces } from '../src/glossary/mark.ts';
import { glossary } from '../src/glossary/words.ts';
import { strings } from '../src/strings.ts';

const terms = (text: string) => pieces(text).flatMap(({ term }) => term ?? []);

test('the longest term wins, whatever its case, and only the first time it comes', () => {
  expect(terms('An Induction head; another induction head.')).toEqual(['induction_head']);
  expect(terms('Layer 1, 2.3 nats')).toEqual(['layer', 'nats']);
});

test('nothing of the text is lost', () => {
  const text = strings.story_previous(200, '0.2', 180, 0.8, 2.31);
  expect(
    pieces(text)
      .map(({ text: part }) => part)
      .join(''),
  ).toBe(text);
});

test('a part of a longer word or of a knob’s name is no term', () => {
  expect(terms('seeding, weight_decay, keyhole, pre-softmaxed')).toEqual([]);
});

test('every term that the issue names is explained, each once and in plain sentences', () => {
  const names = Object.values(glossary).map(({ name }) => name);
  for (const name of [
    'nats',
    'induction head',
    'previous-token head',
    'onset',
    'attention',
    'layer',
    'seed',
    'period',
    'composition',
    'ablation',
  ])
    expect(names).toContain(name);
  expect(new Set(names).size).toBe(names.length);
  for (const { text } of Object.values(glossary)) expect(text).toMatch(/^[A-Z].*\.$/s);
});
