// The branches of a run as thin lines under the axis.
import type { BranchFacts } from '../protocol.ts';

export interface Lane {
  branch: BranchFacts;
  /** Its first step that is not also on show. */
  start: number;
  /** Where its line lies, in hundredths of the height. */
  at: number;
  path: string;
}

/** The axis, and where the lanes have room below it. */
const kAxis = 50;
const kFirst = 74;
const kRoom = 24;

/** Every branch that is not on show: from where it left its parent, or where what is on show left it. */
export function lanesOf(branches: readonly BranchFacts[], shown: number): Lane[] {
  const left = leavingSteps(branches, shown);
  const start = (branch: BranchFacts) => left.get(branch.id) ?? branch.from;
  const others = branches.filter((branch) => branch.id !== shown && branch.frontier > start(branch));
  const height = (i: number) => kFirst + (kRoom * (i + 0.5)) / Math.max(4, others.length);
  return others.map((branch, i) => {
    // It comes out of the axis while its parent still is what the axis shows, else out of its parent's line.
    const shared = left.get(branch.parent ?? -1) ?? Number.POSITIVE_INFINITY;
    const parent = others.findIndex(({ id }) => id === branch.parent);
    const top = left.has(branch.id) || branch.from <= shared || parent < 0 ? kAxis : height(parent);
    return {
      branch,
      start: start(branch),
      at: height(i),
      path: `M${start(branch)} ${top}V${height(i)}H${branch.frontier}`,
    };
  });
}

/** Of each ancestor of the branch on show: the step where its child on the way there left it. */
function leavingSteps(branches: readonly BranchFacts[], shown: number): Map<number, number> {
  const left = new Map<number, number>();
  let branch = branches.find(({ id }) => id === shown);
  while (branch && branch.parent !== null) {
    const { parent, from } = branch;
    left.set(parent, from);
    branch = branches.find(({ id }) => id === parent);
  }
  return left;
}
