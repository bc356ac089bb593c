// States of a run and of the forks that came off it: which ones are kept, and which one lies before a step. Bounded, however long the run.
import type { Config, Course } from '@core/loader.mjs';
import { Records } from './records.ts';

/** What all kept states of a run and its forks may take together: 64 MiB. The demo's (115 kB each) fill 46 MiB, large models keep fewer. */
export const kMostBytes = 64 * 2 ** 20;
/** More would be closer together than a finger can tell apart on the timeline. */
export const kMostStates = 400;
/** Forks that are remembered beside the run itself. */
export const kMostForks = 8;
/** A model whose states are larger than this share of the bound cannot be taken back. */
const kLeastStates = 4;
/** States this near to an onset count as so much further apart: what happens there is what one comes back for. */
const kNearOnset = 100;
const kOnsetWeight = 8;
/** Early steps are kept more densely than late ones: a distance counts relative to the step, from this one on. */
const kEarly = 200;
/** Away from onsets states are this share of their step apart, as far as all of them would be at step 20,000. */
const kApart = 0.01;

/** A checkpoint file of the core at a step. */
export interface Kept {
  step: number;
  bytes: Uint8Array;
}

export interface Branch {
  /** Never used twice, also not by another run. */
  id: number;
  parent: Branch | null;
  /** The step where it left its parent; 0 for the run itself. */
  from: number;
  /** All of its past and what is planned. */
  course: Course;
  /** What the fork changed. */
  knobs: Partial<Config>;
  /** The furthest step that was computed. */
  frontier: number;
  /** By step; the first one, where it began, always stays. */
  kept: Kept[];
  /** The state at the frontier, while something else is on show. */
  end: Kept | null;
  /** From here on a graphics device has computed parts of it: WebAssembly would give other last digits. */
  inexact_from: number;
  onsets: number[];
  records: Records;
}

let last_id = 0;

export class History {
  current: Branch;
  branches: Branch[];
  /** Grows when there are other branches or kept states. */
  version = 1;
  /** The states of this model are so large that none is kept. */
  readonly too_large: boolean;

  constructor(start: Kept, course: Course) {
    this.too_large = start.bytes.length * kLeastStates > kMostBytes;
    this.current = branchOf(null, this.too_large ? null : start, start.step, course, {});
    this.branches = [this.current];
  }

  get bytes(): number {
    let bytes = 0;
    for (const { kept, end } of this.branches) {
      for (const state of kept) bytes += state.bytes.length;
      bytes += end?.bytes.length ?? 0;
    }
    return bytes;
  }

  get count(): number {
    return this.branches.reduce((count, { kept, end }) => count + kept.length + (end ? 1 : 0), 0);
  }

  /** The branch that holds this step of the current one: itself, or the one that it came from. */
  owner(step: number): Branch {
    let branch = this.current;
    while (branch.parent && step < branch.from) branch = branch.parent;
    return branch;
  }

  /** The last kept state of the current branch at or before a step. */
  before(step: number): Kept | null {
    if (this.current.end && this.current.end.step <= step) return this.current.end;
    return this.owner(step).kept.findLast((kept) => kept.step <= step) ?? null;
  }

  /** The first kept state of the current branch after a step. */
  after(step: number): Kept | null {
    const path = this.path().flatMap(({ branch, to }) => branch.kept.filter((kept) => kept.step <= to));
    return path.find((kept) => kept.step > step) ?? this.current.end;
  }

  /** Steps of the current branch that can be shown at once. */
  steps(): number[] {
    return this.path().flatMap(({ branch, to }) =>
      branch.kept.filter(({ step }) => step <= to).map(({ step }) => step),
    );
  }

  /** Whether WebAssembly makes the same bits again when it trains up to this step. */
  exact(step: number): boolean {
    return step <= this.owner(step).inexact_from;
  }

  /** Has training come far enough since the last kept state, `every` steps at least, for another one? */
  due(step: number, every: number): boolean {
    const { kept, onsets } = this.current;
    const apart = isNear(onsets, step) ? every : Math.max(every, kApart * (kEarly + step));
    return !this.too_large && step - (kept.at(-1)?.step ?? 0) >= apart;
  }

