// From measured composition and attribution to what is drawn, and how the page asks for them.
import type { Attribution, ComposedPair, Composition, HeadScores } from '@core/loader.mjs';
import { describe, expect, it } from 'vitest';
import { Asker } from '../src/asker.ts';
import { inductionPair, logitRows, previousHead } from '../src/attribution.ts';
import { largestSize, signedColour } from '../src/charts/signed.ts';
import { arrowPath, arrowsOf, strongest, whyNone } from '../src/composition.ts';

const at = (name: string) => ({ layer: Number(name[0]), head: Number(name[2]) });

function pair(from: string, to: string, k: number, weights: number | null = null): ComposedPair {
  return {
    from: at(from),
    to: at(to),
    effect: { q: 0.1, k, v: 0.2 },
    chance: { q: 0.15, k: 0.1, v: 0.19 },
    weights: { q: weights, k: weights, v: 0.3 },
    token_k: null,
  };
}

function composition(pairs: ComposedPair[], effect: string | null = null): Composition {
  return { step: 3, rows: 2, baseline: 0.25, not_defined: { effect, q: 'rotary', k: 'rotary', v: null }, pairs };
}

function head(name: string, role: HeadScores['role'], previous_token: number, induction: number): HeadScores {
  const rest = {
    duplicate_token: 0,
    first_token: 0,
    entropy: 1,
    confidence: 1,
    evidence: '',
    token_k_composition: null,
  };
  return { ...at(name), ...rest, role, previous_token, induction };
}

describe('arrows', () => {
  const found = composition([pair('0.0', '1.0', 0.45), pair('0.1', '1.0', 0.12)]);

  it('of the strongest input are that of each pair, and lie above chance', () => {
    const arrows = arrowsOf(found, 'strongest', 'effect');
    expect(arrows.map(({ input }) => input)).toEqual(['k', 'k']);
    expect(arrows[0].above).toBeCloseTo(0.35);
    expect(strongest(arrows)).toMatchObject({ from: at('0.0'), to: at('1.0'), input: 'k' });
  });

  it('are none where nothing is above chance, and none are made up where a measure is not defined', () => {
    expect(strongest(arrowsOf(found, 'q', 'effect'))).toBeNull();
    expect(arrowsOf(found, 'none', 'effect')).toEqual([]);
    expect(arrowsOf(found, 'k', 'weights')).toEqual([]);
    expect(whyNone(found, 'k', 'weights')).toBe('rotary');
    expect(arrowsOf(found, 'strongest', 'weights').map(({ input }) => input)).toEqual(['v', 'v']);
    expect(whyNone(found, 'strongest', 'weights')).toBeNull();
    expect(whyNone(composition([], 'too large'), 'k', 'effect')).toBe('too large');
  });

  it('are as wide as the score, and stay inside the columns of 1 and of 16 heads', () => {
    const wide = arrowPath(
      { from: at('0.0'), to: at('1.0'), input: 'k', above: 0.2 },
      { width: 300, height: 48, n_heads: 1, columns: 1 },
    );
    expect(wide.width).toBeCloseTo(6.4);
    expect(wide.path.startsWith('M150.0 48')).toBe(true);
    for (const one of [0, 7, 15])
      for (const other of [0, 15]) {
        const box = { width: 320, height: 48, n_heads: 16, columns: 4 };
        const { path } = arrowPath(
          { from: { layer: 0, head: one }, to: { layer: 1, head: other }, input: 'k', above: 1 },
          box,
        );
        const x = [...path.matchAll(/[MC ](-?[\d.]+) /g)].map(([, number]) => Number(number));
        expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...x)).toBeLessThanOrEqual(350);
      }
  });
});

