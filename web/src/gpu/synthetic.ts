// Steps for what training programs do not have, the unfused attention of Mode::plain and patches, made up from a Program's fused ones.
import type { Program } from '../protocol.ts';
import { splitSteps } from './buffers.ts';
import { kStepWords } from './kernels.ts';

const kOffset = 2;
const kBatchStride = 10;
const kSize = 26;
const kStride = 34;
const kAxes = 6;
const kValue = 52;

type Words = Uint32Array<ArrayBuffer>;

/** A tensor as a contraction sees it: where it lies, floats per sequence, and a stride for each letter it has. */
interface Operand {
  offset: number;
  per_sequence: number;
  strides: Record<string, number>;
}

/** q, k, v, z [b, t, h, e] and pattern [b, h, q, k] of a fused attention. */
function tensorsOf(words: Words): { sizes: Record<string, number>; rows: Operand[]; pattern: Operand } {
  const [length, heads, width, ...row_strides] = words.subarray(kSize, kSize + 7);
  const operand = (i: number, strides: Record<string, number>): Operand => {
    const per_sequence = words[kBatchStride + i];
    return { offset: words[kOffset + i], per_sequence, strides: { b: per_sequence, ...strides } };
  };
  const rows = [0, 1, 2, 4].map((i, at) => operand(i, { t: row_strides[at], h: width, e: 1 }));
  return {
    sizes: { h: heads, q: length, k: length, e: width },
    rows,
    pattern: operand(3, { h: length * length, q: length, k: 1 }),
  };
}

/** A tensor of positions whose positions are queries ('q') or keys ('k'). */
function along(letter: string, { strides: { t, ...others }, ...operand }: Operand): Operand {
  return { ...operand, strides: { ...others, [letter]: t } };
}

/** The products of one attention in the axes' order that the recorder gives them: c's, then a's, then b's. */
function products(program: Program, fused: Words): Words[] {
  const { sizes, rows, pattern } = tensorsOf(fused);
  const [q, k, v, z] = rows;
  const contraction = (order: string, a: Operand, b: Operand, c: Operand) => {
    const words = new Uint32Array(kStepWords);
    words[0] = program.kernels.indexOf('contract');
    [a, b, c].forEach(({ offset, per_sequence, strides }, i) => {
      words[kOffset + i] = offset;
      words[kBatchStride + i] = per_sequence;
      words.set(
        Array.from(order, (letter) => strides[letter] ?? 0),
        kStride + i * kAxes,
      );
    });
    words.set(
      Array.from(order, (letter) => (letter === 'b' ? program.batch : sizes[letter])),
      kSize,
    );
    return words;
  };
  return [
    contraction('bhqke', along('q', q), along('k', k), pattern), // products = q kᵀ
    contraction('bqhek', pattern, along('k', v), along('q', z)), // z = pattern v
    contraction('bkheq', pattern, along('q', q), along('k', k)), // dk = dproductsᵀ q
  ];
}

/** Patches of z, and back, where the rows' first two tokens, read as place and position, say so. */
function patches(program: Program, fused: Words): Words[] {
  const [length, heads, width] = fused.subarray(kSize, kSize + 3);
  return ['patch_rows', 'patch_rows_backward'].map((name) => {
    const words = new Uint32Array(kStepWords);
    words[0] = program.kernels.indexOf(name);
    words.set([program.tokens, fused[kOffset + 4]], kOffset);
    words.set([program.length, length * heads * width], kBatchStride);
    words.set([length, heads, width], kSize);
    return words;
  });
}

/**
 * Steps for the kernels that training programs do not have: they work on the patterns of the first and the last attention of
 * the Program, whatever is in them, and on the queries, keys and values of the first.
 */
export function syntheticSteps(program: Program): Words[] {
  const fused = splitSteps(program.forward).filter(([kernel]) => program.kernels[kernel] === 'attention');
  if (fused.length === 0) return []; // it has the unfused ones itself
  const [one, two] = [fused[0], fused[fused.length - 1]].map((words) => words[kOffset + 3]);
  const [length, heads] = fused[0].subarray(kSize, kSize + 2);
  const floats = heads * length * length;
  const made = (name: string, operands: number[], sizes: number[]) => {
    const words = new Uint32Array(kStepWords);
    words[0] = program.kernels.indexOf(name);
    operands.forEach((offset, i) => {
      words[kOffset + i] = offset;
      words[kBatchStride + i] = floats;
    });
    words.set(sizes, kSize);
    new Float32Array(words.buffer)[kValue] = 0.37;
    return words;
  };
  return [
    made('softmax_backward', [one, two, two], [length, heads]),
    made('mask_scores_backward', [one, two], [length, heads]),
    made('softmax', [one, two], [length, heads]),
    made('add', [one, two, two], [floats]),
    made('accumulate', [one, two], [floats]),
    ...products(program, fused[0]),
    ...patches(program, fused[0]),
    made('mask_scores', [one, one, two], [length, heads]),
  ];
}
