// The same run with other seeds, in the background: which of them is where, and how long it will take.
import type { Config, Course } from '@core/loader.mjs';
import type { SideData, SideProgress } from '../pool/calls.ts';
import { type Pool, PoolClosed } from '../pool/pool.ts';
import { openOn, trainTo } from '../pool/runs.ts';
import type { Side } from '../pool/side.ts';
import { Trace } from './trace.ts';

export interface SeedRun {
  seed: number;
  /** ended: at its last step, or where its numbers ran away (then `stopped` says so). failed: `stopped` says why there is no result. */
  state: 'waiting' | 'running' | 'ended' | 'failed';
  step: number;
  trace: Trace;
  onset: { previous_token: number | null; induction: number | null };
  stopped: string | null;
  signature: string | null;
  /** Where it stands while it is paused. */
  saved: Uint8Array<ArrayBuffer> | null;
}

export interface BatchPlan {
  seeds: number[];
  steps: number;
  course(seed: number): Partial<Config> | Course;
  data: SideData | null;
  /** Waited for between two slices of a seed: what lets the page go first. */
  turn?(): Promise<unknown>;
}

const kNoOnset = { previous_token: null, induction: null };

function waiting(seed: number): SeedRun {
  const nothing = { step: 0, trace: new Trace(), onset: kNoOnset, stopped: null, signature: null, saved: null };
  return { seed, state: 'waiting', ...nothing };
}

export class Batch {
  readonly runs: SeedRun[];
  state: 'running' | 'paused' | 'ended' = 'paused';
  /** What a reader should know of a worker that crashed. */
  again: { seed: number; why: string } | null = null;
  /** Steps done, and the time that took, for what remains. */
  private done = 0;
  private busy = 0;
  private since: number | null = null;
  private lanes: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    readonly plan: BatchPlan,
    /** Told after every slice. */
    private readonly changed: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.runs = plan.seeds.map(waiting);
  }

  /** Begins, or goes on where it was paused. Resolves when it is paused, cancelled or done. */
  async start(): Promise<void> {
    if (this.state === 'running') return;
    this.state = 'running';
    // Lanes that have not yet seen the pause just go on.
    const lanes = this.lanes.then(() => this.runLanes());
    this.lanes = lanes;
    await lanes;
  }

  private async runLanes(): Promise<void> {
    this.since = this.now();
    // As many jobs as workers, and not one per seed: other users of the pool get their turn.
    await Promise.all(Array.from({ length: Math.min(this.pool.size, this.runs.length) }, () => this.lane()));
    this.busy += this.now() - this.since;
    this.since = null;
    if (this.state === 'running') this.state = 'ended';
    this.changed();
  }

  /** Each seed under way is kept as it is, and its worker given back. */
  pause(): void {
    if (this.state === 'running') this.state = 'paused';
    this.changed();
  }

  /** What is done stays; the rest is given up. */
  cancel(): void {
    this.state = 'ended';
    this.changed();
  }

  /** Resolves when no worker is at it any more. */
  get settled(): Promise<unknown> {
    return this.lanes;
  }

  private get paused(): boolean {
    return this.state === 'paused';
  }

  get finished(): SeedRun[] {
    return this.runs.filter(({ state }) => state === 'ended');
  }

  get share(): number {
    return this.runs.reduce((sum, run) => sum + this.doneOf(run), 0) / (this.runs.length * this.plan.steps);
  }

  /** In ms, from the speed so far; null before that is known. */
  get remaining(): number | null {
    const busy = this.busy + (this.since === null ? 0 : this.now() - this.since);
    if (this.done === 0 || busy === 0) return null;
    return (busy * (1 - this.share) * this.runs.length * this.plan.steps) / this.done;
  }

  /** A run that ended early leaves nothing to do. */
  private doneOf({ state, step }: SeedRun): number {
    return state === 'ended' || state === 'failed' ? this.plan.steps : step;
  }

  private async lane(): Promise<void> {
    for (;;) {
      const run = this.state === 'running' ? this.runs.find(({ state }) => state === 'waiting') : undefined;
      if (!run) return;
      run.state = 'running';
      try {
        await this.pool.run(
          (side) => this.train(side, run),
          (why) => this.beginAgain(run, why),
        );
      } catch (error) {
        this.giveUp(run, error);
      }
      this.changed();
    }
  }

  private async train(side: Side, run: SeedRun): Promise<void> {
    if (this.state !== 'running') return this.putBack(run);
    const opened = await openOn(side, { course: this.plan.course(run.seed), data: this.plan.data });
    if (run.saved) await side.call('load', { bytes: run.saved });
    else run.trace.add(opened.record);
    run.saved = null;
    await trainTo(side, this.plan.steps, (progress) => this.took(run, progress), this.plan.turn);
    if (run.stopped === null && run.step < this.plan.steps) {
      // Cancelled: nobody asks for it any more.
      if (this.paused) run.saved = (await side.call('save', null)).bytes;
      return this.putBack(run);
    }
    run.signature = (await side.call('signature', null)).signature;
    run.state = 'ended';
  }

  /** false: paused or cancelled. */
  private took(run: SeedRun, { step, stopped, records }: SideProgress): boolean {
    this.done += step - run.step;
    run.step = step;
    run.stopped = stopped;
    for (const record of records) {
      run.trace.add(record);
      run.onset = record.onset;
    }
    this.changed();
    return this.state === 'running';
  }

  private putBack(run: SeedRun): void {
    run.state = 'waiting';
  }

  private beginAgain(run: SeedRun, why: string): void {
    this.again = { seed: run.seed, why };
    this.done -= run.step;
    Object.assign(run, waiting(run.seed), { state: 'running' });
    this.changed();
  }

  private giveUp(run: SeedRun, error: unknown): void {
    // The pool was closed under it: it begins again when the batch goes on.
    if (error instanceof PoolClosed) {
      this.done -= run.step;
      Object.assign(run, waiting(run.seed));
      return;
    }
    run.state = 'failed';
    run.stopped = error instanceof Error ? error.message : String(error);
  }
}
