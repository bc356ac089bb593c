// What every workgroup of a contraction needs to know of its axes, worked out once per Step: sort_axes of contract.hpp. It lies behind
// the Step's words in the uniform buffer (`plan` of prelude.wgsl).

/** Words of a plan: ends of the lists of axes, extents, tiles and terms, then the axes. */
export const kPlanWords = 36;
// Where a Step's parts are (core/step.hpp).
export const kChunkStride = 18;
export const kSize = 26;
const kStride = 34;
const kAxes = 6;
const kPlanAxes = 12;

interface Axis {
  size: number;
  /** Floats from one element to the next in each operand; 0: the operand lacks the axis. */
  a: number;
  b: number;
  c: number;
}

/** Axes by who has them: shared by all, of rows (a and c), of columns (b and c), and summed; those that walk memory as one are one. */
type Roles = Record<'shared' | 'rows' | 'columns' | 'summed', Axis[]>;

function rolesOf(words: Uint32Array): Roles {
  const roles: Roles = { shared: [], rows: [], columns: [], summed: [] };
  for (let i = 0; i < kAxes; i++) {
    const [a, b, c] = [0, 1, 2].map((operand) => words[kStride + operand * kAxes + i]);
    const size = words[kSize + i];
    // The batch of a parameter's gradient is cut into chunks.
    if (size === 0 || (i === 0 && !c && words[kChunkStride + 2])) continue;
    push(roles[c ? (a && b ? 'shared' : a ? 'rows' : 'columns') : 'summed'], { size, a, b, c });
  }
  return roles;
}

function push(list: Axis[], axis: Axis): void {
  if (axis.size === 1) return;
  const last = list.at(-1);
  const one = last && (['a', 'b', 'c'] as const).every((operand) => last[operand] === axis[operand] * axis.size);
  if (one) list[list.length - 1] = { ...axis, size: last.size * axis.size };
  else list.push(axis);
}

const extent = (axes: Axis[]) => axes.reduce((product, { size }) => product * size, 1);
const parts = (n: number, tile: number) => Math.ceil(n / tile);

/** Tiles of a contraction's output, along its rows, columns and shared axes; `tile`: rows and columns of one. */
export function tilesOf(words: Uint32Array, tile: readonly [number, number]): number {
  const { rows, columns, shared } = rolesOf(words);
  return parts(extent(rows), tile[0]) * parts(extent(columns), tile[1]) * extent(shared);
}

/** The plan of a contraction. The summed axes lie one after the other, so the innermost one's strides walk them all. */
export function planOf(words: Uint32Array, tile: readonly [number, number]): Uint32Array<ArrayBuffer> {
  const { shared, rows, columns, summed } = rolesOf(words);
  const { a, b } = summed.at(-1) ?? batchOf(words);
  const ends = [shared.length, shared.length + rows.length, shared.length + rows.length + columns.length, 0];
  const plan = new Uint32Array(kPlanWords);
  plan.set([
    ...ends,
    ...[shared, rows, columns, summed].map(extent),
    parts(extent(rows), tile[0]),
    parts(extent(columns), tile[1]),
    a,
    b,
  ]);
  // Innermost first, as an index is taken apart.
  const axes = [shared, rows, columns].flatMap((list) => list.toReversed());
  plan.set(
    axes.flatMap((axis) => [axis.size, axis.a, axis.b, axis.c]),
    kPlanAxes,
  );
  return plan;
}

/** Where nothing else is summed, a parameter's gradient walks its chunk's sequences. */
function batchOf(words: Uint32Array): Pick<Axis, 'a' | 'b'> {
  return { a: words[kStride], b: words[kStride + kAxes] };
}
