// One tolerance per kernel: the table that accepts a graphics device says what stands beside the kernel's WGSL.
import { expect, test } from 'vitest';
import list from '../../core/kernels/kernels.def?raw';
import { overTolerance, toleranceOf, worstOf } from '../src/gpu/tolerance.ts';

const sources = import.meta.glob<string>('../../core/kernels/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** 'Tolerance 1e-5' as a number; what is bit-equal by its comment is held to 1e-6, as a device may flush tiny numbers to zero. */
function statedIn(comment: string): number | null {
  if (/Bit-equal/.test(comment)) return 1e-6;
  const stated = /Tolerance (1e-\d+): \w/.exec(comment);
  return stated ? Number(stated[1]) : null;
}

/** The tolerance right above an entry point, else the one at the head of its file. */
function statedTolerances(): Map<string, number | null> {
  const stated = new Map<string, number | null>();
  for (const text of Object.values(sources)) {
    const head = /^(\/\/[^\n]*\n)+/.exec(text)?.[0] ?? '';
    for (const [, comment, name] of text.matchAll(/((?:^\/\/[^\n]*\n)*)^@compute[^\n]*\nfn (\w+)\(/gm)) {
      const own = statedIn(comment) ?? statedIn(head);
      // A kernel that is made in two ways has one tolerance.
      expect(stated.get(name) ?? own, name).toBe(own);
      stated.set(name, own);
    }
  }
  return stated;
}

test('every kernel is held to the tolerance that stands beside its WGSL', () => {
  const kernels = [...list.matchAll(/^KERNEL\((\w+)\)/gm)].map(([, name]) => name);
  const stated = statedTolerances();
  expect(Object.fromEntries(kernels.map((name) => [name, toleranceOf(name)]))).toEqual(
    Object.fromEntries(kernels.map((name) => [name, stated.get(name)])),
  );
});

test('the worst kernel is the one nearest to its own tolerance, not the one with the largest difference', () => {
  expect(worstOf({ add: 8e-7, attention: 2e-6, sgd: 0 })).toEqual({ worst: 8e-7, kernel: 'add', tolerance: 1e-6 });
});

test('a difference that is no number is over every tolerance', () => {
  const kernels = { add: 1e-7, norm: Number.NaN, sgd: Number.POSITIVE_INFINITY };
  expect(overTolerance(kernels)).toEqual(['norm', 'sgd']);
  expect(worstOf(kernels).kernel).toBe('norm');
});
