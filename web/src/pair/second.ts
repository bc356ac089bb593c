// The second run: trains in a worker of its own, always to the step at which the page's run is.
import type { PromptFrame } from '@core/loader.mjs';
import type { SideRun } from '../pool/calls.ts';
import { openOn, type RunPlan } from '../pool/runs.ts';
import { Side, SideCrash, type SidePort } from '../pool/side.ts';
import { Series } from '../series.ts';

/** In one go, in ms: the page may change its mind in between. */
const kSlice = 40;
/** Its maps come at least so many ms apart. */
const kViews = 100;

export class Second {
  run: SideRun | null = null;
  series = new Series();
  step = 0;
  /** A sentence where its numbers ran away. */
  stopped: string | null = null;
  view: PromptFrame | null = null;
  /** A sentence when it cannot be run. */
  problem: string | null = null;
  private side: Side | null = null;
  private plan: RunPlan | null = null;
  private target = 0;
  private tokens: number[] | null = null;
  private viewed = { step: -1, tokens: '', at: Number.NEGATIVE_INFINITY };
  private chasing = false;
  /** Counts runs: what comes from an older one is dropped. */
  private epoch = 0;
  private crashes = 0;
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly spawn: () => SidePort,
    private readonly changed: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Another run, from step 0. */
  async open(plan: RunPlan): Promise<void> {
    const epoch = ++this.epoch;
    this.plan = { ...plan, keep: true };
    this.crashes = 0;
    await this.begin(epoch);
  }

  /** Where the page's run is, and what it reads; null: a sequence that this run cannot read, so it shows its own. */
  follow(step: number, tokens: number[] | null): void {
    this.target = step;
    this.tokens = tokens;
    if (this.run && !this.chasing) void this.chase(this.epoch);
  }

  /** Of where it is; throws when there is no second run. */
  async signature(): Promise<{ step: number; signature: string }> {
    if (!this.side) throw new Error('There is no second run.');
    return this.side.call('signature', null);
  }

  /** Ends the worker. */
  close(): void {
    this.epoch++;
    clearTimeout(this.later);
    this.later = undefined;
    this.side?.end(new Error('closed'));
    this.side = null;
    this.run = null;
    this.view = null;
    this.chasing = false;
  }

  private async begin(epoch: number): Promise<void> {
    if (!this.plan) return;
    // Nothing is asked of the old run any more.
    this.chasing = true;
    if (!this.side?.alive) this.side = new Side(this.spawn());
    try {
      const run = await openOn(this.side, this.plan);
      if (epoch !== this.epoch) return;
      this.run = run;
      this.series = new Series();
      this.series.add(run.record);
      Object.assign(this, { step: 0, stopped: null, problem: null, view: null, chasing: false });
      this.viewed = { step: -1, tokens: '', at: Number.NEGATIVE_INFINITY };
    } catch (error) {
      await this.fail(epoch, error);
      return;
    }
    this.changed();
    await this.chase(epoch);
  }

  /** Until it is where the page's run is. */
  private async chase(epoch: number): Promise<void> {
    const { side } = this;
    if (!side) return;
    this.chasing = true;
    try {
      while (epoch === this.epoch && (await this.advance(side, epoch)));
    } catch (error) {
      await this.fail(epoch, error);
    }
    if (epoch === this.epoch) this.chasing = false;
  }

  /** false: there is nothing left to do. */
  private async advance(side: Side, epoch: number): Promise<boolean> {
    if (this.stale && this.now() - this.viewed.at > kViews) await this.look(side, epoch);
    else if (this.step > this.target) await this.goBack(side, epoch);
    else if (this.step < this.target && this.stopped === null) await this.train(side, epoch);
    else return this.rest(epoch);
    if (epoch === this.epoch) this.changed();
    return true;
  }

  private async goBack(side: Side, epoch: number): Promise<void> {
    const { step, record } = await side.call('back', { to: this.target });
    if (epoch !== this.epoch) return;
    this.step = step;
    this.stopped = null;
    this.series.add(record);
  }

  private async train(side: Side, epoch: number): Promise<void> {
    const { step, stopped, records } = await side.call('train', { to: this.target, ms: kSlice });
    if (epoch !== this.epoch) return;
    this.step = step;
    this.stopped = stopped;
    for (const record of records) this.series.add(record);
  }

  /** Nothing to train; maps that were drawn just now wait for their turn. */
  private rest(epoch: number): false {
    if (this.stale) {
      this.later ??= setTimeout(() => {
        this.later = undefined;
        if (epoch === this.epoch && !this.chasing) void this.chase(epoch);
      }, kViews);
    }
    return false;
  }

  private get stale(): boolean {
    return this.viewed.step !== this.step || this.viewed.tokens !== String(this.tokens);
  }

  private async look(side: Side, epoch: number): Promise<void> {
    const { tokens } = this;
    const view = await side.call('view', { tokens });
    if (epoch !== this.epoch) return;
    this.view = view;
    this.viewed = { step: this.step, tokens: String(tokens), at: this.now() };
  }

  /** A crash is forgiven once: the run begins again, and catches up. */
  private async fail(epoch: number, error: unknown): Promise<void> {
    if (epoch !== this.epoch) return;
    if (error instanceof SideCrash && this.crashes++ === 0) return this.begin(epoch);
    this.problem = error instanceof Error ? error.message : String(error);
    this.run = null;
    this.view = null;
    this.changed();
  }
}
