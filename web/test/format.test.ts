import { describe, expect, test } from 'vitest';
import { headName, parseHeadName, percent, scientific, score, three, whole } from '../src/format.ts';
import { formatTokens, parseTokens } from '../src/tokens.ts';

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

describe('tokens', () => {
  test('are letters up to 26 and numbers beyond', () => {
    expect(formatTokens([0, 1, 25], 26)).toBe('abz');
    expect(formatTokens([0, 1, 26], 27)).toBe('0 1 26');
    expect(formatTokens([27, 1, 26], 27)).toBe('^ 1 26');
  });

  test('are read back from their labels', () => {
    expect(parseTokens('ab zc', 26, 32)).toEqual({ tokens: [0, 1, 25, 2] });
    expect(parseTokens(' 0 1, 63', 64, 32)).toEqual({ tokens: [0, 1, 63] });
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
    expect(parseTokens(text, d_vocab, 32)).toMatchObject({ wrong: 'unknown' });
  });

  test('a sequence too short or too long is refused', () => {
    expect(parseTokens('^ab', 16, 8, true)).toEqual({ tokens: [16, 0, 1] });
    expect(parseTokens('^ab', 16, 8)).toMatchObject({ wrong: 'unknown' });
    expect(parseTokens('a', 16, 8)).toEqual({ wrong: 'length', n: 1 });
    expect(parseTokens('abcabcabc', 16, 8)).toEqual({ wrong: 'length', n: 9 });
  });
});
