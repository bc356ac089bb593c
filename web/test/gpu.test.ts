// The second executor without a device: every kernel has its WGSL, and the numbers of a dispatch are right.
import { expect, test } from 'vitest';
import list from '../../core/kernels/kernels.def?raw';
import step from '../../core/step.hpp?raw';
import { groupsOfSteps } from '../src/gpu/buffers.ts';
import {
  groupsOf,
  kernelsWithTwin,
  kMaxTogether,
  kSource,
  kStepWords,
  kThreads,
  kTogether,
  kWithoutTwin,
} from '../src/gpu/kernels.ts';
import { Ring } from '../src/gpu/ring.ts';

const kernels = [...list.matchAll(/^KERNEL\((\w+)\)/gm)].map(([, name]) => name);

test('every kernel of kernels.def has a WGSL entry point, or is named as missing', () => {
  expect(kernels.length).toBeGreaterThan(20);
  expect([...kernelsWithTwin(), ...kWithoutTwin].sort()).toEqual([...kernels].sort());
});

test('a Step has as many words in C++, WGSL and TypeScript', () => {
  const constant = (name: string) => Number(new RegExp(`${name} = (\\d+)`).exec(step)?.[1]);
  const words = 2 + 3 * constant('kOperands') + constant('kSizes') + 3 * constant('kAxes') + constant('kValues');
  expect(words).toBe(kStepWords);
  expect(kSource).toContain(`array<vec4<u32>, ${kStepWords / 4}>`);
  expect(kSource).toContain(`const kThreads = ${kThreads}u;`);
});

test('a kernel larger than one axis of a dispatch goes on along the next', () => {
  const words = new Uint32Array(kStepWords);
  words[26] = 70_000 * kThreads;
  expect(groupsOf('adam', [words], { batch: 1, chunks: 1 })).toEqual([65_535, 2, 1]);
});

test('a dispatch of Steps that go together is as large as its largest, once per Step', () => {
  const steps = [10, 3 * kThreads].map((items) => {
    const words = new Uint32Array(kStepWords);
    words[26] = items;
    return words;
  });
  expect(groupsOf('adam', steps, { batch: 1, chunks: 1 })).toEqual([3, 1, 2]);
});

test('a group of Steps ends where a Step has no flag, and is as long as in C++ and WGSL', () => {
  const flags = [0, 8, 9, 0, 1, 8];
  const steps = flags.map((flag) => Uint32Array.of(0, flag));
  expect(groupsOfSteps(steps).map((group) => group.length)).toEqual([3, 1, 2]);
  expect(step).toContain(`kTogether = ${kTogether},`);
  expect(step).toContain(`kMaxTogether = ${kMaxTogether};`);
  expect(kSource).toContain(`array<StepWords, ${kMaxTogether}>`);
});

test('every kernel picks its Step before it reads a word of it', () => {
  for (const [, name, body] of kSource.matchAll(/@compute[^\n]*\nfn (\w+)\([^\n]*\{\n(.*?)\n\}/gs)) {
    const picked = body.search(/\b(item|group_number)\(/);
    const read = body.search(/\b(\w*size|offset|\w*stride|sequence|gradient|flag|value|word)\(/);
    expect(picked, name).toBeGreaterThanOrEqual(0);
    expect(picked < read || read < 0, name).toBe(true);
  }
});

test('three staging buffers take turns; the fourth taker waits', async () => {
  const made: GPUBuffer[] = [];
  const ring = new Ring(() => {
    made.push({ destroy: () => undefined } as unknown as GPUBuffer);
    return made[made.length - 1];
  });
  const taken = await Promise.all([ring.take(), ring.take(), ring.take()]);
  expect(new Set(taken).size).toBe(3);
  let fourth: GPUBuffer | null = null;
  const waiting = ring.take().then((buffer) => {
    fourth = buffer;
  });
  await Promise.resolve();
  expect(fourth).toBeNull();
  ring.give(taken[1]);
  await waiting;
  expect(fourth).toBe(taken[1]);
});
