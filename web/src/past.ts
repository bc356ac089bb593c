// The run as something one can go back in: any step is shown again, from the nearest kept state on, and other knobs can go on from there.
import type { Config, ProbeRecord, Trainer } from '@core/loader.mjs';
import { type Branch, kMostBytes } from './history.ts';
import type { Answer, Body, BranchFacts, Bytes, PastFacts } from './protocol.ts';
import { Replay } from './replay.ts';

/** What may be trained again while the reader waits, in ms: at rest, and while a finger moves. */
const kAtRest = 150;
const kMoving = 24;
/** A run that is trained again within so many ms needs no state outside the worker. */
const kSoon = 5000;
/** Steps per second of a replay at full speed, and the seconds that the longest one takes. */
const kFast = 1000;
const kWholeRun = 4;

export class Past extends Replay {
  private told = 0;

  override open(trainer: Trainer): void {
    super.open(trainer);
    this.told = 0;
  }

  /** Training has reached a new step, and has been probed there where it is to be: onsets are part of the state. */
  reached(graphics: boolean, probed: ProbeRecord | null): void {
    const { current } = this.history;
    const { step } = this.trainer;
    const onset = probed !== null && Object.values(probed.onset).includes(step);
    if (graphics) current.inexact_from = Math.min(current.inexact_from, current.frontier);
    current.frontier = step;
    if (onset) current.onsets.push(step);
    if ((onset && !this.history.too_large) || this.history.due(step, this.every)) this.history.keep(this.state());
  }

  /** What the page keeps in case this worker dies. */
  safe(): Answer<'safe'> {
    const { trainer, history, back, ms } = this;
    if (back || trainer.step * ms < kSoon) return null;
    const { step, bytes } = this.state();
    if (bytes.length > kMostBytes) return null;
    return { branch: history.current.id, step, bytes: bytes as Bytes, exact: history.exact(step) };
  }

  /** What lies between is trained again when it is asked for. */
  restore({ step, exact, bytes }: Body<'restore'>): void {
    const { current } = this.history;
    if (this.back || step <= current.frontier) throw new Error(`The run is at step ${current.frontier} already.`);
    this.put({ step, bytes });
    if (!exact) current.inexact_from = Math.min(current.inexact_from, current.frontier);
    current.frontier = step;
    this.history.keep({ step, bytes });
    this.shows.shown();
  }

  /** The numbers ran away or a device failed: the trainer is at an earlier step, from where training goes on. */
  wentBack(): void {
    if (!this.back) this.history.goBack(this.trainer.step);
  }

  /** Changes the running model: at the furthest step it goes on so, at an earlier one this is a fork. */
  change<T>(knobs: Partial<Config>, apply: () => T): T {
    if (this.back) return this.fork(knobs, apply);
    const made = apply();
    this.history.current.course = this.trainer.course;
    this.history.version++;
    return made;
  }

  /** Shows a step. exact: at once, or trains up to it as `goal` says; otherwise a kept state nearby will do. */
  seek(step: number, exact: boolean): void {
    const to = Math.max(0, Math.min(Math.round(step), this.frontier));
    this.goal = null;
    if (to === this.frontier) {
      this.now();
      return;
    }
    const best = this.history.before(to);
    if (!best) return;
    this.leave();
    const here = this.trainer.step;
    const again = this.history.exact(to);
    // Where the trainer is may be nearer than what is kept.
    if (here < best.step || here > to || (!again && here !== best.step)) this.put(best);
    const missing = to - this.trainer.step;
    if (again && missing * this.ms <= (exact ? kAtRest : kMoving)) this.train(missing);
    else if (again && exact) this.goal = to;
    this.shows.shown();
  }

  /** The furthest step again. */
  now(): void {
    this.goal = null;
    const { end } = this.history.current;
    if (!this.back || !end) return;
    this.put(end);
    this.arrive();
  }

  /** Other knobs from the step on show on; the future that was stays as a branch. Throws, and changes nothing, when the core refuses. */
  fork<T>(knobs: Partial<Config>, apply: () => T): T {
    const { trainer, history } = this;
    if (history.too_large)
      throw new Error('This model is too large for its states to be kept, so it cannot be forked.');
    const left = history.current.end ?? this.state();
    const made = apply();
    // The furthest state waits, as when one goes back.
    history.current.end = left;
    history.fork(this.state(), trainer.course, knobs);
    // The state to fall back to when the numbers run away must be one of the fork.
    this.put(history.current.kept[0]);
    this.back = false;
    this.goal = null;
    this.shows.shown();
    return made;
  }

  /** Another branch, at its furthest step or at the given one. */
  select(id: number, step: number | null): void {
    const branch = this.history.branches.find((each) => each.id === id);
    if (!branch) throw new Error(`There is no branch ${id}.`);
    if (branch === this.history.current) return;
    this.leave();
    this.history.current = branch;
    this.history.version++;
    this.now();
    if (step !== null) this.seek(step, true);
  }

  /** Back to where the current branch left its parent; the branch is forgotten. */
  undo(): void {
    const { current } = this.history;
    if (!current.parent) return;
    this.select(current.parent.id, current.from);
    this.history.drop(current);
  }

  /** As fast as it goes: the whole run in a few seconds, whatever training it took. In steps per second. */
  get fast(): number {
    return Math.max(kFast, this.frontier / kWholeRun);
  }

  /** What the page is told; what seldom changes only when it has. */
  facts(): PastFacts {
    const { history, trainer, back, goal, frontier } = this;
    const fresh = this.told !== history.version;
    this.told = history.version;
    const tree = fresh && {
      branches: history.branches.map(factsOf),
      kept: history.steps(),
      states: history.count,
      bytes: history.bytes,
      most_bytes: kMostBytes,
    };
    const branch = history.current.id;
    const exact = history.exact(trainer.step);
    return { branch, frontier, back, exact, goal, possible: !history.too_large, tree: tree || null };
  }
}

function factsOf({ id, parent, from, frontier, knobs, inexact_from }: Branch): BranchFacts {
  return {
    id,
    parent: parent?.id ?? null,
    from,
    frontier,
    knobs,
    inexact_from: inexact_from < Number.POSITIVE_INFINITY ? inexact_from : null,
  };
}
