// The second executor without a device: every kernel has its WGSL, and the numbers of a dispatch are right.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import config from '../../core/config.def?raw';
import list from '../../core/kernels/kernels.def?raw';
import step from '../../core/step.hpp?raw';
import { emptyRun, fillRun, groupsOfSteps, joinBatches, kAlign } from '../src/gpu/buffers.ts';
import {
  groupsOf,
  kAlone,
  kernelsWithTwin,
  kHeads,
  kMaxTogether,
  kQuad,
  kSide,
  kStepWords,
  kStrip,
  kThreads,
  kTile,
  kTiles,
  kTogether,
  kWithoutTwin,
} from '../src/gpu/kernels.ts';
import { kPlanWords, planOf } from '../src/gpu/plan.ts';
import { kSource, sourceOf } from '../src/gpu/sources.ts';
import { Staging } from '../src/gpu/staging.ts';
import type { Program } from '../src/protocol.ts';

/** WebGPU Shading Language, 'Reserved Words': every kernel is lost where one is a name. */
const kReserved = `
  NULL Self abstract active alignas alignof as asm asm_fragment async attribute auto await become cast
  catch class co_await co_return co_yield coherent column_major common compile compile_fragment
  concept const_cast consteval constexpr constinit crate debugger decltype delete demote
  demote_to_helper do dynamic_cast enum explicit export extends extern external fallthrough filter
  final finally friend from fxgroup get goto groupshared highp impl implements import inline
  instanceof interface layout lowp macro macro_rules match mediump meta mod module move mut mutable
  namespace new nil noexcept noinline nointerpolation non_coherent noncoherent noperspective null
  nullptr of operator package packoffset partial pass patch pixelfragment precise precision premerge
  priv protected pub public readonly ref regardless register reinterpret_cast require resource
  restrict self set shared sizeof smooth snorm static static_assert static_cast std subroutine super
  target template this thread_local throw trait try type typedef typeid typename typeof union unless
  unorm unsafe unsized use using varying virtual volatile wgsl where with writeonly yield`;

const kAloneSource = sourceOf({ subgroups: true, alone: true });

const kernels = [...list.matchAll(/^KERNEL\((\w+)\)/gm)].map(([, name]) => name);

test('every kernel of kernels.def has a WGSL entry point, or is named as missing', () => {
  expect(kernels.length).toBeGreaterThan(20);
  const drawing = (name: string) => name.startsWith('draw_');
  expect([...kernelsWithTwin().filter((name) => !drawing(name)), ...kWithoutTwin].sort()).toEqual([...kernels].sort());
});