describe('rows of a logit', () => {
  const heads = [
    head('0.0', 'previous token', 0.9, 0),
    head('0.1', 'none yet', 0.2, 0),
    head('1.0', 'induction', 0, 0.7),
    head('1.1', 'induction', 0, 0.9),
  ];
  const parts: Attribution['parts'] = [
    { source: 'embedding', heads: [], logits: [0.1, 0] },
    { source: 'head', heads: [at('1.1')], logits: [3, -1] },
    ...Array.from({ length: 12 }, (_, i) => ({
      source: 'pair' as const,
      heads: [at('0.0'), at('1.0')],
      logits: [0.01 * i, 0.2],
    })),
  ];
  const found: Attribution = {
    step: 1,
    position: 2,
    tokens: [4, 5],
    totals: [3.76, 1.4],
    not_by_path: null,
    parts,
    composed: null,
  };

  it('begin with the largest, name the induction path, and add up to the same sum', () => {
    const rows = logitRows(found, heads);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toMatchObject({ induction: true, n: 1 });
    expect(rows.at(-1)).toMatchObject({ part: null, n: 5 });
    for (const i of [0, 1])
      expect(rows.reduce((sum, { logits }) => sum + logits[i], 0)).toBeCloseTo(
        parts.reduce((sum, { logits }) => sum + logits[i], 0),
      );
  });

  it('the induction path leads through the chosen induction head, else the best one, and the best previous-token head', () => {
    expect(inductionPair(heads, at('1.0'))).toEqual({ from: at('0.0'), to: at('1.0') });
    expect(inductionPair(heads, at('0.1'))).toEqual({ from: at('0.0'), to: at('1.1') });
    expect(inductionPair(heads.slice(0, 2), at('0.1'))).toBeNull();
    expect(previousHead(heads, 0)).toBeNull();
  });
});

describe('signed colours', () => {
  it('are the background at 0, blue above, orange below', () => {
    const parts = (value: number) =>
      [0, 8, 16].map((shift) => (signedColour(value, [250, 250, 250], false) >> shift) & 255);
    expect(parts(0)).toEqual([250, 250, 250]);
    expect(parts(1)[2]).toBeGreaterThan(parts(1)[0]);
    expect(parts(-1)[0]).toBeGreaterThan(parts(-1)[2]);
    expect(largestSize(Float32Array.of(1, -3, 2))).toBe(3);
  });
});

describe('asking', () => {
  function setUp(ms = 50) {
    const asked: unknown[] = [];
    const waiting: { task: () => void; ms: number }[] = [];
    const settle: (() => void)[] = [];
    const call = (_kind: string, body: unknown) => {
      asked.push(body);
      return new Promise((resolve) => settle.push(() => resolve({ ms, body })));
    };
    const clock = {
      time: 0,
      now: (): number => clock.time,
      later: (task: () => void, after: number) => void waiting.push({ task, ms: after }),
    };
    const asker = new Asker({ call } as never, 'head_circuit', () => undefined, clock);
    const body = (layer: number) => ({ layer, head: 0, through: null });
    const answer = async () => {
      settle.shift()?.();
      for (let i = 0; i < 5; i++) await null;
    };
    return { asked, waiting, asker, body, answer, clock };
  }

  it('asks once for one key, one question at a time, and waits ten times as long as an answer took', async () => {
    const { asked, waiting, asker, body, answer, clock } = setUp();
    for (const layer of [1, 1, 2, 3]) asker.want([layer], body(layer));
    expect(asked).toEqual([body(1)]);
    await answer();
    expect(waiting.map(({ ms }) => ms)).toEqual([500]);
    clock.time = 500;
    waiting[0].task();
    // Only the latest question is still of interest.
    expect(asked).toEqual([body(1), body(3)]);
  });

  it('waits at least as long after an answer as its question says, whatever the next question says', async () => {
    const { waiting, asker, body, answer } = setUp(1);
    asker.want([1], body(1), 700);
    asker.want([2], body(2));
    await answer();
    expect(waiting.map(({ ms }) => ms)).toEqual([700]);
  });

  it('drops the answer about a run that was forgotten', async () => {
    const { asker, body, answer } = setUp();
    asker.want([1], body(1));
    asker.forget();
    await answer();
    expect(asker.answer).toBeNull();
  });
});