  /** The state that training has just reached. Where there is one at or after this step, the run has been here already. */
  keep(kept: Kept): void {
    const { current } = this;
    if (this.too_large || kept.step <= (current.kept.at(-1)?.step ?? -1)) return;
    current.kept.push(kept);
    this.version++;
    this.thin();
  }

  /** A state that was trained again, where it fills a hole, as a rescue leaves one, and nothing else has to go for it. */
  fill(step: number, every: number, state: () => Kept): void {
    const { kept } = this.owner(step);
    const next = kept.findIndex((each) => each.step > step);
    if (next < 1 || step - kept[next - 1].step < every || kept[next].step - step < every) return;
    if (this.count >= kMostStates || this.bytes + kept[next].bytes.length > kMostBytes) return;
    kept.splice(next, 0, state());
    this.version++;
  }

  /** The run goes on from an earlier step, because its numbers ran away or its device was lost. */
  goBack(step: number): void {
    const { current } = this;
    current.frontier = step;
    current.end = null;
    current.kept = current.kept.filter((kept) => kept.step <= step);
    current.onsets = current.onsets.filter((onset) => onset <= step);
    this.version++;
  }

  /** A fork at the step of `start`, which is then the current branch. */
  fork(start: Kept, course: Course, knobs: Partial<Config>): void {
    const branch = branchOf(this.owner(start.step), start, start.step, course, knobs);
    if (!this.exact(start.step)) branch.inexact_from = start.step - 1;
    this.branches.push(branch);
    this.current = branch;
    this.version++;
    while (this.branches.length > kMostForks + 1) if (!this.dropOne()) break;
    this.thin();
  }

  /** Forgets a branch that nothing else came from. */
  drop(branch: Branch): void {
    this.branches = this.branches.filter((each) => each !== branch);
    this.version++;
  }

  /** May it be dropped? Not the run itself, not what is on show, not what others came from. */
  private free(branch: Branch): boolean {
    return branch.parent !== null && branch !== this.current && !this.branches.some(({ parent }) => parent === branch);
  }

  private dropOne(): boolean {
    const oldest = this.branches.find((branch) => this.free(branch));
    if (oldest) this.drop(oldest);
    return oldest !== undefined;
  }

  /** From the run itself to the current branch, each with the last step that counts. */
  private path(): { branch: Branch; to: number }[] {
    const path: { branch: Branch; to: number }[] = [];
    let to = Number.POSITIVE_INFINITY;
    for (let branch: Branch | null = this.current; branch; branch = branch.parent) {
      path.unshift({ branch, to });
      to = Math.min(to, branch.from - 1);
    }
    return path;
  }

  private thin(): void {
    while (this.count > kMostStates || this.bytes > kMostBytes) {
      const least = { worth: Number.POSITIVE_INFINITY, remove: () => this.dropOne() };
      for (const branch of this.branches)
        for (let i = 1; i < branch.kept.length - 1; i++) {
          const worth = worthOf(branch, i);
          if (worth < least.worth) Object.assign(least, { worth, remove: () => branch.kept.splice(i, 1).length > 0 });
        }
      if (!least.remove()) return;
    }
  }
}

function isNear(onsets: readonly number[], step: number): boolean {
  return onsets.some((onset) => Math.abs(onset - step) <= kNearOnset);
}

/** How far apart its neighbours are, relative to the step: what is lost without state i of a branch, which is neither its first nor last. */
function worthOf({ kept, onsets }: Branch, i: number): number {
  const { step } = kept[i];
  return ((kept[i + 1].step - kept[i - 1].step) / (kEarly + step)) * (isNear(onsets, step) ? kOnsetWeight : 1);
}

function branchOf(parent: Branch | null, start: Kept | null, from: number, course: Course, knobs: Partial<Config>) {
  return {
    id: ++last_id,
    parent,
    from,
    course,
    knobs,
    frontier: from,
    kept: start ? [start] : [],
    end: null,
    inexact_from: Number.POSITIVE_INFINITY,
    onsets: [],
    records: parent ? Records.until(from, parent.records) : new Records(),
  } satisfies Branch;
}
