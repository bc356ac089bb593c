import type { TaskLine } from '@core/loader.mjs';
import { describe, expect, test } from 'vitest';
import { headName, parseHeadName, percent, scientific, score, three, whole } from '../src/format.ts';
import { lossLevels } from '../src/levels.ts';
import { Vocabulary } from '../src/tokens.ts';

describe('numbers', () => {
  test.each([
    [2.3149, '2.31'],
    [0.4123, '0.412'],
    [0, '0'],
    [1, '1.00'],
    [12.345, '12.3'],
    [-0.5, '−0.500'],
    [1234, '1\u202f230'],
    [61_440, '61\u202f400'],
    [0.000123, '1.2e−4'],
    [null, '–'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '∞'],
  ])('%s reads %s', (value, text) => expect(three(value)).toBe(text));

  test('steps are grouped by thin spaces', () => {
    expect(whole(12400)).toBe('12\u202f400');
    expect(whole(999)).toBe('999');
    expect(whole(1234567)).toBe('1\u202f234\u202f567');
  });

  test.each([
    [3e-7, '3 × 10⁻⁷'],
    [1e-5, '1 × 10⁻⁵'],
    [1.25e-10, '1.3 × 10⁻¹⁰'],
    [-2.5e12, '−2.5 × 10¹²'],
    [0, '0'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NaN, '–'],
  ])('%s reads %s as a power of ten', (value, text) => expect(scientific(value)).toBe(text));

  test('scores have two decimals, confidences are whole percents', () => {
    expect(score(0.876)).toBe('0.88');
    expect(score(null)).toBe('–');
    expect(percent(0.876)).toBe('88\u202f%');
  });

  test('head names go there and back', () => {
    expect(parseHeadName(headName(1, 15))).toEqual({ layer: 1, head: 15 });
    for (const bad of ['1', '1.', 'a.b', '1.2.3', '-1.2', '100.1', '1e1.0']) expect(parseHeadName(bad)).toBeNull();
  });
});

describe('levels of the loss', () => {
  const line = (name: string, value: number | null) => ({ name, value, doc: '', inducible: false });
  const names = (lines: TaskLine[]) => lossLevels({ d_vocab: 16 }, lines).map(({ name }) => name);

  test('come from the highest down, with the blind guess unless the task has it', () => {
    expect(names([])).toEqual(['ln 16']);
    expect(names([line('copy', 0), line('counts', 2)])).toEqual(['ln 16', 'counts', 'copy']);
    expect(names([line('new tokens', Math.log(16))])).toEqual(['new tokens']);
  });

  test('leave out what is not defined', () => {
    expect(names([line('none', null)])).toEqual(['ln 16']);
  });
});

describe('tokens', () => {
  test('are letters up to 26 and numbers beyond', () => {
    expect(new Vocabulary(26).format([0, 1, 25])).toBe('abz');
    expect(new Vocabulary(27).format([0, 1, 26])).toBe('0 1 26');
  });

  test('are read back from their labels', () => {
    expect(new Vocabulary(26).parse('ab zc', 32)).toEqual({ tokens: [0, 1, 25, 2] });
    expect(new Vocabulary(64).parse(' 0 1, 63', 32)).toEqual({ tokens: [0, 1, 63] });
  });

  test.each([
    ['abq', 16],
    ['aB', 16],
    ['a😀', 16],
    ['1 2', 16],
    ['1 64', 64],
    ['1 -2', 64],
    ['1 1e1', 64],
  ])('%s is refused with %i tokens', (text, d_vocab) => {
    expect(new Vocabulary(d_vocab).parse(text, 32)).toMatchObject({ wrong: 'unknown' });
  });

  test('labels of a task are its own, and read back as they are written', () => {
    const words = new Vocabulary(3, ['good', 'bad', '?']);
    expect(words.format([1, 0, 2])).toBe('bad good ?');
    expect(words.parse('bad  good ?', 8)).toEqual({ tokens: [1, 0, 2] });
    expect(words.parse('bad b ?', 8)).toEqual({ wrong: 'unknown', label: 'b' });
    const signs = new Vocabulary(5, ['a', ' ', '\n', '<s>', 's']);
    expect(signs.format([3, 0, 1, 4, 2])).toBe('<s>a s\n');
    expect(signs.parse('<s>a s\n', 8)).toEqual({ tokens: [3, 0, 1, 4, 2] });
    expect(signs.parse('a<', 8)).toEqual({ wrong: 'unknown', label: '<' });
    expect([1, 2, 3].map((token) => signs.label(token))).toEqual(['␣', '⏎', '<s>']);
  });

  test('a sequence too short or too long is refused', () => {
    expect(new Vocabulary(16).parse('a', 8)).toEqual({ wrong: 'length', n: 1 });
    expect(new Vocabulary(16).parse('abcabcabc', 8)).toEqual({ wrong: 'length', n: 9 });
  });
});