test('adapters on the processor and graphics devices have the same kernels', () => {
  const entries = (source: string) =>
    [...source.matchAll(/@compute[^\n]*\nfn (\w+)\(/g)].map(([, name]) => name).sort();
  expect(entries(kAloneSource)).toEqual(entries(kSource));
});

test('no name in WGSL is a reserved word', () => {
  const reserved = new Set(kReserved.trim().split(/\s+/));
  const all = [false, true].map((alone) => sourceOf({ subgroups: false, alone })).join() + kAloneSource;
  const names = [...all.matchAll(/\b(?:let|var(?:<\w+>)?|const|fn|struct)\s+(\w+)|[(,{]\s*(\w+)\s*:/g)];
  expect(names.length).toBeGreaterThan(300);
  expect(names.map(([, declared, member]) => declared ?? member).filter((name) => reserved.has(name))).toEqual([]);
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

/** A Step with these sizes; of a contraction, with these strides of a, b and c too. */
function made(sizes: number[], ...strides: number[][]): Uint32Array {
  const words = new Uint32Array(kStepWords);
  words.set(sizes, 26);
  strides.forEach((operand, i) => {
    words.set(operand, 34 + 6 * i);
  });
  return words;
}

test('a contraction takes a workgroup per 32 by 32 elements of each shared axis and chunk', () => {
  const extent = { batch: 3, chunks: 3 };
  // btd,dv->btv with b 3, t 33, v 70, d 5: 99 rows, 70 columns.
  const logits = made([3, 33, 70, 5], [165, 5, 0, 1], [0, 0, 1, 70], [2310, 70, 1, 0]);
  expect(groupsOf('contract', [logits], extent)).toEqual([4 * 3, 1, 1]);
  // bqhe,bkhe->bhqk with b 3, h 2, q = k = 33, e 4: b and h are shared.
  const products = made([3, 2, 33, 33, 4], [264, 4, 8, 0, 1], [264, 4, 0, 8, 1], [2178, 1089, 33, 1, 0]);
  expect(groupsOf('contract', [products], extent)).toEqual([3 * 2 * 4, 1, 1]);
  // btd,btv->dv: 5 rows, 70 columns, one copy per chunk.
  const gradient = made([3, 5, 70, 33], [165, 1, 0, 5], [2310, 0, 1, 70], [0, 70, 1, 0]);
  gradient[18 + 2] = 1000;
  expect(groupsOf('contract', [gradient], extent)).toEqual([3 * 3, 1, 1]);
});

/** As locate of contract.wgsl takes an index apart. */
function located(plan: Uint32Array, begin: number, end: number, index: number): number[] {
  const at = [0, 0, 0];
  let rest = index;
  for (let i = begin; i < end; i++) {
    const [size, ...strides] = plan.subarray(12 + 4 * i, 16 + 4 * i);
    strides.forEach((stride, operand) => {
      at[operand] += (rest % size) * stride;
    });
    rest = Math.floor(rest / size);
  }
  return at;
}

/** Where the elements along the axes of one role lie, the last axis fastest. */
function everyPlace(axes: number[][]): number[][] {
  let places = [[0, 0, 0]];
  for (const [size, ...strides] of axes)
    places = places.flatMap((place) =>
      Array.from({ length: size }, (_, i) => place.map((at, operand) => at + i * strides[operand])),
    );
  return places;
}

const size = fc.integer({ min: 1, max: 5 });
const stride = fc.integer({ min: 1, max: 9 });
/** Role of an axis, its size and strides; `lies`: it walks memory as one with the axis after it. */
const anyAxis = fc.record({
  role: fc.integer({ min: 0, max: 3 }),
  size,
  strides: fc.tuple(stride, stride, stride),
  lies: fc.boolean(),
});
/** Of shared axes, rows, columns and sums: which operands have them. */
const kHave = [
  [1, 1, 1],
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 0],
];

test('the plan of a contraction leads to the elements that its axes lead to, with as few axes as there can be', () => {
  const any = fc.array(anyAxis, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(any, (drawn) => {
      const axes: number[][] = [];
      for (const { role, size: n, strides, lies } of drawn.toReversed()) {
        const after = axes.find(([of]) => of === role);
        const own = strides.map((s, operand) =>
          lies && after ? after[1] * after[2 + operand] : s * kHave[role][operand],
        );
        axes.unshift([role, n, ...own]);
      }
      const part = (i: number) => axes.map((axis) => axis[i]);
      const plan = planOf(made(part(1), part(2), part(3), part(4)), [kTile, kTile]);
      const [shared, rows, columns] = plan;
      [0, shared, rows].forEach((begin, role) => {
        const places = everyPlace(axes.filter(([of]) => of === role).map((axis) => axis.slice(1)));
        expect(plan[4 + role]).toBe(places.length);
        expect(places.map((_, i) => located(plan, begin, [shared, rows, columns][role], i))).toEqual(places);
      });
      expect(plan[7]).toBe(everyPlace(axes.filter(([of]) => of === 3).map((axis) => axis.slice(1))).length);
      expect(plan.length).toBe(kPlanWords);
    }),
  );
  // Batch, position and head of the queries' rows, b t d in a row of memory, are one axis.
  expect(planOf(made([3, 33, 70, 5], [165, 5, 0, 1], [0, 0, 1, 70], [2310, 70, 1, 0]), [kTile, kTile])[1]).toBe(1);
  expect(kSource).toContain(`plan: array<vec4<u32>, ${kPlanWords / 4}>`);
});

test('a row takes four invocations, and sums over a chunk have workgroups of their own', () => {
  const extent = { batch: 3, chunks: 2 };
  expect(groupsOf('norm', [made([7, 40])], extent)).toEqual([2, 1, 1]); // 21 rows
  expect(groupsOf('norm_backward', [made([7, 40])], extent)).toEqual([2 + 2 * 3, 1, 1]); // 3 strips of 16 columns
  expect(groupsOf('embed_backward', [made([7, 65, 11])], extent)).toEqual([2 * 11 * 2, 1, 1]);
  expect(groupsOf('smear_backward', [made([7, 2, 5])], extent)).toEqual([4 + 2 * 2, 1, 1]); // 210 floats
});

test('attention takes a workgroup per 32 queries of a head, its reverse one per head', () => {
  const step = made([33, 2, 5]);
  expect(groupsOf('attention', [step], { batch: 3, chunks: 3 })).toEqual([12, 1, 1]);
  expect(groupsOf('attention_backward', [step], { batch: 3, chunks: 3 })).toEqual([6, 1, 1]);
});

test('an invocation that works alone has a quarter of 16 by 32 elements, 8 queries, a head, a column', () => {
  const extent = { batch: 3, chunks: 3, alone: true };
  // As above: 99 rows and 70 columns, in workgroups of sixteen.
  const logits = made([3, 33, 70, 5], [165, 5, 0, 1], [0, 0, 1, 70], [2310, 70, 1, 0]);
  expect(groupsOf('contract', [logits], extent)).toEqual([Math.ceil((7 * 3 * 4) / 16), 1, 1]);
  const head = made([33, 2, 5]);
  expect(groupsOf('attention', [head], extent)).toEqual([Math.ceil((3 * 2 * 5) / 16), 1, 1]);
  expect(groupsOf('attention_backward', [head], { ...extent, batch: 5 })).toEqual([2, 1, 1]); // ten of eight
  expect(groupsOf('embed_backward', [made([7, 65, 11])], extent)).toEqual([4, 1, 1]); // 195 of 64
});

test('TypeScript counts the tiles, rows and strips that WGSL has', () => {
  for (const [name, value] of Object.entries({ kTile, kQuad, kStrip }))
    expect(kSource).toContain(`const ${name} = ${value}u;`);
  for (const [name, value] of Object.entries({ kQuad, kSide, kAlone, kHeads }))
    expect(kAloneSource).toContain(`const ${name} = ${value}u;`);
  for (const [source, [rows, columns]] of [
    [kSource, kTiles.together],
    [kAloneSource, kTiles.alone],
  ] as const)
    expect(source).toMatch(new RegExp(`kTileSize = vec2<u32>\\((${rows}u, ${columns}u|kTile, kTile)\\)`));
});

test('a group of Steps ends where a Step has no flag, and is as long as in C++ and WGSL', () => {
  const flags = [0, 8, 9, 0, 1, 8];
  const steps = flags.map((flag) => Uint32Array.of(0, flag));
  expect(groupsOfSteps(steps).map((group) => group.length)).toEqual([3, 1, 2]);
  expect(groupsOfSteps(steps, true).map((group) => group.length)).toEqual([1, 1, 1, 1, 1, 1]);
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

test('what draws in WGSL is a task of config.def, and draw_given serves the others', () => {
  const tasks = /^KNOB_CHOICE\(task, task, .*", (.*)\)$/m.exec(config)?.[1].split(', ') ?? [];
  const drawn = kernelsWithTwin().filter((name) => name.startsWith('draw_'));
  expect(drawn.filter((name) => !tasks.includes(name.slice('draw_'.length)))).toEqual(['draw_given']);
});

test('batches from outside lie slot after slot, each as long as the Program wants', () => {
  const program = {
    given: true,
    inputs: [
      [0, 2],
      [16, 1],
    ],
  } as unknown as Program;
  const batch = (x: number) => [Float32Array.of(x, x + 1), Float32Array.of(x + 2)];
  expect([
    ...(joinBatches(program, [
      { step: 4, batch: batch(1) },
      { step: 5, batch: batch(4) },
    ]) ?? []),
  ]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(() => joinBatches(program, [{ step: 4 }])).toThrow('the batch of step 4 must be given, as 3 numbers');
  expect(joinBatches({ ...program, given: false }, [{ step: 4 }])).toBeNull();
  const words = new Uint32Array(kStepWords);
  words.set([2 * kThreads, 1], 26);
  expect(groupsOf('draw_given', [words], { batch: 1, chunks: 1 })).toEqual([3, 1, 1]);
});

test('the longest row fits into what WGSL draws', () => {
  for (const knob of ['n_ctx', 'period_max']) {
    const most = Number(new RegExp(`^KNOB_INTEGER\\(task, ${knob}, \\d+, \\d+, (\\d+),`, 'm').exec(config)?.[1]);
    expect(most).toBe(Number(/const kLongest = (\d+)u;/.exec(kSource)?.[1]));
  }
});

test('the numbers of a training step lie where Run of prelude.wgsl has them', () => {
  const run = emptyRun({ batch: 5, chunks: 3, chunk_sequences: 2 } as Program);
  fillRun(run, 1, 2 ** 32 + 7, Float32Array.of(0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  expect([...new Float32Array(run, kAlign, 11)]).toEqual([0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect([...new Uint32Array(run, kAlign + 48, 6)]).toEqual([5, 3, 2, 0, 7, 1]);
  const fields = /struct Run \{(.*?)\}/s.exec(kSource)?.[1].match(/^ {2}\w+/gm);
  expect(fields?.map((name) => name.trim())).toEqual([
    ...['hyper', 'batch', 'chunks', 'chunk_sequences', 'zero', 'step', 'slot'],
  ]);
});

test('a staging buffer that was given back is taken again, one that is out never, and a larger need gets a larger one', () => {
  const destroyed: number[] = [];
  const made: number[] = [];
  const staging = new Staging((size) => {
    made.push(size);
    return { size, destroy: () => void destroyed.push(size) } as unknown as GPUBuffer;
  });
  const [one, two] = [staging.take(100), staging.take(1024)];
  expect(one).not.toBe(two);
  staging.give(one);
  expect(staging.take(1)).toBe(one);
  expect(staging.take(5000).size).toBe(8192);
  expect(made).toEqual([1024, 1024, 8192]);
  for (const buffer of [one, two, ...[1, 2, 3].map((n) => staging.take(n))]) staging.give(buffer);
  expect(destroyed).toEqual([1024]);
  staging.dispose();
  expect(destroyed.length).toBe(5);
  staging.give({ size: 1, destroy: () => void destroyed.push(1) } as unknown as GPUBuffer);
  expect(destroyed.length).toBe(6);
});

test('every function of the WGSL has a name of its own', () => {
  const names = [...kSource.matchAll(/^fn (\w+)/gm)].map(([, name]) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
